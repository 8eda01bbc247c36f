// SPDX-License-Identifier: MIT
// expect: verified 4 executions -std=c++20
// One thread waits for an atomic object. It finds the value changed at once, or goes to
// sleep at the futex: before it is woken, where it finds the old value (and is woken) or
// the new one, or behind that, where it finds the new one.
#include <atomic>
#include <cassert>
#include <thread>

int main()
{
    static std::atomic<int> ready;
    std::thread worker([] {
        ready.store(1, std::memory_order_relaxed);
        ready.notify_one();
    });
    ready.wait(0, std::memory_order_relaxed);
    assert(ready.load(std::memory_order_relaxed) == 1);
    worker.join();
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: verified -O1
// expect: verified -O2
// All of a lambda is inlined into the library's function that starts a thread; its two
// loops must not be taken for one.
#include <atomic>
#include <thread>

static std::atomic<bool> held;
static int counter;

int main()
{
    auto count = [] {
        while (held.exchange(true, std::memory_order_acquire)) {
            while (held.load(std::memory_order_relaxed)) {
                std::this_thread::yield();
            }
        }
        counter++;
        held.store(false, std::memory_order_release);
    };
    std::thread threads[] = {std::thread(count), std::thread(count), std::thread(count)};
    for (std::thread &thread : threads) {
        thread.join();
    }
    return counter != 3;
}

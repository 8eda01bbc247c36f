/* SPDX-License-Identifier: MIT */
// SRC: llvm #109290: std::atomic<long>::wait uses a proxy; EXPECT: verified
#include <atomic>
#include <cassert>
#include <thread>
static std::atomic<long> v{0};
static std::atomic<char> w{0};
static int d;
int main()
{
    std::thread t([] {
        v.wait(0, std::memory_order_acquire);
        assert(d == 1);
        w.store(1);
        w.notify_all();
    });
    d = 1;
    v.store(1, std::memory_order_release);
    v.notify_one();
    w.wait(0);
    t.join();
}

/* SPDX-License-Identifier: MIT */
// SRC: google/sanitizers #1667 TSAN false negative with relaxed atomics
// KIND: read of shared data under a relaxed flag; EXPECT: wrong (race), -std=c++20
#include <atomic>
#include <thread>
static bool resource = true;
static std::atomic_bool stop{false};
int main()
{
    std::jthread c([] {
        stop.store(true, std::memory_order_relaxed);
        resource = false;
    });
    std::jthread w([] {
        if (!stop.load(std::memory_order_relaxed)) {
            volatile bool b = resource;
            (void)b;
        }
    });
}

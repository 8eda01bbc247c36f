/* SPDX-License-Identifier: MIT */
// SRC: dvyukov/relacy #26 race condition false positive with seq_cst fences (store buffering with fences guards data)
// EXPECT: verified
#include <atomic>
#include <thread>
static std::atomic<int> x{0}, y{0};
static int data;
int main()
{
    std::thread a([] {
        x.store(1, std::memory_order_relaxed);
        std::atomic_thread_fence(std::memory_order_seq_cst);
        if (!y.load(std::memory_order_relaxed))
            data = 1;
    });
    std::thread b([] {
        y.store(1, std::memory_order_relaxed);
        std::atomic_thread_fence(std::memory_order_seq_cst);
        if (!x.load(std::memory_order_relaxed))
            data = 2;
    });
    a.join();
    b.join();
}

/* SPDX-License-Identifier: MIT */
// SRC: llvm/llvm-project #52942 ThreadSanitizer: false report about data race (relaxed spin, acquire fence)
// KIND: false alarm of another tool; EXPECT: verified
#include <atomic>
#include <future>
static int state;
static std::atomic<int> turn{0};
static void go(int from, int to)
{
    for (int i = 0; i < 2; i++) {
        while (turn.load(std::memory_order_relaxed) != from) {
        }
        std::atomic_thread_fence(std::memory_order_acquire);
        state++;
        turn.store(to, std::memory_order_release);
    }
}
int main()
{
    auto x = std::async(std::launch::async, go, 0, 1);
    auto y = std::async(std::launch::async, go, 1, 0);
}

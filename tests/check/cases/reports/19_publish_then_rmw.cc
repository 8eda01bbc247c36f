/* SPDX-License-Identifier: MIT */
// SRC: google/sanitizers #1009, #1014: false negative when an object is published relaxed
// KIND: the constructor's write races with a later atomic access; EXPECT: wrong (race)
#include <atomic>
#include <thread>
struct node {
    std::atomic<int> value{0};
};
static std::atomic<node *> place{nullptr};
int main()
{
    std::thread a([] {
        auto n = new node();
        n->value.store(1, std::memory_order_release);
        place.store(n, std::memory_order_relaxed);
    });
    std::thread b([] {
        node *n;
        while (!(n = place.load(std::memory_order_relaxed))) {
        }
        (void)n->value.load(std::memory_order_acquire);
        n->value.store(1, std::memory_order_relaxed);
    });
    a.join();
    b.join();
    delete place.load();
}

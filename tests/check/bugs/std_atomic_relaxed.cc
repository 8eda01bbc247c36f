/* SPDX-License-Identifier: MIT */
// long: wrong race
// std::atomic with the orders that make it fast and wrong.
#include <atomic>
#include <memory>
#include <thread>

static std::atomic<int *> published{nullptr};

int main()
{
    int value = 0;
    std::thread producer([&] {
        value = 42;
        published.store(&value, std::memory_order_relaxed); // wrong: must release
    });
    std::thread consumer([] {
        int *found;
        while ((found = published.load(std::memory_order_acquire)) == nullptr) {
            std::this_thread::yield();
        }
        *found += 1;
    });
    producer.join();
    consumer.join();
    return 0;
}

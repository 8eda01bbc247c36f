/* SPDX-License-Identifier: MIT */
/* Threads, a mutex and a condition of C++. */
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

int main()
{
    const int count = 8;
    std::mutex mutex;
    std::condition_variable changed;
    std::atomic<int> arrived{0};
    int turn = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < count; i++) {
        threads.emplace_back([&, i] {
            arrived++;
            std::unique_lock<std::mutex> held(mutex);
            changed.wait(held, [&] { return turn == i; });
            turn++;
            changed.notify_all();
        });
    }
    for (auto &thread : threads) {
        thread.join();
    }
    return arrived == count && turn == count ? 0 : 1;
}

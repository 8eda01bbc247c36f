/* SPDX-License-Identifier: MIT */
// expect: verified 6 executions
// std::thread and std::mutex: three threads once, 3! orders.
#include <cassert>
#include <mutex>
#include <thread>
#include <vector>

int main()
{
    std::mutex mutex;
    int counter = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; i++) {
        threads.emplace_back([&] {
            std::lock_guard<std::mutex> guard(mutex);
            counter++;
        });
    }
    for (auto &thread : threads) {
        thread.join();
    }
    assert(counter == 3);
    return 0;
}

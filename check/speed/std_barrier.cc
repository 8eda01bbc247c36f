// SPDX-License-Identifier: MIT
// THREADS threads meet at the C++ library's barrier, ROUNDS times.
#include <barrier>
#include <thread>
#include <vector>

int main()
{
    std::barrier<> barrier(THREADS);
    std::vector<std::thread> threads;
    auto meet = [&barrier] {
        for (int i = 0; i < ROUNDS; i++) {
            barrier.arrive_and_wait();
        }
    };
    for (int i = 1; i < THREADS; i++) {
        threads.emplace_back(meet);
    }
    meet();
    for (auto &thread : threads) {
        thread.join();
    }
}

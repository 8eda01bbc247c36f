/* SPDX-License-Identifier: MIT */
/* The library in C++17: its locks behind the standard's guards, and a lock that wants a
   queue node behind one that has the node. */
#include <cstdio>
#include <lockstep.hpp>
#include <mutex>
#include <thread>
#include <vector>

static lks::mcs mcs;
static lks::ttas ttas;
static lks::mutex mutex;
static lks::condition_variable all_done;
static long counters[2]; /* guarded by mcs and by ttas */
static int done;         /* guarded by mutex */

int main()
{
    constexpr int rounds = 10000, nthreads = 4;
    std::vector<std::thread> threads;
    for (int i = 0; i < nthreads; i++) {
        threads.emplace_back([] {
            for (int round = 0; round < rounds; round++) {
                {
                    lks::node_guard<lks::mcs> guard(mcs);
                    counters[0]++;
                }
                std::lock_guard<lks::ttas> guard(ttas);
                counters[1]++;
            }
            std::lock_guard<lks::mutex> guard(mutex);
            done++;
            all_done.notify_one();
        });
    }
    {
        std::unique_lock<lks::mutex> held(mutex);
        all_done.wait(held, [] { return done == nthreads; });
    }
    std::printf("mcs, ttas in C++: %d threads counted to %d each: %ld, %ld\n", nthreads,
                rounds, counters[0], counters[1]);
    for (std::thread &thread : threads) {
        thread.join();
    }
    constexpr long expected = static_cast<long>(nthreads) * rounds;
    return counters[0] == expected && counters[1] == expected ? 0 : 1;
}

/* SPDX-License-Identifier: MIT */
/* The same headers in C++17: a lock behind a guard, and one behind std::lock_guard. */
#include <cstdio>
#include <lockstep/mcs.h>
#include <lockstep/ttas.h>
#include <mutex>
#include <thread>
#include <vector>

/* Holds an MCS lock as long as it lives; the queue node is part of it. */
class McsGuard
{
  public:
    explicit McsGuard(lks_mcs_t &lock) : lock_(lock)
    {
        lks_mcs_lock(&lock_, &node_);
    }
    ~McsGuard()
    {
        lks_mcs_unlock(&lock_, &node_);
    }
    McsGuard(const McsGuard &) = delete;
    McsGuard &operator=(const McsGuard &) = delete;

  private:
    lks_mcs_t &lock_;
    lks_mcs_node_t node_;
};

/* A context-free lock needs no guard of its own: it can be made Lockable. */
class TtasMutex
{
  public:
    void lock()
    {
        lks_ttas_lock(&lock_);
    }
    bool try_lock()
    {
        return lks_ttas_trylock(&lock_);
    }
    void unlock()
    {
        lks_ttas_unlock(&lock_);
    }

  private:
    lks_ttas_t lock_ = LKS_TTAS_INIT;
};

static lks_mcs_t mcs = LKS_MCS_INIT;
static TtasMutex ttas;
static long counters[2]; /* guarded by the one and by the other */

int main()
{
    constexpr int rounds = 10000, nthreads = 4;
    std::vector<std::thread> threads;
    for (int i = 0; i < nthreads; i++) {
        threads.emplace_back([] {
            for (int round = 0; round < rounds; round++) {
                {
                    McsGuard guard(mcs);
                    counters[0]++;
                }
                std::lock_guard<TtasMutex> guard(ttas);
                counters[1]++;
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    std::printf("mcs, ttas in C++: %d threads counted to %d each: %ld, %ld\n", nthreads,
                rounds, counters[0], counters[1]);
    constexpr long expected = static_cast<long>(nthreads) * rounds;
    return counters[0] == expected && counters[1] == expected ? 0 : 1;
}

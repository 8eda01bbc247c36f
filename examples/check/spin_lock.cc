/* SPDX-License-Identifier: MIT */
/*
 * A spin lock in C++ that std::lock_guard can hold.
 *
 *   lockcheck examples/check/spin_lock.cc
 *
 * A test-and-test-and-set lock: it looks until the lock seems free, and only then swaps.
 * The looks may be relaxed, since nothing follows from them; the exchange that takes the
 * lock acquires what the last holder's store released.
 *
 * The program counts in a plain int, and in a std::vector: whatever the lock guards may
 * be of any kind.
 *
 * L. Rudolph and Z. Segall, "Dynamic decentralized cache schemes for MIMD parallel
 * processors", ISCA 1984.
 *
 * Try: make the acquire or the release std::memory_order_relaxed: lockcheck reports a
 * race.
 */
#include <atomic>
#include <cassert>
#include <mutex>
#include <thread>
#include <vector>

class SpinLock
{
  public:
    void lock()
    {
        do {
            while (locked.load(std::memory_order_relaxed)) {
                std::this_thread::yield();
            }
        } while (locked.exchange(true, std::memory_order_acquire));
    }
    bool try_lock()
    {
        return !locked.exchange(true, std::memory_order_acquire);
    }
    void unlock()
    {
        locked.store(false, std::memory_order_release);
    }

  private:
    std::atomic<bool> locked{false};
};

int main()
{
    SpinLock lock;
    int counter = 0;
    std::vector<int> order;
    auto count = [&](int self) {
        std::lock_guard<SpinLock> guard(lock);
        counter++;
        order.push_back(self);
    };
    std::thread first(count, 1);
    std::thread second(count, 2);
    first.join();
    second.join();
    assert(counter == 2 && order.size() == 2 && order[0] != order[1]);
    return 0;
}

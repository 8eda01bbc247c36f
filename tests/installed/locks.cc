/* SPDX-License-Identifier: MIT */
/* A C++ program outside the project. */
#include <cstdio>
#include <lockstep.h>
#include <mutex>
#include <thread>
#include <vector>

namespace
{

/* What std::lock_guard asks for. */
class ticket_lock
{
  public:
    void lock()
    {
        lks_ticket_lock(&ticket_);
    }
    void unlock()
    {
        lks_ticket_unlock(&ticket_);
    }

  private:
    lks_ticket_t ticket_ = LKS_TICKET_INIT;
};

} // namespace

int main()
{
    constexpr uint32_t count = 3;
    ticket_lock lock;
    lks_lock_t *by_name = nullptr;
    lks_central_barrier_t barrier = LKS_CENTRAL_BARRIER_INIT(count);
    long counters[2] = {0, 0};
    if (lks_lock_create(&by_name, "anderson", count) != 0) {
        return 1;
    }
    std::vector<std::thread> threads;
    for (uint32_t self = 0; self < count; self++) {
        threads.emplace_back([&, self] {
            for (int i = 0; i < 1000; i++) {
                {
                    std::lock_guard<ticket_lock> guard(lock);
                    counters[0]++;
                }
                lks_lock_lock(by_name, self);
                counters[1]++;
                lks_lock_unlock(by_name, self);
                lks_central_barrier_wait(&barrier, self);
            }
        });
    }
    for (auto &thread : threads) {
        thread.join();
    }
    std::printf("%s %ld %ld\n", lks_lock_class_of(by_name)->name, counters[0],
                counters[1]);
    lks_lock_destroy(by_name);
    return 0;
}

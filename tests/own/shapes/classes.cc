// SPDX-License-Identifier: MIT
/* Locks and barriers in the shapes that C++ files have; all of them are right. */
#include <lockstep/own.h>

#include <atomic>
#include <mutex>
#include <thread>

class Spin
{
    std::atomic<bool> held{false};

  public:
    void lock()
    {
        while (held.exchange(true, std::memory_order_acquire)) {
            while (held.load(std::memory_order_relaxed)) {
                std::this_thread::yield();
            }
        }
    }
    bool try_lock()
    {
        return !held.exchange(true, std::memory_order_acquire);
    }
    void unlock()
    {
        held.store(false, std::memory_order_release);
    }
};

LKS_LOCK(Spin)

/* A template, and a constructor that needs the number of threads. */
namespace queues
{
template <class T> class Ticket
{
    std::atomic<T> next{0}, now{0};
    T threads;

  public:
    explicit Ticket(unsigned count) : threads(static_cast<T>(count))
    {
    }
    Ticket(const Ticket &) = delete;
    void lock()
    {
        T ticket = next.fetch_add(1, std::memory_order_relaxed);
        while (now.load(std::memory_order_acquire) != ticket) {
        }
    }
    void unlock()
    {
        now.store(static_cast<T>(now.load(std::memory_order_relaxed) + 1),
                  std::memory_order_release);
    }
};
} // namespace queues

LKS_LOCK(queues::Ticket<unsigned short>, fifo)

struct Wrapped {
    std::mutex mutex;
    void lock()
    {
        mutex.lock();
    }
    void unlock()
    {
        mutex.unlock();
    }
};

LKS_LOCK(Wrapped)

/* Functions as in C, with references. */
struct plain {
    std::atomic_flag flag;
};

struct plain_node {
    int rounds;
};

static void plain_init(plain &lock)
{
    lock.flag.clear();
}

static void plain_lock(plain &lock, plain_node &node)
{
    node.rounds++;
    while (lock.flag.test_and_set(std::memory_order_acquire)) {
    }
}

static void plain_unlock(plain &lock)
{
    lock.flag.clear(std::memory_order_release);
}

LKS_LOCK_WITH_NODE(plain, plain_node)

class Meeting
{
    std::atomic<unsigned> here{0}, round{0};
    unsigned threads;

  public:
    explicit Meeting(unsigned count) : threads(count)
    {
    }
    void arrive_and_wait()
    {
        unsigned mine = round.load(std::memory_order_relaxed);
        if (here.fetch_add(1, std::memory_order_acq_rel) + 1 == threads) {
            here.store(0, std::memory_order_relaxed);
            round.store(mine + 1, std::memory_order_release);
        } else {
            while (round.load(std::memory_order_acquire) == mine) {
            }
        }
    }
};

LKS_BARRIER(Meeting)

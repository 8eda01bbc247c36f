// SPDX-License-Identifier: MIT
// Every class of lockstep.hpp, used as the standard says of its kind. Prints what failed.
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <lockstep.hpp>
#include <mutex>
#include <pthread.h>
#include <shared_mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#ifdef __cpp_constinit
#define CONSTANT constinit
#else
#define CONSTANT
#endif

using namespace std::chrono_literals;

static int failures;

static void expect(bool holds, const char *what, int line)
{
    if (!holds) {
        failures++;
        std::printf("line %d: %s\n", line, what);
    }
}

#define EXPECT(condition) expect(static_cast<bool>(condition), #condition, __LINE__)

static CONSTANT lks::tas tas;
static CONSTANT lks::ttas ttas;
static CONSTANT lks::backoff backoff;
static CONSTANT lks::ticket ticket;
static CONSTANT lks::ticket_backoff ticket_backoff;
static CONSTANT lks::mcs_k42 mcs_k42;
static CONSTANT lks::anderson<8> anderson;
static CONSTANT lks::mutex mutex;
static CONSTANT lks::mcs mcs;
static CONSTANT lks::malthusian malthusian;
static CONSTANT lks::rw_ticket rw_ticket;
static CONSTANT lks::rw_phase_fair rw_phase_fair;
static CONSTANT lks::rw_distributed<4> rw_distributed;
static CONSTANT lks::shared_mutex shared_mutex;
static CONSTANT lks::condition_variable condition;
static CONSTANT lks::once_flag once;
static CONSTANT lks::counting_semaphore semaphore(0);

template <class Body> static void in_threads(unsigned count, Body body)
{
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < count; i++) {
        threads.emplace_back(body, i);
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
}

// What another thread is told by try_lock.
template <class Lock> static bool is_free(Lock &lock)
{
    bool taken = false;
    in_threads(1, [&](unsigned) {
        taken = lock.try_lock();
        if (taken) {
            lock.unlock();
        }
    });
    return taken;
}

template <class Lock> static void excludes(Lock &lock)
{
    long count = 0;
    in_threads(4, [&](unsigned) {
        for (int i = 0; i < 1000; i++) {
            std::lock_guard<Lock> guard(lock);
            count++;
        }
    });
    EXPECT(count == 4000);
}

template <class Lock> static void is_lockable(Lock &lock)
{
    excludes(lock);
    {
        std::unique_lock<Lock> held(lock);
        EXPECT(!is_free(lock));
        held.unlock();
        EXPECT(is_free(lock));
        EXPECT(held.try_lock());
    }
    EXPECT(is_free(lock));
}

template <class Lock> static void wants_a_node(Lock &lock)
{
    long count = 0;
    in_threads(4, [&](unsigned) {
        for (int i = 0; i < 1000; i++) {
            lks::node_guard<Lock> guard(lock);
            count++;
        }
    });
    EXPECT(count == 4000);
    typename Lock::node node, other;
    EXPECT(lock.try_lock(node));
    EXPECT(!lock.try_lock(other));
    lock.unlock(node);
}

template <class Lock> static void is_shared_lockable(Lock &lock)
{
    is_lockable(lock);
    {
        std::shared_lock<Lock> first(lock), second(lock);
        EXPECT(first.owns_lock() && second.owns_lock());
        EXPECT(!is_free(lock));
    }
    lock.lock();
    bool shared = true;
    in_threads(1, [&](unsigned) { shared = lock.try_lock_shared(); });
    EXPECT(!shared);
    lock.downgrade();
    in_threads(1, [&](unsigned) {
        shared = lock.try_lock_shared();
        if (shared) {
            lock.unlock_shared();
        }
    });
    EXPECT(shared);
    lock.unlock_shared();
    EXPECT(is_free(lock));
}

static void times_out()
{
    std::unique_lock<lks::mutex> held(mutex);
    std::unique_lock<lks::shared_mutex> shared_held(shared_mutex);
    in_threads(1, [](unsigned) {
        EXPECT(!mutex.try_lock_for(2ms));
        EXPECT(!mutex.try_lock_for(-1h));
        EXPECT(!mutex.try_lock_until(std::chrono::steady_clock::now() + 2ms));
        EXPECT(!mutex.try_lock_until(std::chrono::system_clock::now() + 2ms));
        EXPECT(!mutex.try_lock_until(std::chrono::system_clock::time_point::min()));
        EXPECT(!shared_mutex.try_lock_for(2ms));
        EXPECT(!shared_mutex.try_lock_until(std::chrono::system_clock::now() + 2ms));
        EXPECT(!shared_mutex.try_lock_shared_for(0.5ms));
        EXPECT(!shared_mutex.try_lock_shared_until(std::chrono::steady_clock::now()));
    });
    EXPECT(condition.wait_for(held, 2ms) == std::cv_status::timeout);
    EXPECT(!condition.wait_for(held, 2ms, [] { return false; }));
    EXPECT(condition.wait_until(held, std::chrono::system_clock::now() + 2ms) ==
           std::cv_status::timeout);
    EXPECT(!condition.wait_until(held, std::chrono::steady_clock::now(),
                                 [] { return false; }));
    EXPECT(!semaphore.try_acquire_for(2ms));
    EXPECT(!semaphore.try_acquire());
}

// Where there is nothing to wait for, the longest times of all are not too long.
static void waits_for_ever()
{
    EXPECT(mutex.try_lock_for(std::chrono::hours::max()));
    mutex.unlock();
    EXPECT(mutex.try_lock_until(std::chrono::steady_clock::time_point::max()));
    mutex.unlock();
    std::mutex other;
    std::unique_lock<lks::mutex> held(mutex);
    std::thread waits([] {
        EXPECT(mutex.try_lock_for(std::chrono::hours::max()));
        mutex.unlock();
    });
    bool ready = false;
    std::thread signals([&] {
        // A wait that gives up at once has done so by then.
        std::this_thread::sleep_for(20ms);
        std::scoped_lock guard(other, mutex);
        ready = true;
        condition.notify_all();
    });
    EXPECT(
        condition.wait_for(held, std::chrono::nanoseconds::max(), [&] { return ready; }));
    signals.join();
    held.unlock();
    waits.join();
    semaphore.release(2);
    semaphore.acquire();
    EXPECT(semaphore.try_acquire_for(std::chrono::hours::max()));
}

static void conditions_wait_for_a_predicate()
{
    std::condition_variable_any any;
    unsigned turn = 0;
    in_threads(3, [&](unsigned self) {
        for (unsigned i = 0; i < 100; i++) {
            std::unique_lock<lks::mutex> held(mutex);
            const auto is_turn = [&] { return turn % 3 == self; };
            if (i % 2 == 0) {
                condition.wait(held, is_turn);
            } else {
                EXPECT(condition.wait_for(held, 1h, is_turn));
            }
            turn++;
            condition.notify_all();
        }
    });
    EXPECT(turn == 300);
    in_threads(2, [&](unsigned self) {
        for (unsigned i = 0; i < 100; i++) {
            std::unique_lock<lks::ttas> held(ttas);
            any.wait(held, [&] { return turn % 2 == self; });
            turn++;
            any.notify_all();
        }
    });
    EXPECT(turn == 500);
}

struct moves_only {
    explicit moves_only(int value) : value_(value)
    {
    }
    moves_only(moves_only &&) = default;
    int value_;
};

static void once_is_called_again_after_an_exception()
{
    int calls = 0;
    for (int i = 1; i <= 2; i++) {
        try {
            lks::call_once(once, [&] {
                calls++;
                throw std::runtime_error("not yet");
            });
            EXPECT(false);
        } catch (const std::runtime_error &) {
            EXPECT(calls == i);
        }
    }
    in_threads(4, [&](unsigned) {
        lks::call_once(
            once, [&](moves_only by) { calls += by.value_; }, moves_only(5));
        EXPECT(calls == 7);
    });
    EXPECT(calls == 7);
}

// As after std::call_once. Where cancelling does not unwind, the call would never end.
static void once_is_called_again_after_a_cancellation()
{
#if defined(__GLIBC__) && defined(__GLIBCXX__)
    static lks::once_flag flag;
    static int calls;
    pthread_t thread;
    const auto body = [](void *) -> void * {
        lks::call_once(flag, [] {
            calls++;
            pthread_cancel(pthread_self());
            pthread_testcancel();
        });
        return nullptr;
    };
    for (int i = 1; i <= 2; i++) {
        void *result = nullptr;
        EXPECT(pthread_create(&thread, nullptr, body, nullptr) == 0);
        EXPECT(pthread_join(thread, &result) == 0);
        EXPECT(result == PTHREAD_CANCELED);
        EXPECT(calls == i);
    }
    lks::call_once(flag, [] { calls++; });
    EXPECT(calls == 3);
#endif
}

template <class Barrier> static void barriers_meet(Barrier &barrier)
{
    std::vector<int> entered(3);
    in_threads(3, [&](unsigned self) {
        for (int i = 1; i <= 50; i++) {
            entered[self] = i;
            barrier.arrive_and_wait(self);
            EXPECT(entered[0] == i && entered[1] == i && entered[2] == i);
            barrier.arrive_and_wait(self);
        }
    });
}

static void bad_arguments_throw()
{
    int thrown = 0;
    try {
        lks::central_barrier barrier(0);
    } catch (const std::invalid_argument &) {
        thrown++;
    }
    try {
        lks::tournament_barrier barrier(0);
    } catch (const std::invalid_argument &) {
        thrown++;
    }
    try {
        lks::clh lock(static_cast<lks_wait_mode_t>(3));
    } catch (const std::invalid_argument &) {
        thrown++;
    }
    lks::counting_semaphore full(lks::counting_semaphore::max());
    try {
        full.release();
    } catch (const std::overflow_error &) {
        thrown++;
    }
    EXPECT(thrown == 4);
}

int main()
{
    is_lockable(tas);
    is_lockable(ttas);
    is_lockable(backoff);
    is_lockable(ticket);
    is_lockable(ticket_backoff);
    is_lockable(mcs_k42);
    is_lockable(anderson);
    is_lockable(mutex);
    lks::mcs_k42 asleep(LKS_WAIT_SLEEP);
    is_lockable(asleep);
    {
        lks::clh clh, other(LKS_WAIT_SLEEP);
        excludes(clh);
        excludes(other);
        std::lock_guard<lks::clh> first(clh);
        std::lock_guard<lks::clh> second(other);
    }
    wants_a_node(mcs);
    wants_a_node(malthusian);
    is_shared_lockable(rw_ticket);
    is_shared_lockable(rw_phase_fair);
    is_shared_lockable(shared_mutex);
    is_lockable(rw_distributed);
    {
        lks::rw_distributed<4>::shared_guard first(rw_distributed),
            second(rw_distributed);
        EXPECT(!is_free(rw_distributed));
    }
    EXPECT(is_free(rw_distributed));
    in_threads(2, [](unsigned self) {
        for (int i = 0; i < 100; i++) {
            if (self == 0) {
                std::scoped_lock all(mutex, ttas, ticket, shared_mutex);
            } else {
                std::scoped_lock all(shared_mutex, ticket, ttas, mutex);
            }
        }
    });
    times_out();
    waits_for_ever();
    conditions_wait_for_a_predicate();
    once_is_called_again_after_an_exception();
    once_is_called_again_after_a_cancellation();
    lks::central_barrier central(3);
    lks::combining_tree_barrier combining_tree(3);
    lks::mcs_tree_barrier mcs_tree(3);
    lks::tournament_barrier tournament(3, LKS_WAIT_SLEEP);
    lks::dissemination_barrier dissemination(3);
    barriers_meet(central);
    barriers_meet(combining_tree);
    barriers_meet(mcs_tree);
    barriers_meet(tournament);
    barriers_meet(dissemination);
    bad_arguments_throw();
    return failures == 0 ? 0 : 1;
}

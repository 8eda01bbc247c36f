/* SPDX-License-Identifier: MIT */
/*
 * The library in C++17: its locks as std::lock_guard, std::unique_lock, std::scoped_lock
 * and std::shared_lock take them. Each class is the C object of the same name and nothing
 * else; what it costs and guarantees stands in that one's header.
 *
 *   class                                             std's requirement
 *   tas ttas backoff ticket ticket_backoff mcs_k42    Lockable
 *   anderson<Slots>                                   Lockable, by Slots threads at most
 *   clh                                               BasicLockable; its constructor and a
 *                                                     thread's first lock allocate a node
 *   mcs malthusian                                    a node_guard<mcs>, which has the node
 *   mutex                                             TimedLockable
 *   rw_ticket rw_phase_fair                           SharedLockable
 *   shared_mutex (lks_rwmutex)                        SharedTimedLockable
 *   rw_distributed<Indicators>                        Lockable; for readers a shared_guard
 *   condition_variable  once_flag, call_once  counting_semaphore      as in std
 *   central_barrier, tree and other barriers          arrive_and_wait
 *
 * A lock without arguments is constant-initialised (constinit) and has no destructor,
 * clh and the barriers excepted. None is copied or moved.
 */
#ifndef LOCKSTEP_HPP
#define LOCKSTEP_HPP

#include <lockstep.h>

#include <chrono>
#include <condition_variable> /* std::cv_status */
#include <cstddef>
#include <cstdint>
#include <cxxabi.h> /* a thread that is cancelled */
#include <exception>
#include <functional>
#include <memory>
#include <mutex> /* std::unique_lock */
#include <new>
#include <stdexcept>
#include <thread>
#include <tuple>
#include <utility>

namespace lks
{

/* --- how long --------------------------------------------------------------------- */

namespace detail
{

/* Deadlines are instants of CLOCK_MONOTONIC, which is what steady_clock shows. One that
   is further away than this is as good as none. */
using instant =
    std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;
constexpr std::chrono::hours longest{24 * 365 * 100};

template <class Rep, class Period>
instant after(const std::chrono::duration<Rep, Period> &time)
{
    const instant now = std::chrono::steady_clock::now();
    if (!(time < longest)) { /* more, or not a number */
        return now + longest;
    }
    return time.count() > 0 ? now + std::chrono::ceil<std::chrono::nanoseconds>(time)
                            : now;
}

inline timespec to_timespec(instant when)
{
    const auto since = when.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    timespec result{};
    result.tv_sec = static_cast<std::time_t>(seconds.count());
    result.tv_nsec = static_cast<long>((since - seconds).count());
    return result;
}

/* wait(const timespec *) until it succeeds or that instant of any clock has come, whose
   hands may be moved meanwhile. */
template <class Clock, class Duration, class Wait>
bool until(const std::chrono::time_point<Clock, Duration> &when, Wait wait)
{
    for (;;) {
        const auto now = Clock::now();
        const timespec deadline =
            to_timespec(now < when ? after(when - now) : after(Duration::zero()));
        if (wait(&deadline)) {
            return true;
        }
        if (!(Clock::now() < when)) {
            return false;
        }
    }
}

inline void must(int error)
{
    if (error != 0) {
        throw std::invalid_argument(
            "lockstep: an argument of a constructor is out of range");
    }
}

} // namespace detail

/* --- locks that are called without a node ------------------------------------------- */

/* What is neither copied nor moved. */
#define LKS_STAYS(name)                                                                  \
    name(const name &) = delete;                                                         \
    name &operator=(const name &) = delete;

#define LKS_HAS_HANDLE(name)                                                             \
    using native_handle_type = lks_##name##_t *;                                         \
    native_handle_type native_handle() noexcept                                          \
    {                                                                                    \
        return &object_;                                                                 \
    }

/* By which functions of that lock it is locked, tried and unlocked. */
#define LKS_LOCKABLE_BY(name, locks, tries, unlocks)                                     \
    void lock() LKS_ACQUIRES(*this)                                                      \
    {                                                                                    \
        lks_##name##_##locks(&object_);                                                  \
    }                                                                                    \
    [[nodiscard]] bool try_lock() noexcept LKS_ACQUIRES_IF(true, *this)                  \
    {                                                                                    \
        return lks_##name##_##tries(&object_);                                           \
    }                                                                                    \
    void unlock() LKS_RELEASES(*this)                                                    \
    {                                                                                    \
        lks_##name##_##unlocks(&object_);                                                \
    }                                                                                    \
    LKS_HAS_HANDLE(name)

#define LKS_LOCKABLE(name) LKS_LOCKABLE_BY(name, lock, trylock, unlock)

#define LKS_LOCK_CLASS(name, initialiser)                                                \
    class LKS_CAPABILITY name                                                            \
    {                                                                                    \
      public:                                                                            \
        constexpr name() noexcept = default;                                             \
        LKS_STAYS(name)                                                                  \
        LKS_LOCKABLE(name)                                                               \
                                                                                         \
      private:                                                                           \
        lks_##name##_t object_ = initialiser;                                            \
    };

LKS_LOCK_CLASS(tas, LKS_TAS_INIT)
LKS_LOCK_CLASS(ttas, LKS_TTAS_INIT)
LKS_LOCK_CLASS(backoff, LKS_BACKOFF_INIT)
LKS_LOCK_CLASS(ticket, LKS_TICKET_INIT)
LKS_LOCK_CLASS(ticket_backoff, LKS_TICKET_BACKOFF_INIT)

class LKS_CAPABILITY mcs_k42
{
  public:
    constexpr mcs_k42() noexcept = default;
    explicit mcs_k42(lks_wait_mode_t mode)
    {
        detail::must(lks_mcs_k42_init_waiting(&object_, mode));
    }
    LKS_STAYS(mcs_k42)
    LKS_LOCKABLE(mcs_k42)

  private:
    lks_mcs_k42_t object_ = LKS_MCS_K42_INIT;
};

/* `Slots` is a power of two. */
template <std::uint32_t Slots> class LKS_CAPABILITY anderson
{
  public:
    constexpr anderson() noexcept = default;
    explicit anderson(lks_wait_mode_t mode)
    {
        detail::must(lks_anderson_init_waiting(&object_, slots_, Slots, mode));
    }
    LKS_STAYS(anderson)
    LKS_LOCKABLE(anderson)

  private:
    lks_anderson_slot_t slots_[Slots] = LKS_ANDERSON_SLOTS_INIT;
    lks_anderson_t object_ = LKS_ANDERSON_INIT(slots_, Slots);
};

/* The nodes wander from lock to lock: each thread has one to spare, from its first lock
   to its end, each lock another one. */
class LKS_CAPABILITY clh
{
  public:
    explicit clh(lks_wait_mode_t mode = LKS_WAIT_YIELD)
    {
        auto first = std::make_unique<lks_clh_node_t>();
        detail::must(lks_clh_init_waiting(&object_, first.get(), mode));
        (void)first.release();
    }
    ~clh()
    {
        delete lks_clh_destroy(&object_);
    }
    LKS_STAYS(clh)

    void lock() LKS_ACQUIRES(*this)
    {
        thread_local std::unique_ptr<lks_clh_node_t> spare =
            std::make_unique<lks_clh_node_t>();
        lks_clh_node_t *node = spare.release();
        lks_clh_lock(&object_, &node);
        spare.reset(node);
    }
    void unlock() LKS_RELEASES(*this)
    {
        lks_clh_unlock(&object_);
    }
    LKS_HAS_HANDLE(clh)

  private:
    lks_clh_t object_;
};

class LKS_CAPABILITY mutex
{
  public:
    constexpr mutex() noexcept = default;
    LKS_STAYS(mutex)
    LKS_LOCKABLE(mutex)

    template <class Rep, class Period>
    [[nodiscard]] bool try_lock_for(const std::chrono::duration<Rep, Period> &time)
        LKS_ACQUIRES_IF(true, *this)
    {
        return timed(detail::to_timespec(detail::after(time)));
    }
    template <class Clock, class Duration>
    [[nodiscard]] bool
    try_lock_until(const std::chrono::time_point<Clock, Duration> &when)
        LKS_ACQUIRES_IF(true, *this)
    {
        return detail::until(
            when, [this](const timespec *deadline) { return timed(*deadline); });
    }

  private:
    bool timed(const timespec &deadline)
    {
        return lks_mutex_timedlock(&object_, &deadline) == 0;
    }
    lks_mutex_t object_ = LKS_MUTEX_INIT;
};

/* --- locks that want a node ---------------------------------------------------------- */

#define LKS_NODE_LOCK_CLASS(name, initialiser)                                           \
    class LKS_CAPABILITY name                                                            \
    {                                                                                    \
      public:                                                                            \
        using node = lks_##name##_node_t;                                                \
        constexpr name() noexcept = default;                                             \
        LKS_STAYS(name)                                                                  \
        void lock(node &place) LKS_ACQUIRES(*this)                                       \
        {                                                                                \
            lks_##name##_lock(&object_, &place);                                         \
        }                                                                                \
        [[nodiscard]] bool try_lock(node &place) noexcept LKS_ACQUIRES_IF(true, *this)   \
        {                                                                                \
            return lks_##name##_trylock(&object_, &place);                               \
        }                                                                                \
        void unlock(node &place) LKS_RELEASES(*this)                                     \
        {                                                                                \
            lks_##name##_unlock(&object_, &place);                                       \
        }                                                                                \
        LKS_HAS_HANDLE(name)                                                             \
                                                                                         \
      private:                                                                           \
        lks_##name##_t object_ = initialiser;                                            \
    };

LKS_NODE_LOCK_CLASS(mcs, LKS_MCS_INIT)
LKS_NODE_LOCK_CLASS(malthusian, LKS_MALTHUSIAN_INIT)

/* Holds such a lock as long as it lives; the node is part of it. */
template <class Lock> class LKS_SCOPED_CAPABILITY node_guard
{
  public:
    explicit node_guard(Lock &lock) LKS_ACQUIRES(lock) : lock_(lock)
    {
        lock_.lock(node_);
    }
    ~node_guard() LKS_RELEASES()
    {
        lock_.unlock(node_);
    }
    LKS_STAYS(node_guard)

  private:
    Lock &lock_;
    typename Lock::node node_;
};

/* --- readers and writers ------------------------------------------------------------- */

#define LKS_SHARED_LOCKABLE(name)                                                        \
    LKS_LOCKABLE_BY(name, wrlock, trywrlock, wrunlock)                                   \
    void lock_shared() LKS_ACQUIRES_SHARED(*this)                                        \
    {                                                                                    \
        lks_##name##_rdlock(&object_);                                                   \
    }                                                                                    \
    [[nodiscard]] bool try_lock_shared() noexcept LKS_ACQUIRES_SHARED_IF(true, *this)    \
    {                                                                                    \
        return lks_##name##_tryrdlock(&object_);                                         \
    }                                                                                    \
    void unlock_shared() LKS_RELEASES_SHARED(*this)                                      \
    {                                                                                    \
        lks_##name##_rdunlock(&object_);                                                 \
    }                                                                                    \
    /* The writer becomes a reader; nobody writes in between. */                         \
    void downgrade() LKS_RELEASES(*this) LKS_ACQUIRES_SHARED(*this)                      \
    {                                                                                    \
        lks_##name##_downgrade(&object_);                                                \
    }

#define LKS_SHARED_LOCK_CLASS(name, initialiser)                                         \
    class LKS_CAPABILITY name                                                            \
    {                                                                                    \
      public:                                                                            \
        constexpr name() noexcept = default;                                             \
        LKS_STAYS(name)                                                                  \
        LKS_SHARED_LOCKABLE(name)                                                        \
                                                                                         \
      private:                                                                           \
        lks_##name##_t object_ = initialiser;                                            \
    };

LKS_SHARED_LOCK_CLASS(rw_ticket, LKS_RW_TICKET_INIT)
LKS_SHARED_LOCK_CLASS(rw_phase_fair, LKS_RW_PHASE_FAIR_INIT)

/* A writer with a deadline does not queue: others may go before it. */
class LKS_CAPABILITY shared_mutex
{
  public:
    constexpr shared_mutex() noexcept = default;
    LKS_STAYS(shared_mutex)
    LKS_SHARED_LOCKABLE(rwmutex)

    template <class Rep, class Period>
    [[nodiscard]] bool try_lock_for(const std::chrono::duration<Rep, Period> &time)
        LKS_ACQUIRES_IF(true, *this)
    {
        return timed(detail::to_timespec(detail::after(time)));
    }
    template <class Clock, class Duration>
    [[nodiscard]] bool
    try_lock_until(const std::chrono::time_point<Clock, Duration> &when)
        LKS_ACQUIRES_IF(true, *this)
    {
        return detail::until(
            when, [this](const timespec *deadline) { return timed(*deadline); });
    }
    template <class Rep, class Period>
    [[nodiscard]] bool try_lock_shared_for(const std::chrono::duration<Rep, Period> &time)
        LKS_ACQUIRES_SHARED_IF(true, *this)
    {
        return timed_shared(detail::to_timespec(detail::after(time)));
    }
    template <class Clock, class Duration>
    [[nodiscard]] bool
    try_lock_shared_until(const std::chrono::time_point<Clock, Duration> &when)
        LKS_ACQUIRES_SHARED_IF(true, *this)
    {
        return detail::until(
            when, [this](const timespec *deadline) { return timed_shared(*deadline); });
    }

  private:
    bool timed(const timespec &deadline)
    {
        return lks_rwmutex_timedwrlock(&object_, &deadline) == 0;
    }
    bool timed_shared(const timespec &deadline)
    {
        return lks_rwmutex_timedrdlock(&object_, &deadline) == 0;
    }

    lks_rwmutex_t object_ = LKS_RWMUTEX_INIT;
};

/* `Indicators`, a power of two: one for each processor, or fewer. */
template <std::uint32_t Indicators> class LKS_CAPABILITY rw_distributed
{
  public:
    constexpr rw_distributed() noexcept = default;
    LKS_STAYS(rw_distributed)

    LKS_LOCKABLE_BY(rw_distributed, wrlock, trywrlock, wrunlock)

    /* Holds the lock as a reader as long as it lives. */
    class LKS_SCOPED_CAPABILITY shared_guard
    {
      public:
        explicit shared_guard(rw_distributed &lock) LKS_ACQUIRES_SHARED(lock)
            : lock_(lock)
        {
            lks_rw_distributed_rdlock(&lock_.object_, &reader_);
        }
        ~shared_guard() LKS_RELEASES()
        {
            lks_rw_distributed_rdunlock(&lock_.object_, &reader_);
        }
        LKS_STAYS(shared_guard)

      private:
        rw_distributed &lock_;
        lks_rw_distributed_reader_t reader_;
    };

  private:
    lks_rw_distributed_indicator_t indicators_[Indicators] = {};
    lks_rw_distributed_t object_ = LKS_RW_DISTRIBUTED_INIT(indicators_, Indicators);
};

/* --- guards that clang's thread-safety analysis knows -------------------------------- */

/* As std::lock_guard, and std::shared_lock without its other uses: those of libstdc++ say
   nothing to the analysis. */
template <class Lock> class LKS_SCOPED_CAPABILITY lock_guard
{
  public:
    explicit lock_guard(Lock &lock) LKS_ACQUIRES(lock) : lock_(lock)
    {
        lock_.lock();
    }
    ~lock_guard() LKS_RELEASES()
    {
        lock_.unlock();
    }
    LKS_STAYS(lock_guard)

  private:
    Lock &lock_;
};

template <class Lock> class LKS_SCOPED_CAPABILITY shared_lock_guard
{
  public:
    explicit shared_lock_guard(Lock &lock) LKS_ACQUIRES_SHARED(lock) : lock_(lock)
    {
        lock_.lock_shared();
    }
    ~shared_lock_guard() LKS_RELEASES()
    {
        lock_.unlock_shared();
    }
    LKS_STAYS(shared_lock_guard)

  private:
    Lock &lock_;
};

/* --- condition variables, once, semaphores ------------------------------------------- */

/* For lks::mutex; std::condition_variable_any takes every lock. It does not return for no
   reason, but what is waited for may be gone again: look, in a loop or by a predicate. */
class condition_variable
{
  public:
    constexpr condition_variable() noexcept = default;
    LKS_STAYS(condition_variable)

    void notify_one()
    {
        lks_cond_signal(&object_);
    }
    void notify_all()
    {
        lks_cond_broadcast(&object_);
    }
    /* For a mutex that is held in another way, as by an lks::lock_guard. */
    void wait(mutex &held) LKS_REQUIRES(held) LKS_NOT_LOOKED_AT
    {
        lks_cond_wait(&object_, held.native_handle());
    }
    template <class Clock, class Duration>
    std::cv_status wait_until(mutex &held,
                              const std::chrono::time_point<Clock, Duration> &when)
        LKS_REQUIRES(held)
    {
        const auto wait = [&](const timespec *deadline) {
            return timed(held, *deadline);
        };
        return detail::until(when, wait) ? std::cv_status::no_timeout
                                         : std::cv_status::timeout;
    }
    template <class Rep, class Period>
    std::cv_status wait_for(mutex &held, const std::chrono::duration<Rep, Period> &time)
        LKS_REQUIRES(held)
    {
        return wait_until(held, detail::after(time));
    }

    void wait(std::unique_lock<mutex> &lock) LKS_NOT_LOOKED_AT
    {
        wait(*lock.mutex());
    }
    template <class Predicate> void wait(std::unique_lock<mutex> &lock, Predicate holds)
    {
        while (!holds()) {
            wait(lock);
        }
    }
    template <class Clock, class Duration>
    std::cv_status
    wait_until(std::unique_lock<mutex> &lock,
               const std::chrono::time_point<Clock, Duration> &when) LKS_NOT_LOOKED_AT
    {
        return wait_until(*lock.mutex(), when);
    }
    template <class Clock, class Duration, class Predicate>
    bool wait_until(std::unique_lock<mutex> &lock,
                    const std::chrono::time_point<Clock, Duration> &when, Predicate holds)
    {
        while (!holds()) {
            if (wait_until(lock, when) == std::cv_status::timeout) {
                return holds();
            }
        }
        return true;
    }
    template <class Rep, class Period>
    std::cv_status wait_for(std::unique_lock<mutex> &lock,
                            const std::chrono::duration<Rep, Period> &time)
    {
        return wait_until(lock, detail::after(time));
    }
    template <class Rep, class Period, class Predicate>
    bool wait_for(std::unique_lock<mutex> &lock,
                  const std::chrono::duration<Rep, Period> &time, Predicate holds)
    {
        return wait_until(lock, detail::after(time), std::move(holds));
    }
    LKS_HAS_HANDLE(cond)

  private:
    bool timed(mutex &held, const timespec &deadline) LKS_NOT_LOOKED_AT
    {
        return lks_cond_timedwait(&object_, held.native_handle(), &deadline) == 0;
    }
    lks_cond_t object_ = LKS_COND_INIT;
};

class once_flag
{
  public:
    constexpr once_flag() noexcept = default;
    LKS_STAYS(once_flag)

  private:
    template <class Callable, class... Arguments>
    friend void call_once(once_flag &, Callable &&, Arguments &&...);
    lks_once_t object_ = LKS_ONCE_INIT;
};

/* Calls function(arguments…) if no call with this flag has returned from it. One that
   throws counts as not made: the exception goes to the caller, and somebody else calls.
   So does one in which the thread is cancelled, where the C++ library is GCC's and
   cancelling unwinds as an exception does (glibc). */
template <class Callable, class... Arguments>
void call_once(once_flag &flag, Callable &&function, Arguments &&...arguments)
{
    std::exception_ptr thrown;
    auto attempt = [&] {
        try {
            std::invoke(std::forward<Callable>(function),
                        std::forward<Arguments>(arguments)...);
            return true;
#ifdef __GLIBCXX__
        } catch (const abi::__forced_unwind &) {
            lks_change_and_wake(&flag.object_.state, LKS_ONCE_FRESH);
            throw; /* it must not be stopped */
#endif
        } catch (...) {
            thrown = std::current_exception();
            return false;
        }
    };
    const auto call = [](void *made) {
        return (*static_cast<decltype(attempt) *>(made))();
    };
    if (!lks_once_try(&flag.object_, call, &attempt)) {
        std::rethrow_exception(thrown);
    }
}

class counting_semaphore
{
  public:
    static constexpr std::uint32_t max() noexcept
    {
        return INT32_MAX;
    }
    /* `value` is max() at most. */
    constexpr explicit counting_semaphore(std::uint32_t value) noexcept
        : object_ LKS_SEM_INIT(static_cast<std::int32_t>(value))
    {
    }
    LKS_STAYS(counting_semaphore)

    /* Throws std::overflow_error if the value would be more than it can hold. */
    void release(std::uint32_t times = 1)
    {
        for (; times > 0; times--) {
            if (lks_sem_post(&object_) != 0) {
                throw std::overflow_error("lockstep: the semaphore's value is too large");
            }
        }
    }
    void acquire()
    {
        lks_sem_wait(&object_);
    }
    [[nodiscard]] bool try_acquire() noexcept
    {
        return lks_sem_trywait(&object_);
    }
    template <class Rep, class Period>
    [[nodiscard]] bool try_acquire_for(const std::chrono::duration<Rep, Period> &time)
    {
        return try_acquire_until(detail::after(time));
    }
    template <class Clock, class Duration>
    [[nodiscard]] bool
    try_acquire_until(const std::chrono::time_point<Clock, Duration> &when)
    {
        return detail::until(when, [this](const timespec *deadline) {
            return lks_sem_timedwait(&object_, deadline) == 0;
        });
    }

  private:
    lks_sem_t object_;
};

/* --- barriers ------------------------------------------------------------------------ */

class central_barrier
{
  public:
    explicit central_barrier(std::uint32_t threads, lks_wait_mode_t mode = LKS_WAIT_YIELD)
    {
        detail::must(lks_central_barrier_init_waiting(&object_, threads, mode));
    }
    LKS_STAYS(central_barrier)
    void arrive_and_wait(std::uint32_t thread_index = 0)
    {
        lks_central_barrier_wait(&object_, thread_index);
    }

  private:
    lks_central_barrier_t object_;
};

/* Barriers whose threads have a place each: thread_index from 0 to threads − 1. `parts` of
   them are allocated; then come the arguments of the C object's initialiser. */
#define LKS_BARRIER_CLASS(name, part, parts, ...)                                        \
    class name##_barrier                                                                 \
    {                                                                                    \
      public:                                                                            \
        explicit name##_barrier(std::uint32_t threads,                                   \
                                lks_wait_mode_t mode = LKS_WAIT_YIELD)                   \
            : parts_(new lks_##name##_barrier_##part##_t[(parts)])                       \
        {                                                                                \
            detail::must(lks_##name##_barrier_init_waiting(&object_, threads,            \
                                                           __VA_ARGS__, mode));          \
        }                                                                                \
        LKS_STAYS(name##_barrier)                                                        \
        void arrive_and_wait(std::uint32_t thread_index)                                 \
        {                                                                                \
            lks_##name##_barrier_wait(&object_, thread_index);                           \
        }                                                                                \
                                                                                         \
      private:                                                                           \
        std::unique_ptr<lks_##name##_barrier_##part##_t[]> parts_;                       \
        lks_##name##_barrier_t object_;                                                  \
    };

LKS_BARRIER_CLASS(combining_tree, node, lks_combining_tree_barrier_nodes(threads, 4), 4,
                  parts_.get())
LKS_BARRIER_CLASS(mcs_tree, node, threads, parts_.get())
LKS_BARRIER_CLASS(tournament, flag, lks_tournament_barrier_flags(threads), parts_.get())
LKS_BARRIER_CLASS(dissemination, flag, lks_dissemination_barrier_flags(threads),
                  parts_.get())

#undef LKS_STAYS
#undef LKS_HAS_HANDLE
#undef LKS_LOCKABLE_BY
#undef LKS_LOCKABLE
#undef LKS_LOCK_CLASS
#undef LKS_NODE_LOCK_CLASS
#undef LKS_SHARED_LOCKABLE
#undef LKS_SHARED_LOCK_CLASS
#undef LKS_BARRIER_CLASS

} // namespace lks

#endif

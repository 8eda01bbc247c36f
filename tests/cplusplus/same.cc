// SPDX-License-Identifier: MIT
// The same by the C functions and by the classes: the same instructions (see run).
#include <lockstep.hpp>

#define BOTH(name)                                                                       \
    extern "C" void c_##name##_lock(lks_##name##_t &lock)                                \
    {                                                                                    \
        lks_##name##_lock(&lock);                                                        \
    }                                                                                    \
    extern "C" void cxx_##name##_lock(lks::name &lock)                                   \
    {                                                                                    \
        lock.lock();                                                                     \
    }                                                                                    \
    extern "C" bool c_##name##_trylock(lks_##name##_t &lock)                             \
    {                                                                                    \
        return lks_##name##_trylock(&lock);                                              \
    }                                                                                    \
    extern "C" bool cxx_##name##_trylock(lks::name &lock)                                \
    {                                                                                    \
        return lock.try_lock();                                                          \
    }                                                                                    \
    extern "C" void c_##name##_unlock(lks_##name##_t &lock)                              \
    {                                                                                    \
        lks_##name##_unlock(&lock);                                                      \
    }                                                                                    \
    extern "C" void cxx_##name##_unlock(lks::name &lock)                                 \
    {                                                                                    \
        lock.unlock();                                                                   \
    }                                                                                    \
    static_assert(sizeof(lks::name) == sizeof(lks_##name##_t), "and the same size");

BOTH(tas)
BOTH(ttas)
BOTH(backoff)
BOTH(ticket)
BOTH(ticket_backoff)
BOTH(mcs_k42)
BOTH(mutex)

extern "C" void c_cond_signal(lks_cond_t &cond)
{
    lks_cond_signal(&cond);
}
extern "C" void cxx_cond_signal(lks::condition_variable &cond)
{
    cond.notify_one();
}
extern "C" void c_rwmutex_rdlock(lks_rwmutex_t &lock)
{
    lks_rwmutex_rdlock(&lock);
}
extern "C" void cxx_rwmutex_rdlock(lks::shared_mutex &lock)
{
    lock.lock_shared();
}

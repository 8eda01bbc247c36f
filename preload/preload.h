/* SPDX-License-Identifier: MIT */
/*
 * What the files of liblockstep-preload.so share: the thread library's functions, over
 * the locks of the catalog.
 *
 *   system.c   what the settings (settings.c) come to; the system's own functions
 *   mutex.c    pthread_mutex_*            spin.c   pthread_spin_*
 *   fork.c     what a forked child finds
 *   slab.c     memory for what does not fit into an object
 *   nodes.c    what a thread holds: its queue nodes
 *   cond.c     pthread_cond_*             c11.c    mtx_*, cnd_*, call_once
 *   rwlock.c   pthread_rwlock_*           semaphore.c  sem_*
 *   barrier.c  pthread_barrier_*, with meeting.h; gomp.c  GOMP_barrier, with phases.h
 *   sleep.c    sleeping as POSIX has it
 *   until.c    deadlines, and waiting by tries where a lock has no timed form
 *
 * Each function of a file is called by a program where it expects the system's own: it
 * leaves errno as it is, and neither allocates by malloc nor uses stdio. Objects that are
 * shared between processes, robust, or with a priority of their own go through to the
 * system's functions, one by one.
 */
#ifndef PRELOAD_PRELOAD_H
#define PRELOAD_PRELOAD_H

#include "preload/profile.h"
#include "preload/settings.h"

#include <dlfcn.h>
#include <errno.h>
#include <lockstep/mutex.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <time.h>

/* A function that takes the place of the system's: all else is hidden. */
#define EXPORTED     __attribute__((visibility("default")))
#define LIKELY(x)    __builtin_expect((x), 1)
#define UNLIKELY(x)  __builtin_expect((x), 0)
#define CALLED_FROM  PROFILE_PLACE
#define THREAD_LOCAL static _Thread_local __attribute__((tls_model("initial-exec")))
/* The name that programs may call it by that were linked with a glibc before 2.34. */
#define ALSO_CALLED(alias_of, name)                                                      \
    EXPORTED __typeof__(alias_of) name __attribute__((nothrow, leaf, alias(#alias_of)))
/* Kept out of the way of what is done for each lock. */
#define RARE __attribute__((noinline, cold))

/* What pthread_atfork calls, in libc_nonshared.a. */
int __register_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void),
                      void *object);

/* What is declared below lies in this library: no look elsewhere for it. */
#pragma GCC visibility push(hidden)

/* --- the system's own functions (system.c) ------------------------------------------ */

#define EACH_SYSTEM_FUNCTION(X)                                                          \
    X(pthread_mutex_init)                                                                \
    X(pthread_mutex_destroy)                                                             \
    X(pthread_mutex_lock)                                                                \
    X(pthread_mutex_trylock)                                                             \
    X(pthread_mutex_timedlock)                                                           \
    X(pthread_mutex_clocklock)                                                           \
    X(pthread_mutex_unlock)                                                              \
    X(pthread_spin_init)                                                                 \
    X(pthread_spin_destroy)                                                              \
    X(pthread_spin_lock)                                                                 \
    X(pthread_spin_trylock)                                                              \
    X(pthread_spin_unlock)                                                               \
    X(pthread_cond_init)                                                                 \
    X(pthread_cond_destroy)                                                              \
    X(pthread_cond_wait)                                                                 \
    X(pthread_cond_timedwait)                                                            \
    X(pthread_cond_clockwait)                                                            \
    X(pthread_cond_signal)                                                               \
    X(pthread_cond_broadcast)                                                            \
    X(pthread_rwlock_init)                                                               \
    X(pthread_rwlock_destroy)                                                            \
    X(pthread_rwlock_rdlock)                                                             \
    X(pthread_rwlock_tryrdlock)                                                          \
    X(pthread_rwlock_timedrdlock)                                                        \
    X(pthread_rwlock_clockrdlock)                                                        \
    X(pthread_rwlock_wrlock)                                                             \
    X(pthread_rwlock_trywrlock)                                                          \
    X(pthread_rwlock_timedwrlock)                                                        \
    X(pthread_rwlock_clockwrlock)                                                        \
    X(pthread_rwlock_unlock)                                                             \
    X(pthread_barrier_init)                                                              \
    X(pthread_barrier_destroy)                                                           \
    X(pthread_barrier_wait)                                                              \
    X(sem_init)                                                                          \
    X(sem_destroy)                                                                       \
    X(sem_wait)                                                                          \
    X(sem_trywait)                                                                       \
    X(sem_timedwait)                                                                     \
    X(sem_clockwait)                                                                     \
    X(sem_post)                                                                          \
    X(sem_getvalue)                                                                      \
    X(__register_atfork)                                                                 \
    X(dlclose)

/* real.pthread_mutex_lock(mutex); NULL where the system has no such function. To be
   called after begin(). */
#define SYSTEM_FUNCTION(name) __typeof__(&name) name;
extern struct real {
    EACH_SYSTEM_FUNCTION(SYSTEM_FUNCTION)
} real;

/* How a mutex is taken. */
enum way {
    WAY_UNKNOWN, /* the settings have not been read */
    WAY_SYSTEM,  /* by the system's functions */
    WAY_MUTEX,   /* as the library's mutex, inlined, where its kind is normal */
    WAY_CLASS    /* through the table of settings.lock; or there is a profile */
};
extern enum way way;

/* Reads the settings and finds the system's functions. */
void begin_now(void);

/* Called first by each function that looks at `real` or `settings`: constructors of the
   program's libraries may come before ours. */
static inline void begin(void)
{
    if (UNLIKELY(way == WAY_UNKNOWN)) {
        begin_now();
    }
}

/* Ends the process with "lockstep: WHAT TEXT". */
_Noreturn void give_up(const char *what, const char *text);

/* --- memory (slab.c) ---------------------------------------------------------------- */

/* What each piece of a slab begins with, and has no meaning while it is in use. */
struct piece {
    struct piece *next;
};

/*
 * Pieces of one size, aligned to LKS_CACHE_LINE. A piece stays memory of its slab for
 * ever: a thread that is late may still look at one that was given back.
 */
struct slab {
    size_t size;               /* of a piece, in bytes; set before the first use */
    void (*make)(void *piece); /* makes one of zeros, once; it is taken as it was given */
    struct piece *free;
    struct chunk *chunks;
};

/* Returns a piece: filled with zeros, or where there is a `make`, as that or the last
   slab_give left it. */
void *slab_take(struct slab *slab);
void slab_give(struct slab *slab, void *piece);

/* Calls visit(piece), which takes and gives no other, for each that was ever taken, also
   those that were given back. */
void slab_visit(const struct slab *slab, void (*visit)(void *piece));

/* Around fork. */
void slabs_before_fork(void);
void slabs_after_fork(bool is_child);

/* --- what a thread holds (nodes.c) -------------------------------------------------- */

/* A number of the calling thread that no other has had; 0: it has not been asked for. */
extern _Thread_local uint32_t own_number;
uint32_t new_thread_number(void);

static inline uint32_t thread_number(void)
{
    return LIKELY(own_number != 0) ? own_number : new_thread_number();
}

/*
 * A lock that a thread holds or wants, with the node that it queues with, if its class
 * asks for one. Only for locks whose waiters queue: a child that was forked has to take
 * those anew that the forking thread held, and finds them here.
 */
struct hold {
    struct piece piece;
    _Atomic(struct thread *) thread; /* NULL: it is free */
    struct mutex *mutex;             /* NULL until the thread has the lock */
    bool counts;                     /* for a thread: nodes.c */
    alignas(LKS_CACHE_LINE) char node[];
};

/* Called from begin_now, with the size of a node; and how many threads at most may have
   locks, 0: any number. */
void holds_begin(size_t node_size, uint32_t threads_at_most);

struct hold *hold_take(void);
void hold_give(struct hold *hold);

/* Calls visit(mutex) for each that the calling thread holds. Only in a child that was
   forked, where there is no other thread. */
void holds_visit(void (*visit)(struct mutex *mutex));

/* --- the mutex (mutex.c) ------------------------------------------------------------ */

/*
 * A pthread_mutex_t, as we see it. Zeros, with the kind at its place, are what the static
 * initialisers and our pthread_mutex_init leave; a mutex is made of them as it is first
 * used. The library's mutex of the normal kind is nothing but its word, and not made.
 */
struct mutex {
    union {
        lks_mutex_t word;  /* WAY_MUTEX */
        char state[24];    /* the lock itself, where it fits */
        struct slot *slot; /* or where it lies */
    };
    _Atomic(uint32_t) made;  /* see mutex.c */
    _Atomic(uint32_t) owner; /* thread_number, where the kind asks */
    struct hold *hold;       /* the holder's, of locks whose waiters queue, or NULL */
};

/* What is under a pthread_mutex_t of any kind, taken as one of the normal kind: also of a
   struct mutex that lies elsewhere, and began as zeros. */
void mutex_take(struct mutex *mutex);
bool mutex_try(struct mutex *mutex);
void mutex_give(struct mutex *mutex);
bool mutex_is_taken(struct mutex *mutex); /* a hint */

/* In a child that was forked: the lock that the caller held is one that nobody waits for,
   and the caller holds it. */
void mutex_take_anew(struct mutex *mutex);

/* Called from begin_now. */
void mutex_begin(void);

/* As the functions without `_at`, and with their results; `place` is where the program
   called from. */
int mutex_lock_at(pthread_mutex_t *mutex, const void *place);
int mutex_trylock_at(pthread_mutex_t *mutex, const void *place);
int mutex_clocklock_at(pthread_mutex_t *mutex, clockid_t clock,
                       const struct timespec *deadline, const void *place);
int mutex_unlock_at(pthread_mutex_t *mutex);

/*
 * For a wait for a condition: gives the mutex back, however often the caller has locked
 * it, and writes how often that was into *depth; takes it again as often. Leaving returns
 * 0, or EPERM where the kind says that the caller has to hold it and it does not; then
 * nothing has happened. Returning returns what pthread_mutex_lock does. Both do the right
 * thing with a mutex that is the system's own.
 */
int mutex_leave(pthread_mutex_t *mutex, unsigned *depth);
int mutex_return(pthread_mutex_t *mutex, unsigned depth, const void *place);

/* Whether the mutex is one of ours, and not one that goes through to the system. */
bool mutex_is_ours(const pthread_mutex_t *mutex);

/* --- fork (fork.c) ------------------------------------------------------------------ */

/* Called from begin_now. */
void fork_begin(void);

/* Whether there is memory where the object was: programs free some while they hold
   them. */
bool is_mapped(const void *object, size_t size);

/*
 * For an object that has a queue of threads, which a forked child does not have: before
 * each use of it. *process is one of its words, zero in a new object. Calls renew(object)
 * if the object was last used before a fork.
 */
extern uint32_t forks; /* that led to this process */
void renew_now(_Atomic(uint32_t) *process, void (*renew)(void *object), void *object);
static inline void renew_after_fork(_Atomic(uint32_t) *process,
                                    void (*renew)(void *object), void *object)
{
    /* Acquire: pairs with the release of the thread that renewed it. */
    if (UNLIKELY(atomic_load_explicit(process, memory_order_acquire) != forks)) {
        renew_now(process, renew, object);
    }
}

/* --- sleeping (sleep.c) ------------------------------------------------------------- */

/* Returns EINVAL if *deadline is no instant, or a wait cannot go by that clock; else
   0. */
int check_deadline(clockid_t clock, const struct timespec *deadline);

/*
 * Sleeps while *word is `value`, until *deadline of `clock` at most (NULL: for ever), and
 * may be cancelled while it does. Returns 0, EAGAIN, ETIMEDOUT or EINTR.
 */
int sleep_as_posix(_Atomic(uint32_t) *word, uint32_t value, clockid_t clock,
                   const struct timespec *deadline);

/* Sleeps until *word is not 0 (acquire), and cannot be cancelled. */
void sleep_until_set(_Atomic(uint32_t) *word);

/* --- the condition (cond.c) --------------------------------------------------------- */

/* Called from begin_now. */
void cond_begin(void);

/* As pthread_cond_timedwait, or pthread_cond_wait if there is no deadline. */
int cond_wait_at(pthread_cond_t *object, pthread_mutex_t *mutex,
                 const struct timespec *deadline, const void *place);

/* --- semaphores (semaphore.c) ------------------------------------------------------- */

/* Called from begin_now. */
void semaphore_begin(void);

/* --- reader-writer locks (rwlock.c) ------------------------------------------------- */

/* Called from begin_now. */
void rwlock_begin(void);

/* In a child that was forked: those that the caller holds are locks that nobody else
   holds or waits for, and the caller holds them. */
void rwlocks_take_anew(void);

/* --- waiting for a time (until.c) --------------------------------------------------- */

/*
 * Writes into *instant, of CLOCK_MONOTONIC, when a wait that ends at *deadline of `clock`
 * has to look at its clock again, after `most` nanoseconds at the latest; it is another
 * time than the deadline where a clock can be set. Returns 0, ETIMEDOUT if the deadline
 * has passed, or EINVAL if it is no instant or there is no such clock.
 */
int until(clockid_t clock, const struct timespec *deadline, uint64_t most,
          struct timespec *instant);

/*
 * Calls attempt(argument) until it returns true, with sleeps in between that grow.
 * Returns 0; or what until does, after an attempt in vain. Not a point where a thread may
 * be cancelled.
 */
int try_until(bool (*attempt)(void *argument), void *argument, clockid_t clock,
              const struct timespec *deadline);

#pragma GCC visibility pop

#endif

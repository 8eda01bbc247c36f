/* SPDX-License-Identifier: MIT */
/*
 * What the thread libraries share: pthreads, C11's threads and C++'s are thin over the
 * functions here.
 *
 * The linker's --wrap turns the program's pthread_mutex_lock into
 * __wrap_pthread_mutex_lock (symbols.list names all that are turned). What blocks is made
 * of atomic operations on the program's own object and of instrument_await_failed after
 * each try that failed, so an instrument needs to know of nothing but atomic operations.
 * What an object keeps for its holder alone (an owner, a count) is read and written
 * natively.
 */
#ifndef LOCKSTEP_VIRTUAL_THREADS_H
#define LOCKSTEP_VIRTUAL_THREADS_H

#include <pthread.h>
#include <time.h>

#include "virtual/ground/operations.h"
#include "virtual/ground/thread.h"
#include "virtual/instrument.h"

/* --- threads (threads.c) ------------------------------------------------------------ */

struct vm_start {
    void *(*routine)(void *);   /* either this … */
    int (*c11_routine)(void *); /* … or that */
    void *argument;
    bool detached;
    fenv_t floating; /* if vm_floating: with which it begins */
};

pthread_t vm_thread_create(const struct vm_start *start, struct vm_call call);
int vm_thread_join(pthread_t thread, void **result, struct vm_call call);
int vm_thread_detach(pthread_t thread, struct vm_call call);
_Noreturn void vm_thread_exit(void *result);

/* --- data of a thread (thread_local.c, keys.c) -------------------------------------- */

/* Destroys the running thread's thread_local objects, last made first. */
void vm_destroy_thread_locals(void);

/* Calls the destructors of its thread-specific data. */
void vm_destroy_values(void);

int vm_key_create(pthread_key_t *key, void (*destructor)(void *), struct vm_call call);
void vm_key_delete(pthread_key_t key, struct vm_call call);
void *vm_key_get(pthread_key_t key, struct vm_call call);
int vm_key_set(pthread_key_t key, const void *value, struct vm_call call);

/* --- locks (mutexes.c) -------------------------------------------------------------- */

void vm_mutex_init(pthread_mutex_t *mutex, int kind, struct vm_call call);
void vm_mutex_destroy(pthread_mutex_t *mutex, struct vm_call call);
int vm_mutex_lock(pthread_mutex_t *mutex, struct vm_call call);
int vm_mutex_trylock(pthread_mutex_t *mutex, struct vm_call call);
int vm_mutex_timedlock(pthread_mutex_t *mutex, clockid_t clock,
                       const struct timespec *limit, struct vm_call call);
int vm_mutex_unlock(pthread_mutex_t *mutex, struct vm_call call);

/* --- condition variables (conditions.c) --------------------------------------------- */

void vm_condition_init(pthread_cond_t *condition, clockid_t clock, struct vm_call call);
void vm_condition_destroy(pthread_cond_t *condition, struct vm_call call);
int vm_condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                      struct vm_call call);
/* The limit is an instant of `clock`. */
int vm_condition_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                           clockid_t clock, const struct timespec *limit,
                           struct vm_call call);
void vm_condition_signal(pthread_cond_t *condition, struct vm_call call);
void vm_condition_broadcast(pthread_cond_t *condition, struct vm_call call);

/* --- once (once.c) ------------------------------------------------------------------ */

void vm_once(void *word, void (*routine)(void), struct vm_call call);

/* --- futexes (futex.c) -------------------------------------------------------------- */

/* Waits while *address is `expected`, as a thread of the kinds `who`, a set of bits.
   Returns 0, EAGAIN or, with a limit (nanoseconds as of vm_now), ETIMEDOUT. */
int vm_futex_wait(uint32_t *address, uint32_t expected, uint32_t who,
                  const uint64_t *limit, struct vm_call call);
/* Wakes up to `count` of one of the kinds; returns how many. */
unsigned vm_futex_wake(uint32_t *address, unsigned count, uint32_t who,
                       struct vm_call call);

/* --- system calls (system_calls.c) -------------------------------------------------- */

/* The calls, with the arguments that syscall() got. */
long vm_futex_call(const long *arguments, struct vm_call call);      /* futex.c */
long vm_membarrier_call(const long *arguments, struct vm_call call); /* membarrier.c */

#endif

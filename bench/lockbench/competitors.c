/* SPDX-License-Identifier: MIT */
#include "competitors.h"

#include <lockstep.h>
#include <pthread.h>
#include <string.h>

/* --- pthread_mutex, pthread_spinlock, pthread_barrier as classes --- */

static size_t pthread_mutex_size(uint32_t nthreads)
{
    (void)nthreads;
    return sizeof(pthread_mutex_t);
}

static int pthread_mutex_make(void *lock, uint32_t nthreads)
{
    (void)nthreads;
    return pthread_mutex_init(lock, NULL);
}

static void pthread_mutex_take(void *lock, void *node)
{
    (void)node;
    (void)pthread_mutex_lock(lock);
}

static void pthread_mutex_give(void *lock, void *node)
{
    (void)node;
    (void)pthread_mutex_unlock(lock);
}

static void pthread_mutex_end(void *lock)
{
    (void)pthread_mutex_destroy(lock);
}

static size_t pthread_spinlock_size(uint32_t nthreads)
{
    (void)nthreads;
    return sizeof(pthread_spinlock_t);
}

static int pthread_spinlock_make(void *lock, uint32_t nthreads)
{
    (void)nthreads;
    return pthread_spin_init(lock, PTHREAD_PROCESS_PRIVATE);
}

static void pthread_spinlock_take(void *lock, void *node)
{
    (void)node;
    (void)pthread_spin_lock(lock);
}

static void pthread_spinlock_give(void *lock, void *node)
{
    (void)node;
    (void)pthread_spin_unlock(lock);
}

static void pthread_spinlock_end(void *lock)
{
    (void)pthread_spin_destroy(lock);
}

static const lks_lock_class_t platform_locks[] = {
    {.name = "pthread_mutex",
     .summary = "the C library's mutex; sleeps",
     .size = pthread_mutex_size,
     .init = pthread_mutex_make,
     .lock = pthread_mutex_take,
     .unlock = pthread_mutex_give,
     .destroy = pthread_mutex_end},
    {.name = "pthread_spinlock",
     .summary = "the C library's spin lock; never yields",
     .size = pthread_spinlock_size,
     .init = pthread_spinlock_make,
     .lock = pthread_spinlock_take,
     .unlock = pthread_spinlock_give,
     .destroy = pthread_spinlock_end},
};

static size_t pthread_barrier_size(uint32_t nthreads)
{
    (void)nthreads;
    return sizeof(pthread_barrier_t);
}

static int pthread_barrier_make(void *barrier, uint32_t nthreads)
{
    return pthread_barrier_init(barrier, NULL, nthreads);
}

static void pthread_barrier_pass(void *barrier, uint32_t thread_index)
{
    (void)thread_index;
    (void)pthread_barrier_wait(barrier);
}

static void pthread_barrier_end(void *barrier)
{
    (void)pthread_barrier_destroy(barrier);
}

static const lks_barrier_class_t platform_barriers[] = {
    {.name = "pthread_barrier",
     .summary = "the C library's barrier; sleeps",
     .size = pthread_barrier_size,
     .init = pthread_barrier_make,
     .wait = pthread_barrier_pass,
     .destroy = pthread_barrier_end},
};

/* --- all of them --- */

static void add(struct competitors *all, struct competitor one)
{
    if (all->count < MAX_COMPETITORS) {
        all->items[all->count++] = one;
    }
}

static void add_lock(struct competitors *all, const lks_lock_class_t *class)
{
    add(all, (struct competitor){
                 .name = class->name, .summary = class->summary, .lock = class});
}

static void add_barrier(struct competitors *all, const lks_barrier_class_t *class)
{
    add(all, (struct competitor){
                 .name = class->name, .summary = class->summary, .barrier = class});
}

struct competitors all_locks(void)
{
    struct competitors all = {.count = 0};
    for (const lks_lock_class_t *class = NULL; (class = lks_lock_class_next(class));) {
        add_lock(&all, class);
    }
    for (size_t i = 0; i < sizeof platform_locks / sizeof platform_locks[0]; i++) {
        add_lock(&all, &platform_locks[i]);
    }
    return all;
}

struct competitors all_barriers(void)
{
    struct competitors all = {.count = 0};
    for (const lks_barrier_class_t *class = NULL;
         (class = lks_barrier_class_next(class));) {
        add_barrier(&all, class);
    }
    for (size_t i = 0; i < sizeof platform_barriers / sizeof platform_barriers[0]; i++) {
        add_barrier(&all, &platform_barriers[i]);
    }
    return all;
}

/* --- a free lock, inlined --- */

#define DEFINE_CALLS(name, style) LKS_LOCK_CALLS_##style(name)
LKS_EACH_LOCK(DEFINE_CALLS)

#define DEFINE_LOOP(name, style)                                                         \
    static void loop_##name(void *lock, void *node, uint64_t count)                      \
    {                                                                                    \
        for (uint64_t i = 0; i < count; i++) {                                           \
            name##_lock(lock, node);                                                     \
            name##_unlock(lock, node);                                                   \
            __asm__ volatile("" ::: "memory");                                           \
        }                                                                                \
    }
LKS_EACH_LOCK(DEFINE_LOOP)

#define DEFINE_PLATFORM_LOOP(name, type, take, give)                                     \
    static void loop_##name(void *lock, void *node, uint64_t count)                      \
    {                                                                                    \
        (void)node;                                                                      \
        for (uint64_t i = 0; i < count; i++) {                                           \
            (void)take((type *)lock);                                                    \
            (void)give((type *)lock);                                                    \
            __asm__ volatile("" ::: "memory");                                           \
        }                                                                                \
    }
DEFINE_PLATFORM_LOOP(pthread_mutex, pthread_mutex_t, pthread_mutex_lock,
                     pthread_mutex_unlock)
DEFINE_PLATFORM_LOOP(pthread_spinlock, pthread_spinlock_t, pthread_spin_lock,
                     pthread_spin_unlock)

#define NAME_LOOP(name, style) {#name, loop_##name},
static const struct {
    const char *name;
    void (*loop)(void *lock, void *node, uint64_t count);
} loops[] = {
    LKS_EACH_LOCK(NAME_LOOP) /* and the platform's: */
    {"pthread_mutex", loop_pthread_mutex},
    {"pthread_spinlock", loop_pthread_spinlock},
};

void lock_and_unlock(const lks_lock_class_t *class, void *lock, void *node,
                     uint64_t count)
{
    for (size_t i = 0; i < sizeof loops / sizeof loops[0]; i++) {
        if (strcmp(class->name, loops[i].name) == 0) {
            loops[i].loop(lock, node, count);
        }
    }
}

void only_loop(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        __asm__ volatile("" ::: "memory");
    }
}

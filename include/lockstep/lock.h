/* SPDX-License-Identifier: MIT */
/*
 * Locks by name: the catalog, and a lock chosen at run time.
 *
 *   lks_lock_t *lock;
 *   int error = lks_lock_create(&lock, "mcs", nthreads);
 *   …
 *   lks_lock_lock(lock, self);                    self: 0 ≤ self < nthreads
 *   …
 *   lks_lock_unlock(lock, self);
 */
#ifndef LOCKSTEP_LOCK_H
#define LOCKSTEP_LOCK_H

#include <lockstep/atomic.h>

/*
 * Every lock of the library: name, and how it is called:
 *
 *   context_free   lks_NAME_lock(&lock)          lks_NAME_unlock(&lock)
 *   queue_node     lks_NAME_lock(&lock, &node)   lks_NAME_unlock(&lock, &node)
 *   spare_node     lks_NAME_lock(&lock, &spare)  lks_NAME_unlock(&lock)
 *
 * LKS_EACH_LOCK(X) expands to X(name, style) for each; a program that wants the
 * algorithms inlined, and not called through the tables below, includes <lockstep.h> and
 * starts here.
 */
#define LKS_EACH_LOCK(X)                                                                 \
    X(tas, context_free)                                                                 \
    X(ttas, context_free)                                                                \
    X(backoff, context_free)                                                             \
    X(ticket, context_free)                                                              \
    X(ticket_backoff, context_free)                                                      \
    X(anderson, context_free)                                                            \
    X(clh, spare_node)                                                                   \
    X(mcs, queue_node)                                                                   \
    X(mcs_k42, context_free)                                                             \
    X(malthusian, queue_node)                                                            \
    X(mutex, context_free)

/*
 * In the catalog there are also some of these with waiters that sleep: they differ in how
 * they are initialised. LKS_EACH_SLEEPING_LOCK(X) expands to X(name, name of the lock)
 * for each.
 */
#define LKS_EACH_SLEEPING_LOCK(X)                                                        \
    X(anderson_sleep, anderson)                                                          \
    X(clh_sleep, clh)                                                                    \
    X(mcs_sleep, mcs)                                                                    \
    X(mcs_k42_sleep, mcs_k42)

/*
 * NAME_lock, NAME_trylock, NAME_unlock, NAME_is_locked and NAME_destroy through void
 * pointers, whatever the style: LKS_LOCK_CALLS_style(name) defines them. The catalog's
 * tables are made of these; defined in the caller's own file, they inline the algorithm.
 */
#define LKS_LOCK_CALL LKS_NOT_LOOKED_AT static inline __attribute__((unused))

#define LKS_LOCK_CALLS_common(name)                                                      \
    LKS_LOCK_CALL bool name##_is_locked(const void *lock)                                \
    {                                                                                    \
        return lks_##name##_is_locked(LKS_CAST(const lks_##name##_t *, lock));           \
    }                                                                                    \
    LKS_LOCK_CALL void name##_destroy(void *lock)                                        \
    {                                                                                    \
        lks_##name##_destroy(LKS_CAST(lks_##name##_t *, lock));                          \
    }

/* An unlock that needs no node. */
#define LKS_LOCK_CALLS_unlock(name)                                                      \
    LKS_LOCK_CALL void name##_unlock(void *lock, void *node)                             \
    {                                                                                    \
        (void)node;                                                                      \
        lks_##name##_unlock(LKS_CAST(lks_##name##_t *, lock));                           \
    }

#define LKS_LOCK_CALLS_context_free(name)                                                \
    LKS_LOCK_CALL void name##_lock(void *lock, void *node)                               \
    {                                                                                    \
        (void)node;                                                                      \
        lks_##name##_lock(LKS_CAST(lks_##name##_t *, lock));                             \
    }                                                                                    \
    LKS_LOCK_CALL bool name##_trylock(void *lock, void *node)                            \
    {                                                                                    \
        (void)node;                                                                      \
        return lks_##name##_trylock(LKS_CAST(lks_##name##_t *, lock));                   \
    }                                                                                    \
    LKS_LOCK_CALLS_unlock(name) LKS_LOCK_CALLS_common(name)

#define LKS_LOCK_CALLS_queue_node(name)                                                  \
    LKS_LOCK_CALL void name##_lock(void *lock, void *node)                               \
    {                                                                                    \
        lks_##name##_lock(LKS_CAST(lks_##name##_t *, lock),                              \
                          LKS_CAST(lks_##name##_node_t *, node));                        \
    }                                                                                    \
    LKS_LOCK_CALL bool name##_trylock(void *lock, void *node)                            \
    {                                                                                    \
        return lks_##name##_trylock(LKS_CAST(lks_##name##_t *, lock),                    \
                                    LKS_CAST(lks_##name##_node_t *, node));              \
    }                                                                                    \
    LKS_LOCK_CALL void name##_unlock(void *lock, void *node)                             \
    {                                                                                    \
        lks_##name##_unlock(LKS_CAST(lks_##name##_t *, lock),                            \
                            LKS_CAST(lks_##name##_node_t *, node));                      \
    }                                                                                    \
    LKS_LOCK_CALLS_common(name)

/* Here the "node" is a thread's first spare node and the pointer to its present one. */
#define LKS_LOCK_CALLS_spare_node(name)                                                  \
    struct name##_context {                                                              \
        lks_##name##_node_t first;                                                       \
        lks_##name##_node_t *spare;                                                      \
    };                                                                                   \
    LKS_LOCK_CALL void name##_lock(void *lock, void *node)                               \
    {                                                                                    \
        struct name##_context *context = LKS_CAST(struct name##_context *, node);        \
        if (context->spare == LKS_NULL) {                                                \
            context->spare = &context->first;                                            \
        }                                                                                \
        lks_##name##_lock(LKS_CAST(lks_##name##_t *, lock), &context->spare);            \
    }                                                                                    \
    LKS_LOCK_CALLS_unlock(name) LKS_LOCK_CALLS_common(name)

/* What can be said of a lock in one word: lks_lock_class.traits, or-ed. */
enum {
    /* First come, first served. */
    LKS_LOCK_FAIR = 1,
    /* Has a trylock. */
    LKS_LOCK_TRYLOCK = 2,
    /* The caller gives a node, and keeps it in place until unlock or longer. */
    LKS_LOCK_NEEDS_NODE = 4,
    /* Waiters sleep in the kernel when they have waited long enough. */
    LKS_LOCK_SLEEPS = 8,
    /* In place of the node comes the thread's index, as a pointer. */
    LKS_LOCK_NEEDS_INDEX = 16,
    /* Waiters queue with nodes on their own stacks, which come and go. */
    LKS_LOCK_BRINGS_NODE = 32
};

/* A lock algorithm, as a tool sees it. All functions are as in the algorithm's header. */
typedef struct lks_lock_class {
    const char *name;    /* "mcs" */
    const char *summary; /* one line, no full stop */
    const char *paper;   /* author, title, year */
    unsigned traits;
    /* Bytes of a lock that `nthreads` threads may hold or want at once (slots and the
       like included), to be aligned to LKS_CACHE_LINE. */
    size_t (*size)(uint32_t nthreads);
    /* Bytes of a thread's node, to be aligned to LKS_CACHE_LINE, filled with zeros before
       its first use with a lock and kept in place until the lock is destroyed; 0:
       none. */
    size_t node_size;
    /* Makes the memory at `lock` a free lock, with default parameters. Returns 0 or
       EINVAL. */
    int (*init)(void *lock, uint32_t nthreads);
    void (*lock)(void *lock, void *node);
    bool (*trylock)(void *lock, void *node); /* NULL where traits lack LKS_LOCK_TRYLOCK */
    void (*unlock)(void *lock, void *node);
    bool (*is_locked)(const void *lock);
    void (*destroy)(void *lock);
    /* Brings a lock fresh from init to two acquisitions before its counters wrap, for
       tests; NULL where it has none. */
    void (*age)(void *lock);
} lks_lock_class_t;

#ifdef __cplusplus
extern "C" {
#endif

/* Returns the class of that name, or NULL if there is none. */
const lks_lock_class_t *lks_lock_class_find(const char *name);

/* Returns the class after `previous` in the catalog's order: the first one for NULL, NULL
   after the last. */
const lks_lock_class_t *lks_lock_class_next(const lks_lock_class_t *previous);

/* A lock of a class chosen at run time, with the nodes of its threads. */
typedef struct lks_lock lks_lock_t;

/*
 * Makes a lock of the named class for threads 0 … nthreads − 1 and stores it in *lock.
 * Returns 0, EINVAL for a null pointer, nthreads == 0 or more threads than the class can
 * serve (2³¹ for "anderson"), ENOENT if no class has that name, or ENOMEM. Space: the
 * class's size and node_size × nthreads, in whole cache lines.
 */
int lks_lock_create(lks_lock_t **lock, const char *name, uint32_t nthreads);

/* Frees the lock; nobody holds it or waits for it. NULL is allowed. */
void lks_lock_destroy(lks_lock_t *lock);

/* Returns the lock's class. */
const lks_lock_class_t *lks_lock_class_of(const lks_lock_t *lock);

/* Takes the lock for thread `self`, waiting as long as it takes. An indirect call more
   than the lock costs by itself. */
void lks_lock_lock(lks_lock_t *lock, uint32_t self);

/* Takes the lock for thread `self` if it is free. Returns whether it did: always false
   where the class has no trylock. */
LKS_LOOK_AT_RESULT bool lks_lock_trylock(lks_lock_t *lock, uint32_t self);

/* Gives the lock back; thread `self` holds it. */
void lks_lock_unlock(lks_lock_t *lock, uint32_t self);

/* Tells whether somebody held the lock a moment ago: a hint, it orders nothing. */
bool lks_lock_is_locked(const lks_lock_t *lock);

#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Reader-writer locks by name: the catalog, and a lock chosen at run time.
 *
 *   lks_rwlock_t *lock;
 *   int error = lks_rwlock_create(&lock, "rw_phase_fair", nthreads);
 *   …
 *   lks_rwlock_rdlock(lock, self);                self: 0 ≤ self < nthreads
 *   …
 *   lks_rwlock_rdunlock(lock, self);
 */
#ifndef LOCKSTEP_RWLOCK_H
#define LOCKSTEP_RWLOCK_H

#include <lockstep/atomic.h>

/*
 * Every reader-writer lock of the library: name, and how it is called:
 *
 *   context_free   lks_NAME_rdlock(&lock)            lks_NAME_rdunlock(&lock)
 *   reader_node    lks_NAME_rdlock(&lock, &reader)   lks_NAME_rdunlock(&lock, &reader)
 *
 * and so tryrdlock and downgrade, which leaves the caller a reader. wrlock, trywrlock and
 * wrunlock take the lock alone. LKS_EACH_RWLOCK(X) expands to X(name, style) for each.
 */
#define LKS_EACH_RWLOCK(X)                                                               \
    X(rw_ticket, context_free)                                                           \
    X(rw_phase_fair, context_free)                                                       \
    X(rw_distributed, reader_node)                                                       \
    X(rwmutex, context_free)

/*
 * NAME_rdlock, NAME_tryrdlock, NAME_rdunlock, NAME_wrlock, NAME_trywrlock, NAME_wrunlock,
 * NAME_downgrade, NAME_is_locked and NAME_destroy through void pointers, whatever the
 * style: LKS_RWLOCK_CALLS_style(name) defines them. The catalog's tables are made of
 * these; defined in the caller's own file, they inline the algorithm.
 */
#define LKS_RWLOCK_CALL LKS_NOT_LOOKED_AT static inline __attribute__((unused))

#define LKS_RWLOCK_CALLS_common(name)                                                    \
    LKS_RWLOCK_CALL void name##_wrlock(void *lock)                                       \
    {                                                                                    \
        lks_##name##_wrlock(LKS_CAST(lks_##name##_t *, lock));                           \
    }                                                                                    \
    LKS_RWLOCK_CALL bool name##_trywrlock(void *lock)                                    \
    {                                                                                    \
        return lks_##name##_trywrlock(LKS_CAST(lks_##name##_t *, lock));                 \
    }                                                                                    \
    LKS_RWLOCK_CALL void name##_wrunlock(void *lock)                                     \
    {                                                                                    \
        lks_##name##_wrunlock(LKS_CAST(lks_##name##_t *, lock));                         \
    }                                                                                    \
    LKS_RWLOCK_CALL bool name##_is_locked(const void *lock)                              \
    {                                                                                    \
        return lks_##name##_is_locked(LKS_CAST(const lks_##name##_t *, lock));           \
    }                                                                                    \
    LKS_RWLOCK_CALL void name##_destroy(void *lock)                                      \
    {                                                                                    \
        lks_##name##_destroy(LKS_CAST(lks_##name##_t *, lock));                          \
    }

#define LKS_RWLOCK_CALLS_context_free(name)                                              \
    LKS_RWLOCK_CALL void name##_rdlock(void *lock, void *node)                           \
    {                                                                                    \
        (void)node;                                                                      \
        lks_##name##_rdlock(LKS_CAST(lks_##name##_t *, lock));                           \
    }                                                                                    \
    LKS_RWLOCK_CALL bool name##_tryrdlock(void *lock, void *node)                        \
    {                                                                                    \
        (void)node;                                                                      \
        return lks_##name##_tryrdlock(LKS_CAST(lks_##name##_t *, lock));                 \
    }                                                                                    \
    LKS_RWLOCK_CALL void name##_rdunlock(void *lock, void *node)                         \
    {                                                                                    \
        (void)node;                                                                      \
        lks_##name##_rdunlock(LKS_CAST(lks_##name##_t *, lock));                         \
    }                                                                                    \
    LKS_RWLOCK_CALL void name##_downgrade(void *lock, void *node)                        \
    {                                                                                    \
        (void)node;                                                                      \
        lks_##name##_downgrade(LKS_CAST(lks_##name##_t *, lock));                        \
    }                                                                                    \
    LKS_RWLOCK_CALLS_common(name)

#define LKS_RWLOCK_CALLS_reader_node(name)                                               \
    LKS_RWLOCK_CALL void name##_rdlock(void *lock, void *node)                           \
    {                                                                                    \
        lks_##name##_rdlock(LKS_CAST(lks_##name##_t *, lock),                            \
                            LKS_CAST(lks_##name##_reader_t *, node));                    \
    }                                                                                    \
    LKS_RWLOCK_CALL bool name##_tryrdlock(void *lock, void *node)                        \
    {                                                                                    \
        return lks_##name##_tryrdlock(LKS_CAST(lks_##name##_t *, lock),                  \
                                      LKS_CAST(lks_##name##_reader_t *, node));          \
    }                                                                                    \
    LKS_RWLOCK_CALL void name##_rdunlock(void *lock, void *node)                         \
    {                                                                                    \
        lks_##name##_rdunlock(LKS_CAST(lks_##name##_t *, lock),                          \
                              LKS_CAST(lks_##name##_reader_t *, node));                  \
    }                                                                                    \
    LKS_RWLOCK_CALL void name##_downgrade(void *lock, void *node)                        \
    {                                                                                    \
        lks_##name##_downgrade(LKS_CAST(lks_##name##_t *, lock),                         \
                               LKS_CAST(lks_##name##_reader_t *, node));                 \
    }                                                                                    \
    LKS_RWLOCK_CALLS_common(name)

/* What can be said of a lock in one word: lks_rwlock_class.traits, or-ed. */
enum {
    /* A waiting reader is passed over by a bounded number of writers. */
    LKS_RWLOCK_READERS_PASS = 1,
    /* A waiting writer is passed over by a bounded number of readers and writers. */
    LKS_RWLOCK_WRITERS_PASS = 2,
    /* A reader gives a node, and keeps it in place until it gives the lock back. */
    LKS_RWLOCK_NEEDS_NODE = 4,
    /* Waiters sleep in the kernel when they have waited long enough. */
    LKS_RWLOCK_SLEEPS = 8,
    /* In place of the node comes the thread's index, as a pointer. */
    LKS_RWLOCK_NEEDS_INDEX = 16
};

/* A reader-writer lock algorithm, as a tool sees it. All functions are as in the
   algorithm's header. */
typedef struct lks_rwlock_class {
    const char *name;    /* "rw_ticket" */
    const char *summary; /* one line, no full stop */
    const char *paper;   /* author, title, year */
    unsigned traits;
    /* Bytes of a lock that `nthreads` threads may hold or want at once (indicators and
       the like included), to be aligned to LKS_CACHE_LINE. */
    size_t (*size)(uint32_t nthreads);
    /* Bytes of a reader's node, to be aligned to LKS_CACHE_LINE; 0: none. */
    size_t node_size;
    /* Makes the memory at `lock` a free lock, with default parameters. Returns 0 or
       EINVAL. */
    int (*init)(void *lock, uint32_t nthreads);
    void (*rdlock)(void *lock, void *node);
    bool (*tryrdlock)(void *lock, void *node);
    void (*rdunlock)(void *lock, void *node);
    void (*wrlock)(void *lock);
    bool (*trywrlock)(void *lock);
    void (*wrunlock)(void *lock);
    /* The writer becomes a reader, without letting another writer in between. */
    void (*downgrade)(void *lock, void *node);
    /* Whether anybody, reader or writer, held it a moment ago. */
    bool (*is_locked)(const void *lock);
    void (*destroy)(void *lock);
    /* Brings a lock fresh from init to two acquisitions before its counters wrap, for
       tests; NULL where it has none. */
    void (*age)(void *lock);
} lks_rwlock_class_t;

#ifdef __cplusplus
extern "C" {
#endif

/* Returns the class of that name, or NULL if there is none. */
const lks_rwlock_class_t *lks_rwlock_class_find(const char *name);

/* Returns the class after `previous` in the catalog's order: the first one for NULL, NULL
   after the last. */
const lks_rwlock_class_t *lks_rwlock_class_next(const lks_rwlock_class_t *previous);

/* A reader-writer lock of a class chosen at run time, with the nodes of its threads. */
typedef struct lks_rwlock lks_rwlock_t;

/*
 * Makes a lock of the named class for threads 0 … nthreads − 1 and stores it in *lock.
 * Returns 0, EINVAL for a null pointer or nthreads == 0, ENOENT if no class has that
 * name, or ENOMEM. Space: the class's size and node_size × nthreads, in whole cache
 * lines.
 */
int lks_rwlock_create(lks_rwlock_t **lock, const char *name, uint32_t nthreads);

/* Frees the lock; nobody holds it or waits for it. NULL is allowed. */
void lks_rwlock_destroy(lks_rwlock_t *lock);

/* Returns the lock's class. */
const lks_rwlock_class_t *lks_rwlock_class_of(const lks_rwlock_t *lock);

/* Takes the lock for thread `self`, shared with other readers (rd) or exclusively (wr),
   waiting as long as it takes. An indirect call more than the lock costs by itself. */
void lks_rwlock_rdlock(lks_rwlock_t *lock, uint32_t self);
void lks_rwlock_wrlock(lks_rwlock_t *lock, uint32_t self);

/* The same if it can be had without waiting. Returns whether it took it. */
LKS_LOOK_AT_RESULT bool lks_rwlock_tryrdlock(lks_rwlock_t *lock, uint32_t self);
LKS_LOOK_AT_RESULT bool lks_rwlock_trywrlock(lks_rwlock_t *lock, uint32_t self);

/* Gives the lock back; thread `self` holds it, as a reader or as the writer. */
void lks_rwlock_rdunlock(lks_rwlock_t *lock, uint32_t self);
void lks_rwlock_wrunlock(lks_rwlock_t *lock, uint32_t self);

/* Thread `self`, the writer, becomes a reader: no other writer comes in between. */
void lks_rwlock_downgrade(lks_rwlock_t *lock, uint32_t self);

/* Tells whether somebody held the lock a moment ago: a hint, it orders nothing. */
bool lks_rwlock_is_locked(const lks_rwlock_t *lock);

#ifdef __cplusplus
}
#endif

#endif

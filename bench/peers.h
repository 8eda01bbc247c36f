/* SPDX-License-Identifier: MIT */
/*
 * Locks and barriers of other libraries, of those that were there when lockbench was
 * built: a file in peers/ for each library, linked only then. It makes its list with the
 * macros below, as platform.c does. Another one is such a file, its line in peers.c and
 * its list below, how it is found in .ci/peers, and what it is linked with in the
 * Makefile.
 */
#ifndef LOCKBENCH_PEERS_H
#define LOCKBENCH_PEERS_H

#include "bench/competitors.h"

struct peer_library {
    const char *prefix;  /* of the names: "ck:" */
    const char *name;    /* "Concurrency Kit" */
    const char *package; /* that has it, in Debian and Ubuntu */
    /* One of the three classes each, then one without a name; NULL: was not there. */
    const struct competitor *peers;
};

/* Ends with one without a prefix. */
extern const struct peer_library peer_libraries[];

/* The library that something of this name would be of, or NULL. */
const struct peer_library *peer_library_of(const char *name);

/*
 * PEER_LOCK(id, type, node_size, make, take, attempt, give, end) defines id_class from
 * statements, and of a trylock an expression, in which `lock` points to a `type` and
 * `node` to a thread's node, if there is one; PEER_RWLOCK and PEER_BARRIER likewise, with
 * `nthreads` and a thread's index `self` of a barrier, whose size may depend on the
 * number of threads.
 */
#define PEER_SIZE(id, bytes)                                                             \
    static size_t id##_size(uint32_t nthreads)                                           \
    {                                                                                    \
        (void)nthreads;                                                                  \
        return bytes;                                                                    \
    }
#define PEER_MAKE(id, type, body)                                                        \
    static int id##_make(void *memory, uint32_t nthreads)                                \
    {                                                                                    \
        type *lock = (type *)memory;                                                     \
        (void)nthreads;                                                                  \
        body;                                                                            \
        return 0;                                                                        \
    }
#define PEER_CALL(function, type, body)                                                  \
    static void function(void *memory)                                                   \
    {                                                                                    \
        type *lock = (type *)memory;                                                     \
        (void)lock;                                                                      \
        body;                                                                            \
    }
#define PEER_CALL_WITH(function, type, parameter, body)                                  \
    static void function(void *memory, parameter)                                        \
    {                                                                                    \
        type *lock = (type *)memory;                                                     \
        body;                                                                            \
    }
#define PEER_TRY(function, type, attempt)                                                \
    static bool function(void *memory)                                                   \
    {                                                                                    \
        type *lock = (type *)memory;                                                     \
        return attempt;                                                                  \
    }
#define PEER_TRY_WITH(function, type, parameter, attempt)                                \
    static bool function(void *memory, parameter)                                        \
    {                                                                                    \
        type *lock = (type *)memory;                                                     \
        return attempt;                                                                  \
    }
#define PEER_NODE void *node __attribute__((unused))

/* As in inlined.c. */
#define PEER_LOOP(function, type, take, give)                                            \
    static void function(void *memory, PEER_NODE, uint64_t count)                        \
    {                                                                                    \
        type *lock = (type *)memory;                                                     \
        for (uint64_t i = 0; i < count; i++) {                                           \
            take;                                                                        \
            give;                                                                        \
            __asm__ volatile("" ::: "memory");                                           \
        }                                                                                \
    }

#define PEER_LOCK(id, type, node_bytes, make, take, attempt, give, end)                  \
    PEER_SIZE(id, sizeof(type))                                                          \
    PEER_MAKE(id, type, make)                                                            \
    PEER_CALL_WITH(id##_take, type, PEER_NODE, take)                                     \
    PEER_TRY_WITH(id##_try, type, PEER_NODE, attempt)                                    \
    PEER_CALL_WITH(id##_give, type, PEER_NODE, give)                                     \
    PEER_CALL(id##_end, type, end)                                                       \
    PEER_LOOP(id##_loop, type, take, give)                                               \
    static const lks_lock_class_t id##_class = {.size = id##_size,                       \
                                                .node_size = node_bytes,                 \
                                                .init = id##_make,                       \
                                                .lock = id##_take,                       \
                                                .trylock = id##_try,                     \
                                                .unlock = id##_give,                     \
                                                .destroy = id##_end};

#define PEER_RWLOCK(id, type, make, take_shared, try_shared, give_shared, take, attempt, \
                    give, end)                                                           \
    PEER_TRY_WITH(id##_try_shared, type, PEER_NODE, try_shared)                          \
    PEER_TRY(id##_try, type, attempt)                                                    \
    PEER_RWLOCK_AS(id, type, make, take_shared, id##_try_shared, give_shared, take,      \
                   id##_try, give, end)

/* The same with functions that try, or NULL. */
#define PEER_RWLOCK_AS(id, type, make, take_shared, try_shared, give_shared, take,       \
                       try_it, give, end)                                                \
    PEER_SIZE(id, sizeof(type))                                                          \
    PEER_MAKE(id, type, make)                                                            \
    PEER_CALL_WITH(id##_take_shared, type, PEER_NODE, take_shared)                       \
    PEER_CALL_WITH(id##_give_shared, type, PEER_NODE, give_shared)                       \
    PEER_CALL(id##_take, type, take)                                                     \
    PEER_CALL(id##_give, type, give)                                                     \
    PEER_CALL(id##_end, type, end)                                                       \
    PEER_LOOP(id##_read_loop, type, take_shared, give_shared)                            \
    PEER_LOOP(id##_loop, type, take, give)                                               \
    static const lks_rwlock_class_t id##_class = {.size = id##_size,                     \
                                                  .init = id##_make,                     \
                                                  .rdlock = id##_take_shared,            \
                                                  .tryrdlock = try_shared,               \
                                                  .rdunlock = id##_give_shared,          \
                                                  .wrlock = id##_take,                   \
                                                  .trywrlock = try_it,                   \
                                                  .wrunlock = id##_give,                 \
                                                  .destroy = id##_end};

#define PEER_BARRIER(id, type, bytes, make, pass, end)                                   \
    PEER_SIZE(id, bytes)                                                                 \
    PEER_MAKE(id, type, make)                                                            \
    PEER_CALL_WITH(id##_pass, type, uint32_t self __attribute__((unused)), pass)         \
    PEER_CALL(id##_end, type, end)                                                       \
    static const lks_barrier_class_t id##_class = {                                      \
        .size = id##_size, .init = id##_make, .wait = id##_pass, .destroy = id##_end};

/* Their entries in the library's list, which LAST_PEER ends. */
#define LISTED_LOCK(title, text, id)                                                     \
    {                                                                                    \
        .name = title, .summary = text, .lock = &id##_class, .loops = {                  \
            NULL,                                                                        \
            id##_loop                                                                    \
        }                                                                                \
    }
#define LISTED_RWLOCK(title, text, id)                                                   \
    {                                                                                    \
        .name = title, .summary = text, .rwlock = &id##_class, .loops = {                \
            id##_read_loop,                                                              \
            id##_loop                                                                    \
        }                                                                                \
    }
#define LISTED_BARRIER(title, text, id)                                                  \
    {                                                                                    \
        .name = title, .summary = text, .barrier = &id##_class                           \
    }
/* One whose threads its library starts. */
#define LISTED_BARRIER_OF(title, text, id, starts)                                       \
    {                                                                                    \
        .name = title, .summary = text, .barrier = &id##_class, .start = starts          \
    }
#define LAST_PEER                                                                        \
    {                                                                                    \
        .name = NULL                                                                     \
    }

/* Weak: those that were not there when lockbench was built are NULL. */
#ifdef __cplusplus
extern "C" {
#endif
#define WEAK_LIST __attribute__((weak))
extern const struct competitor ck_peers[] WEAK_LIST, nsync_peers[] WEAK_LIST,
    std_peers[] WEAK_LIST, tbb_peers[] WEAK_LIST, absl_peers[] WEAK_LIST,
    atomic_ops_peers[] WEAK_LIST, gomp_peers[] WEAK_LIST, omp_peers[] WEAK_LIST;
#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: MIT */
#include "bench/inlined.h"
#include "common/tool.h"

#include <lockstep.h>
#include <string.h>

#define DEFINE_LOOP(name, take, give)                                                    \
    static void name(void *lock, void *node, uint64_t count)                             \
    {                                                                                    \
        (void)node;                                                                      \
        for (uint64_t i = 0; i < count; i++) {                                           \
            take;                                                                        \
            give;                                                                        \
            __asm__ volatile("" ::: "memory");                                           \
        }                                                                                \
    }

#define DEFINE_LOCK(name, style)                                                         \
    LKS_LOCK_CALLS_##style(name)                                                         \
        DEFINE_LOOP(write_##name, name##_lock(lock, node), name##_unlock(lock, node))
LKS_EACH_LOCK(DEFINE_LOCK)

#define DEFINE_RWLOCK(name, style)                                                       \
    LKS_RWLOCK_CALLS_##style(name)                                                       \
        DEFINE_LOOP(read_##name, name##_rdlock(lock, node), name##_rdunlock(lock, node)) \
            DEFINE_LOOP(write_##name, name##_wrlock(lock), name##_wrunlock(lock))
LKS_EACH_RWLOCK(DEFINE_RWLOCK)

#define LOCK_LOOP(name, style)    {#name, {NULL, write_##name}},
#define RWLOCK_LOOPS(name, style) {#name, {read_##name, write_##name}},
static const struct {
    const char *name;
    lock_loop sides[SIDES];
} loops[] = {LKS_EACH_LOCK(LOCK_LOOP) /* the reader-writer locks: */
             LKS_EACH_RWLOCK(RWLOCK_LOOPS)};

/* Whether a class of that name takes its lock with the functions of this competitor: a
   lock and its sleeping variant differ in their init only. */
static bool shares_functions(const struct competitor *competitor, const char *name)
{
    if (strcmp(competitor->name, name) == 0) {
        return true;
    }
    if (competitor->lock != NULL) {
        const lks_lock_class_t *class = lks_lock_class_find(name);
        return class != NULL && class->lock == competitor->lock->lock;
    }
    const lks_rwlock_class_t *class = lks_rwlock_class_find(name);
    return class != NULL && class->rdlock == competitor->rwlock->rdlock;
}

lock_loop inlined_loop(const struct competitor *competitor, enum side side)
{
    if (competitor->own || competitor->loops[side] != NULL) {
        return competitor->loops[side];
    }
    for (size_t i = 0; i < sizeof loops / sizeof loops[0]; i++) {
        if (shares_functions(competitor, loops[i].name)) {
            return loops[i].sides[side];
        }
    }
    refuse("no loop is defined for %s", competitor->name);
}

void calling_loop(const struct competitor *competitor, enum side side, void *lock,
                  void *node, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        if (competitor->lock != NULL) {
            competitor->lock->lock(lock, node);
            competitor->lock->unlock(lock, node);
        } else if (side == READ) {
            competitor->rwlock->rdlock(lock, node);
            competitor->rwlock->rdunlock(lock, node);
        } else {
            competitor->rwlock->wrlock(lock);
            competitor->rwlock->wrunlock(lock);
        }
        __asm__ volatile("" ::: "memory");
    }
}

void empty_loop(void *lock, void *node, uint64_t count)
{
    (void)lock;
    (void)node;
    for (uint64_t i = 0; i < count; i++) {
        __asm__ volatile("" ::: "memory");
    }
}

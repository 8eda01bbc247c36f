/* SPDX-License-Identifier: MIT */
/*
 * Every lock, as a table of lks_lock_class_t: the algorithms as this file's compiler
 * makes them from the headers, or, with TEST_CATALOG, the library's through its catalog.
 */
#ifndef TESTS_LOCK_TABLE_H
#define TESTS_LOCK_TABLE_H

#include "support.h"

enum { MOST_LOCKS = 64 };

static lks_lock_class_t lock_table[MOST_LOCKS];
static size_t lock_table_count;

#ifdef TEST_CATALOG

static void fill_lock_table(void)
{
    for (const lks_lock_class_t *class_ = lks_lock_class_next(NULL); class_ != NULL;
         class_ = lks_lock_class_next(class_)) {
        if (lock_table_count == MOST_LOCKS) {
            abort();
        }
        lock_table[lock_table_count++] = *class_;
    }
}

#else

#define DEFINE_CALLS(name, style) LKS_LOCK_CALLS_##style(name)
LKS_EACH_LOCK(DEFINE_CALLS)

#define TRYLOCK_context_free(name) name##_trylock
#define TRYLOCK_queue_node(name)   name##_trylock
#define TRYLOCK_spare_node(name)   NULL

/* The same for a lock that has the operations of a plain one, which is in the table. */
static void add_sleeping_lock(const char *name, const char *plain)
{
    const lks_lock_class_t *found = lks_lock_class_find(name);
    size_t i = 0;
    while (strcmp(lock_table[i].name, plain) != 0) {
        i++;
    }
    lks_lock_class_t *added = &lock_table[lock_table_count++];
    *added = lock_table[i];
    if (found == NULL) {
        abort();
    }
    added->name = found->name;
    added->traits = found->traits;
    added->init = found->init;
}

/* Memory and traits are the catalog's; the operations are this compiler's. */
static void fill_lock_table(void)
{
#define ADD_CALLS(NAME, style)                                                           \
    {                                                                                    \
        const lks_lock_class_t *found = lks_lock_class_find(#NAME);                      \
        if (found == NULL) {                                                             \
            abort();                                                                     \
        }                                                                                \
        lks_lock_class_t *added = &lock_table[lock_table_count++];                       \
        *added = *found;                                                                 \
        added->lock = NAME##_lock;                                                       \
        added->trylock = TRYLOCK_##style(NAME);                                          \
        added->unlock = NAME##_unlock;                                                   \
        added->is_locked = NAME##_is_locked;                                             \
        added->destroy = NAME##_destroy;                                                 \
    }
    LKS_EACH_LOCK(ADD_CALLS)

#define ADD_SLEEPING(name, plain) add_sleeping_lock(#name, #plain);
    LKS_EACH_SLEEPING_LOCK(ADD_SLEEPING)
}

#endif

/* A lock and the nodes of its threads. */
typedef struct lock_in_use {
    const lks_lock_class_t *class_;
    void *lock;
    char *nodes;
    size_t node_stride;
    uint32_t nthreads;
} lock_in_use_t;

static lock_in_use_t make_lock(const lks_lock_class_t *class_, uint32_t nthreads)
{
    lock_in_use_t use;
    use.class_ = class_;
    use.nthreads = nthreads;
    use.lock = lines_filled(class_->size(nthreads), 0xa5);
    use.node_stride = LKS_WHOLE_LINES(class_->node_size);
    use.nodes = use.node_stride == 0 ? NULL : (char *)lines(use.node_stride * nthreads);
    assert_int_equal(class_->init(use.lock, nthreads), 0);
    return use;
}

static void unmake_lock(lock_in_use_t *use)
{
    use->class_->destroy(use->lock);
    free(use->lock);
    free(use->nodes);
}

static UNUSED void *node_of(const lock_in_use_t *use, uint32_t thread)
{
    return use->nodes == NULL ? NULL : use->nodes + thread * use->node_stride;
}

static UNUSED void take(const lock_in_use_t *use, uint32_t thread)
{
    use->class_->lock(use->lock, node_of(use, thread));
}

static UNUSED bool try_to_take(const lock_in_use_t *use, uint32_t thread)
{
    return use->class_->trylock(use->lock, node_of(use, thread));
}

static UNUSED void give_back(const lock_in_use_t *use, uint32_t thread)
{
    use->class_->unlock(use->lock, node_of(use, thread));
}

static UNUSED bool is_taken(const lock_in_use_t *use)
{
    return use->class_->is_locked(use->lock);
}

/* The same, for contention_t. */
static UNUSED void lock_for_thread(void *object, uint32_t self)
{
    take((lock_in_use_t *)object, self);
}

static UNUSED bool trylock_for_thread(void *object, uint32_t self)
{
    return try_to_take((lock_in_use_t *)object, self);
}

static UNUSED void unlock_for_thread(void *object, uint32_t self)
{
    give_back((lock_in_use_t *)object, self);
}

#endif

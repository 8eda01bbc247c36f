/* SPDX-License-Identifier: MIT */
/*
 * Every barrier, as a table of lks_barrier_class_t: the algorithms as this file's
 * compiler makes them from the headers, or, with TEST_CATALOG, the library's through its
 * catalog.
 */
#ifndef TESTS_BARRIER_TABLE_H
#define TESTS_BARRIER_TABLE_H

#include "support.h"

enum { MOST_BARRIERS = 64 };

static lks_barrier_class_t barrier_table[MOST_BARRIERS];
static size_t barrier_table_count;

#ifdef TEST_CATALOG

static void fill_barrier_table(void)
{
    for (const lks_barrier_class_t *class_ = lks_barrier_class_next(NULL); class_ != NULL;
         class_ = lks_barrier_class_next(class_)) {
        if (barrier_table_count == MOST_BARRIERS) {
            abort();
        }
        barrier_table[barrier_table_count++] = *class_;
    }
}

#else

#define DEFINE_BARRIER_CALLS(name)                                                       \
    static void name##_wait(void *barrier, uint32_t thread_index)                        \
    {                                                                                    \
        lks_##name##_barrier_wait((lks_##name##_barrier_t *)barrier, thread_index);      \
    }                                                                                    \
    static void name##_destroy(void *barrier)                                            \
    {                                                                                    \
        lks_##name##_barrier_destroy((lks_##name##_barrier_t *)barrier);                 \
    }
LKS_EACH_BARRIER(DEFINE_BARRIER_CALLS)

/* Memory is the catalog's; the operations are this compiler's. */
static void fill_barrier_table(void)
{
#define ADD_BARRIER_CALLS(NAME)                                                          \
    {                                                                                    \
        const lks_barrier_class_t *found = lks_barrier_class_find(#NAME);                \
        if (found == NULL) {                                                             \
            abort();                                                                     \
        }                                                                                \
        lks_barrier_class_t *added = &barrier_table[barrier_table_count++];              \
        *added = *found;                                                                 \
        added->wait = NAME##_wait;                                                       \
        added->destroy = NAME##_destroy;                                                 \
    }
    LKS_EACH_BARRIER(ADD_BARRIER_CALLS)

    /* These have the operations of another one. */
#define ADD_SLEEPING_BARRIER(NAME, plain)                                                \
    {                                                                                    \
        const lks_barrier_class_t *found = lks_barrier_class_find(#NAME);                \
        lks_barrier_class_t *added = &barrier_table[barrier_table_count++];              \
        if (found == NULL) {                                                             \
            abort();                                                                     \
        }                                                                                \
        *added = *found;                                                                 \
        added->wait = plain##_wait;                                                      \
        added->destroy = plain##_destroy;                                                \
    }
    LKS_EACH_SLEEPING_BARRIER(ADD_SLEEPING_BARRIER)
}

#endif

static UNUSED void *make_barrier(const lks_barrier_class_t *class_, uint32_t nthreads)
{
    void *barrier = lines_filled(class_->size(nthreads), 0xa5);
    assert_int_equal(class_->init(barrier, nthreads), 0);
    return barrier;
}

static UNUSED void unmake_barrier(const lks_barrier_class_t *class_, void *barrier)
{
    class_->destroy(barrier);
    free(barrier);
}

#endif

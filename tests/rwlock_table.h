/* SPDX-License-Identifier: MIT */
/*
 * Every reader-writer lock, as a table of lks_rwlock_class_t: the algorithms as this
 * file's compiler makes them from the headers, or, with TEST_CATALOG, the library's
 * through its catalog.
 */
#ifndef TESTS_RWLOCK_TABLE_H
#define TESTS_RWLOCK_TABLE_H

#include "support.h"

enum { MOST_RWLOCKS = 16 };

static lks_rwlock_class_t rwlock_table[MOST_RWLOCKS];
static size_t rwlock_table_count;

#ifdef TEST_CATALOG

static void fill_rwlock_table(void)
{
    for (const lks_rwlock_class_t *class_ = lks_rwlock_class_next(NULL); class_ != NULL;
         class_ = lks_rwlock_class_next(class_)) {
        if (rwlock_table_count == MOST_RWLOCKS) {
            abort();
        }
        rwlock_table[rwlock_table_count++] = *class_;
    }
}

#else

#define DEFINE_RWLOCK_CALLS(name, style) LKS_RWLOCK_CALLS_##style(name)
LKS_EACH_RWLOCK(DEFINE_RWLOCK_CALLS)

/* Memory and traits are the catalog's; the operations are this compiler's. */
static void fill_rwlock_table(void)
{
#define ADD_RWLOCK_CALLS(NAME, style)                                                    \
    {                                                                                    \
        const lks_rwlock_class_t *found = lks_rwlock_class_find(#NAME);                  \
        if (found == NULL || rwlock_table_count == MOST_RWLOCKS) {                       \
            abort();                                                                     \
        }                                                                                \
        lks_rwlock_class_t *added = &rwlock_table[rwlock_table_count++];                 \
        *added = *found;                                                                 \
        added->rdlock = NAME##_rdlock;                                                   \
        added->tryrdlock = NAME##_tryrdlock;                                             \
        added->rdunlock = NAME##_rdunlock;                                               \
        added->wrlock = NAME##_wrlock;                                                   \
        added->trywrlock = NAME##_trywrlock;                                             \
        added->wrunlock = NAME##_wrunlock;                                               \
        added->downgrade = NAME##_downgrade;                                             \
        added->is_locked = NAME##_is_locked;                                             \
        added->destroy = NAME##_destroy;                                                 \
    }
    LKS_EACH_RWLOCK(ADD_RWLOCK_CALLS)
}

#endif

/* A lock and the nodes of its threads. */
typedef struct rwlock_in_use {
    const lks_rwlock_class_t *class_;
    void *lock;
    char *nodes;
    size_t node_stride;
    uint32_t nthreads;
} rwlock_in_use_t;

static rwlock_in_use_t make_rwlock(const lks_rwlock_class_t *class_, uint32_t nthreads)
{
    rwlock_in_use_t use;
    use.class_ = class_;
    use.nthreads = nthreads;
    use.lock = lines_filled(class_->size(nthreads), 0xa5);
    use.node_stride = LKS_WHOLE_LINES(class_->node_size);
    use.nodes = use.node_stride == 0
                    ? NULL
                    : (char *)lines_filled(use.node_stride * nthreads, 0xa5);
    assert_int_equal(class_->init(use.lock, nthreads), 0);
    return use;
}

static void unmake_rwlock(rwlock_in_use_t *use)
{
    use->class_->destroy(use->lock);
    free(use->lock);
    free(use->nodes);
}

static UNUSED void *reader_of(const rwlock_in_use_t *use, uint32_t thread)
{
    return use->nodes == NULL ? NULL : use->nodes + thread * use->node_stride;
}

static UNUSED void read_take(const rwlock_in_use_t *use, uint32_t thread)
{
    use->class_->rdlock(use->lock, reader_of(use, thread));
}

static UNUSED bool read_try(const rwlock_in_use_t *use, uint32_t thread)
{
    return use->class_->tryrdlock(use->lock, reader_of(use, thread));
}

static UNUSED void read_give_back(const rwlock_in_use_t *use, uint32_t thread)
{
    use->class_->rdunlock(use->lock, reader_of(use, thread));
}

static UNUSED void write_take(const rwlock_in_use_t *use)
{
    use->class_->wrlock(use->lock);
}

static UNUSED bool write_try(const rwlock_in_use_t *use)
{
    return use->class_->trywrlock(use->lock);
}

static UNUSED void write_give_back(const rwlock_in_use_t *use)
{
    use->class_->wrunlock(use->lock);
}

static UNUSED void become_reader(const rwlock_in_use_t *use, uint32_t thread)
{
    use->class_->downgrade(use->lock, reader_of(use, thread));
}

static UNUSED bool is_taken(const rwlock_in_use_t *use)
{
    return use->class_->is_locked(use->lock);
}

/* --- threads that read and write plain data under the lock --- */

typedef struct sharing {
    rwlock_in_use_t *use;
    uint32_t rounds; /* of each thread */
    bool with_try;   /* half of the acquisitions by the try forms */
    /* Plain data, guarded by the lock: `second` is three times `first` whenever no writer
       is inside. */
    alignas(LKS_CACHE_LINE) uint64_t first;
    alignas(LKS_CACHE_LINE) uint64_t second;
} sharing_t;

static bool is_in_order(const sharing_t *data)
{
    return data->second == 3 * data->first;
}

static void maybe_yield(worker_t *self)
{
    if (random_below(self, 16) == 0) {
        (void)sched_yield();
    }
}

/* The caller is a reader. Nothing may change while it looks. */
static void read_guarded_data(sharing_t *data, worker_t *self)
{
    uint64_t before = data->first;
    self->errors += !is_in_order(data);
    maybe_yield(self);
    self->errors += data->first != before || !is_in_order(data);
}

/* The caller is the writer. */
static void write_guarded_data(sharing_t *data, worker_t *self)
{
    self->errors += !is_in_order(data);
    data->first++;
    maybe_yield(self); /* with the data in disorder: let others in, if they can */
    data->second += 3;
    self->errors += !is_in_order(data);
}

static void take_for_round(const sharing_t *data, worker_t *self, bool writes)
{
    bool tries = data->with_try && random_below(self, 2) == 0;
    if (tries) {
        while (!(writes ? write_try(data->use) : read_try(data->use, self->index))) {
            (void)sched_yield();
        }
    } else if (writes) {
        write_take(data->use);
    } else {
        read_take(data->use, self->index);
    }
}

/* A third of the rounds write, and a third of these end as readers. */
static void share_in_thread(worker_t *self)
{
    sharing_t *data = (sharing_t *)self->shared;
    for (uint32_t round = 0; round < data->rounds; round++) {
        bool writes = round % 3 == 0;
        bool downgrades = round % 9 == 0;
        take_for_round(data, self, writes);
        if (writes) {
            write_guarded_data(data, self);
        }
        if (downgrades) {
            uint64_t written = data->first;
            become_reader(data->use, self->index);
            self->errors += data->first != written;
        }
        if (writes && !downgrades) {
            write_give_back(data->use);
        } else {
            read_guarded_data(data, self);
            read_give_back(data->use, self->index);
        }
    }
}

/* Lets the lock's threads share data, and fails the test if a writer was not alone. */
static UNUSED void share(rwlock_in_use_t *use, uint32_t rounds, bool with_try)
{
    sharing_t data;
    data.use = use;
    data.rounds = rounds;
    data.with_try = with_try;
    data.first = 0;
    data.second = 0;
    uint64_t errors = run_workers(use->nthreads, share_in_thread, &data);
    assert_int_equal(errors, 0);
    assert_int_equal(data.first, (uint64_t)use->nthreads * ((rounds + 2) / 3));
    assert_true(is_in_order(&data));
    assert_false(is_taken(use));
}

#endif

/* SPDX-License-Identifier: MIT */
#include "bench/subject.h"

#include "bench/lines.h"

#include <stdlib.h>

struct subject make_subject(const struct competitor *competitor, unsigned threads)
{
    const lks_lock_class_t *lock = competitor->lock;
    const lks_rwlock_class_t *rwlock = competitor->rwlock;
    size_t size = lock != NULL ? lock->size(threads) : rwlock->size(threads);
    size_t stride = LKS_WHOLE_LINES(lock != NULL ? lock->node_size : rwlock->node_size);
    struct subject subject = {.lock = allocate_lines(size),
                              .nodes =
                                  stride > 0 ? allocate_lines(stride * threads) : NULL,
                              .stride = stride};
    int error = lock != NULL ? lock->init(subject.lock, threads)
                             : rwlock->init(subject.lock, threads);
    if (error != 0) {
        abort(); /* no class refuses its own size and a thread or more */
    }
    return subject;
}

void free_subject(const struct competitor *competitor, struct subject *subject)
{
    if (competitor->lock != NULL) {
        competitor->lock->destroy(subject->lock);
    } else {
        competitor->rwlock->destroy(subject->lock);
    }
    free(subject->lock);
    free(subject->nodes);
}

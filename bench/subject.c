/* SPDX-License-Identifier: MIT */
#include "bench/subject.h"

#include "bench/lines.h"
#include "common/tool.h"

#include <stdlib.h>

struct subject make_subject(const struct competitor *competitor, unsigned threads)
{
    const lks_lock_class_t *lock = competitor->lock;
    const lks_rwlock_class_t *rwlock = competitor->rwlock;
    size_t size = lock != NULL ? lock->size(threads) : rwlock->size(threads);
    size_t stride = LKS_WHOLE_LINES(lock != NULL ? lock->node_size : rwlock->node_size);
    struct subject subject = {
        .lock = allocate_lines(size),
        .nodes = stride > 0 ? allocate_lines(stride * threads) : NULL,
        .stride = stride,
        .by_index = lock != NULL ? (lock->traits & LKS_LOCK_NEEDS_INDEX) != 0
                                 : (rwlock->traits & LKS_RWLOCK_NEEDS_INDEX) != 0};
    int error = lock != NULL ? lock->init(subject.lock, threads)
                             : rwlock->init(subject.lock, threads);
    if (error != 0) { /* the user's; none of the catalog refuses a thread or more */
        refuse("%s: its init returned %d for %u thread%s", competitor->name, error,
               threads, threads == 1 ? "" : "s");
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

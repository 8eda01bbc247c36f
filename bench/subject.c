/* SPDX-License-Identifier: MIT */
#include "bench/subject.h"

#include "bench/lines.h"
#include "common/tool.h"

#include <stdlib.h>

bool try_subject(const struct competitor *competitor, unsigned threads,
                 struct subject *subject)
{
    const lks_lock_class_t *lock = competitor->lock;
    const lks_rwlock_class_t *rwlock = competitor->rwlock;
    size_t size = lock != NULL ? lock->size(threads) : rwlock->size(threads);
    size_t stride = LKS_WHOLE_LINES(lock != NULL ? lock->node_size : rwlock->node_size);
    *subject = (struct subject){
        .lock = allocate_lines(size),
        .nodes = stride > 0 ? allocate_lines(stride * threads) : NULL,
        .stride = stride,
        .by_index = lock != NULL ? (lock->traits & LKS_LOCK_NEEDS_INDEX) != 0
                                 : (rwlock->traits & LKS_RWLOCK_NEEDS_INDEX) != 0};
    return (lock != NULL ? lock->init(subject->lock, threads)
                         : rwlock->init(subject->lock, threads)) == 0;
}

struct subject make_subject(const struct competitor *competitor, unsigned threads)
{
    struct subject subject;
    if (!try_subject(competitor, threads, &subject)) { /* it did not in its trial */
        refuse("%s: its init refuses %u thread%s", competitor->name, threads,
               threads == 1 ? "" : "s");
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

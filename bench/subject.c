/* SPDX-License-Identifier: MIT */
#include "bench/subject.h"

#include "bench/lines.h"
#include "common/tool.h"

#include <stdlib.h>

static struct subject room_for(const struct competitor *competitor, unsigned threads,
                               uint32_t count, unsigned held)
{
    const lks_lock_class_t *lock = competitor->lock;
    const lks_rwlock_class_t *rwlock = competitor->rwlock;
    size_t size = lock != NULL ? lock->size(threads) : rwlock->size(threads);
    size_t node_size = lock != NULL ? lock->node_size : rwlock->node_size;
    size_t node_stride = LKS_WHOLE_LINES(node_size);
    size_t nodes = (size_t)threads * held;
    return (struct subject){
        .locks = allocate_lines(LKS_WHOLE_LINES(size) * count),
        .lock_size = size,
        .lock_stride = LKS_WHOLE_LINES(size),
        .count = count,
        .nodes = node_size > 0 ? allocate_lines(node_stride * nodes) : NULL,
        .node_size = node_size,
        .node_stride = node_stride,
        .held = held,
        .by_index = lock != NULL ? (lock->traits & LKS_LOCK_NEEDS_INDEX) != 0
                                 : (rwlock->traits & LKS_RWLOCK_NEEDS_INDEX) != 0};
}

static bool init_all(const struct competitor *competitor, unsigned threads,
                     const struct subject *subject)
{
    int error = 0;
    for (uint32_t i = 0; i < subject->count && error == 0; i++) {
        void *lock = lock_at(subject, i);
        error = competitor->lock != NULL ? competitor->lock->init(lock, threads)
                                         : competitor->rwlock->init(lock, threads);
    }
    return error == 0;
}

bool try_subject(const struct competitor *competitor, unsigned threads,
                 struct subject *subject)
{
    *subject = room_for(competitor, threads, 1, 1);
    return init_all(competitor, threads, subject);
}

struct subject make_subject(const struct competitor *competitor, unsigned threads,
                            uint32_t count, unsigned held)
{
    struct subject subject = room_for(competitor, threads, count, held);
    if (!init_all(competitor, threads, &subject)) { /* it did not in its trial */
        refuse("%s: by its mark or its init not for %u thread%s", competitor->name,
               threads, threads == 1 ? "" : "s");
    }
    return subject;
}

void free_subject(const struct competitor *competitor, struct subject *subject)
{
    for (uint32_t i = 0; i < subject->count; i++) {
        if (competitor->lock != NULL) {
            competitor->lock->destroy(lock_at(subject, i));
        } else {
            competitor->rwlock->destroy(lock_at(subject, i));
        }
    }
    free(subject->locks);
    free(subject->nodes);
}

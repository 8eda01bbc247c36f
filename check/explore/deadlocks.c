/* SPDX-License-Identifier: MIT */
#include "check/explore/deadlocks.h"

#include <pthread.h>
#include <stddef.h>
#include <string.h>

#include "virtual/virtual.h"

enum { WAITING_WRITERS = offsetof(pthread_rwlock_t, __data.__wrphase_futex) };

/* The word of a readers-writer lock that a thread waits for, to write or in either way;
   NULL if it does not. Its failed try ends with a read of that. */
static const unsigned char *rwlock_of(unsigned thread, bool to_write)
{
    const struct thread *its = &run.graph->thread[thread];
    const struct event *last = &its->event[its->events - 1];
    bool waits = last->name != NULL && reads(last) &&
                 (strcmp(last->name, "pthread_rwlock_wrlock") == 0 ||
                  (!to_write && strcmp(last->name, "pthread_rwlock_rdlock") == 0));
    return waits ? run.graph->location[last->location].address : NULL;
}

/* The thread that wrote the newest value of a location, if that is not `free`. */
static int taken_by(uint32_t location, uint64_t free)
{
    long newest = (long)run.graph->location[location].writes - 1;
    event_id write = graph_write_at(run.graph, location, newest);
    return is_initial(write) || graph_value(run.graph, location, write) == free
               ? VM_NOBODY
               : (int)write.thread;
}

static bool has_rwlock(unsigned other, unsigned thread)
{
    const unsigned char *word = rwlock_of(thread, false);
    return word != NULL && (vm_has_rwlock(other, word) ||
                            rwlock_of(other, true) == word - WAITING_WRITERS);
}

/* Whether a thread does not go on before `other` has done something. */
static bool waits_for(unsigned thread, unsigned other)
{
    const struct processor *processor = &run.processors[thread];
    if (processor->state == JOINING) {
        return processor->joins == other && run.processors[other].state != ENDED;
    }
    return processor->lock != NULL ? taken_by(processor->lock_location,
                                              processor->lock->expected) == (int)other
                                   : has_rwlock(other, thread);
}

unsigned deadlocks_find(bool *waits)
{
    unsigned count = 0;
    for (bool changed = true; changed;) {
        changed = false;
        count = 0;
        for (unsigned t = 0; t < run.begun; t++) {
            bool stays = false;
            for (unsigned other = 0; waits[t] && other < run.begun && !stays; other++) {
                stays = (waits[other] || run.processors[other].state == ENDED) &&
                        waits_for(t, other);
            }
            changed = changed || stays != waits[t];
            waits[t] = stays;
            count += stays;
        }
    }
    return count;
}

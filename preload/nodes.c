/* SPDX-License-Identifier: MIT */
/* What a thread holds: see preload.h. */
#include "preload/preload.h"

#include <limits.h>

/* A thread keeps the records that it has given back for its next locks; at its end they
   are everybody's. They are of one slab, all of one size. */
static struct slab slab;
THREAD_LOCAL struct thread self;

uint32_t thread_number(void)
{
    static _Atomic(uint32_t) next = 1;
    if (UNLIKELY(self.number == 0)) {
        self.number = atomic_fetch_add_explicit(&next, 1, memory_order_relaxed);
    }
    return self.number;
}

/* --- the end of a thread ------------------------------------------------------------ */

static pthread_key_t key;
static bool has_key;

/*
 * Destructors of the program's may still take locks, so this has itself called again
 * until the last round. A thread that takes locks even after that is known no more: what
 * it keeps then is lost, some records.
 */
static void at_end(void *round)
{
    uintptr_t done = (uintptr_t)round;
    if (done < PTHREAD_DESTRUCTOR_ITERATIONS) {
        (void)pthread_setspecific(key, (void *)(done + 1));
        return;
    }
    while (self.free != NULL) {
        struct hold *hold = self.free;
        self.free = hold->next;
        slab_give(&slab, hold);
    }
}

static void notice_end(void)
{
    if (!self.is_known) {
        self.is_known = true;
        if (has_key) {
            (void)pthread_setspecific(key, (void *)1);
        }
    }
}

void nodes_begin(size_t node_size)
{
    slab.size = sizeof(struct hold) + LKS_WHOLE_LINES(node_size);
    /* Values of the first keys have their place in the thread: setting one allocates
       nothing. */
    has_key = has_key || pthread_key_create(&key, at_end) == 0;
}

/* --- records ------------------------------------------------------------------------ */

/* A signal handler may come between any two steps, and takes and gives back as many. */
struct hold *hold_take(void)
{
    struct hold *hold = self.free;
    if (LIKELY(hold != NULL)) {
        self.free = hold->next;
    } else {
        notice_end();
        hold = slab_take(&slab);
    }
    hold->thread = &self;
    return hold;
}

void hold_give(struct hold *hold)
{
    hold->thread = NULL;
    hold->next = self.free;
    self.free = hold;
}

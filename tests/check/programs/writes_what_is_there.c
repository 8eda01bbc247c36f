/* SPDX-License-Identifier: MIT */
/*
 * A wait whose tries keep what they have read in a variable of their own thread, which is
 * not on its stack: a try that fails writes there what was there already.
 *
 * The consumer's first look that succeeds finds one item, and the next one the second;
 * or both, and it need not look again: 2 executions.
 */
// expect: verified 2 executions
// expect: wrong hang -DITEMS=1
// expect: wrong race -DSEEN_BY_OTHERS
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#ifndef ITEMS
#define ITEMS 2
#endif

static atomic_uint written; /* items, by the producer */
static unsigned known;      /* of these, the consumer's copy … */
static unsigned taken;
static int item[2];

static void *consume(void *unused)
{
    for (int i = 0; i < 2; i++) {
        while (known == taken) {
            known = atomic_load_explicit(&written, memory_order_acquire);
        }
        assert(item[taken] == 1);
        taken++;
    }
    return unused;
}

int main(void)
{
    pthread_t consumer;
    pthread_create(&consumer, NULL, consume, NULL);
    for (unsigned i = 0; i < ITEMS; i++) {
        item[i] = 1;
        atomic_store_explicit(&written, i + 1, memory_order_release);
    }
#ifdef SEEN_BY_OTHERS
    /* wrong: the consumer may write it, what is there or not */
    int sees = known == 3;
    (void)sees;
#endif
    pthread_join(consumer, NULL);
    return 0;
}

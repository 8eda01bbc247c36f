/* SPDX-License-Identifier: MIT */
/*
 * Lamport's bakery: first come, first served, for any number of threads, with loads and
 * stores alone.
 *
 *   lockcheck examples/check/bakery.c
 *
 * Who enters the shop draws a number greater than all that he sees, and is served when
 * nobody has a smaller one (or the same and a smaller index). Two may draw the same
 * number, and one may still be drawing while another compares: therefore each says when
 * it is choosing, and is waited for.
 *
 * Two fences: what I announce must be visible before I look at the others, both when I
 * begin to choose and when I have chosen.
 *
 * L. Lamport, "A new solution of Dijkstra's concurrent programming problem",
 * Communications of the ACM 17 (8), 1974.
 *
 * The numbers of a bakery that is never empty grow without bound; here each thread is
 * served once. THREADS can be 3: it takes lockcheck longer.
 *
 * Try: remove a fence, or leave out the wait for `choosing`: a race on the counter.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum { THREADS = 2 };

static atomic_bool choosing[THREADS];
static atomic_int number[THREADS]; /* 0: not in the shop */
static int counter;

static int draw(int self)
{
    int mine = 1;
    atomic_store_explicit(&choosing[self], true, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst);
    for (int i = 0; i < THREADS; i++) {
        int theirs = atomic_load_explicit(&number[i], memory_order_relaxed);
        if (theirs >= mine) {
            mine = theirs + 1;
        }
    }
    atomic_store_explicit(&number[self], mine, memory_order_relaxed);
    /* Release: who sees that the choice is made sees the number. */
    atomic_store_explicit(&choosing[self], false, memory_order_release);
    atomic_thread_fence(memory_order_seq_cst);
    return mine;
}

static bool must_wait(int self, int mine, int other)
{
    int theirs = atomic_load_explicit(&number[other], memory_order_acquire);
    return theirs != 0 && (theirs < mine || (theirs == mine && other < self));
}

static void lock(int self)
{
    int mine = draw(self);
    for (int other = 0; other < THREADS; other++) {
        if (other == self) {
            continue;
        }
        while (atomic_load_explicit(&choosing[other], memory_order_acquire)) {
        }
        while (must_wait(self, mine, other)) {
        }
    }
}

static void unlock(int self)
{
    atomic_store_explicit(&number[self], 0, memory_order_release);
}

static void *serve(void *argument)
{
    int self = *(int *)argument;
    lock(self);
    counter++;
    unlock(self);
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    int indices[THREADS];
    for (int i = 0; i < THREADS; i++) {
        indices[i] = i;
        pthread_create(&threads[i], NULL, serve, &indices[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    assert(counter == THREADS);
    return 0;
}

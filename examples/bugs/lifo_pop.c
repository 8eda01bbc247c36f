/* SPDX-License-Identifier: MIT */
/*
 * A list that is last in, first out: pop has a write barrier where a full one is needed.
 *
 *   lockcheck examples/bugs/lifo_pop.c               wrong: assertion
 *   lockcheck examples/bugs/lifo_pop.c --model=sc    verified
 *   lockcheck examples/bugs/lifo_pop.c -- -DFIXED    verified
 *
 * Open MPI, issue 13762, in its comments (2026, crashes on LoongArch):
 * https://github.com/open-mpi/ompi/issues/13762
 *
 * An item has a lock of its own, `taken`, against the ABA problem: the thread that has
 * set it may take the item off. It reads the item's successor after that, and a write
 * barrier does not keep a read back: the successor can be one of earlier, when the item
 * was in the list the last time. That one comes back to the list although it belongs to
 * another thread.
 *
 * The repair: a full barrier. An acquire would do.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

typedef struct item {
    _Atomic(struct item *) next;
    atomic_int taken;
} item;

static item ghost, last = {.next = &ghost}, first = {.next = &last};
static _Atomic(item *) head = &first;

static void write_barrier(void)
{
    atomic_thread_fence(memory_order_release);
}

static void full_barrier(void)
{
#ifdef FIXED
    atomic_thread_fence(memory_order_seq_cst);
#else
    write_barrier();
#endif
}

static void push(item *new)
{
    item *next = atomic_load_explicit(&head, memory_order_relaxed);
    do {
        atomic_store_explicit(&new->next, next, memory_order_relaxed);
        write_barrier();
    } while (!atomic_compare_exchange_strong_explicit(
        &head, &next, new, memory_order_relaxed, memory_order_relaxed));
    write_barrier();
    atomic_store_explicit(&new->taken, 0, memory_order_relaxed);
}

static item *pop(void)
{
    for (;;) {
        item *top = atomic_load_explicit(&head, memory_order_relaxed);
        if (top == &ghost) {
            return NULL;
        }
        if (atomic_exchange_explicit(&top->taken, 1, memory_order_relaxed)) {
            continue;
        }
        full_barrier();
        item *next = atomic_load_explicit(&top->next, memory_order_relaxed);
        item *expected = top;
        if (atomic_compare_exchange_strong_explicit(
                &head, &expected, next, memory_order_relaxed, memory_order_relaxed)) {
            return top;
        }
        atomic_store_explicit(&top->taken, 0, memory_order_relaxed);
    }
}

/* Takes both items, and gives the first one back. */
static void *exchange(void *unused)
{
    (void)unused;
    item *one = pop();
    item *other = pop();
    if (one != NULL && other != NULL) {
        push(one);
        assert(atomic_load_explicit(&head, memory_order_relaxed) != other);
    }
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, exchange, NULL);
    item *mine = pop();
    pthread_join(thread, NULL);
    (void)mine;
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: wrong use after free
/*
 * A thread polls memory for ever that main frees, but only where another thread has read
 * z = 1. When that comes about the poll is long in vain: its read has to be known of in
 * that execution, too.
 */
#include <lockstep/wait.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_int begun, result, z;
static atomic_int *polled;

/* In one place for all: that it is one of a wait is known before the poll comes there. */
static __attribute__((noinline)) int wait_for(atomic_int *word)
{
    int value;
    lks_await((value = atomic_load_explicit(word, memory_order_relaxed)) != 0);
    return value;
}

static void *poll(void *argument)
{
    atomic_store_explicit(&begun, 1, memory_order_relaxed);
    wait_for(polled);
    return argument;
}

static void *look(void *argument)
{
    wait_for(&begun);
    int value = atomic_load_explicit(&z, memory_order_relaxed);
    atomic_store_explicit(&result, 1 + value, memory_order_relaxed);
    return argument;
}

static void *change(void *argument)
{
    atomic_store_explicit(&z, 1, memory_order_relaxed);
    return argument;
}

int main(void)
{
    pthread_t thread;
    polled = calloc(1, sizeof *polled);
    pthread_create(&thread, NULL, poll, NULL);
    pthread_create(&thread, NULL, look, NULL);
    pthread_create(&thread, NULL, change, NULL);
    wait_for(&begun);
    if (wait_for(&result) == 2) {
        free(polled);
    }
    exit(0);
}

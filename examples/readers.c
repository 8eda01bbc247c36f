/* SPDX-License-Identifier: MIT */
/* A table that many threads read and one rewrites, under the reader-writer mutex. */
#include <lockstep/rwmutex.h>
#include <pthread.h>
#include <stdio.h>

enum { READERS = 3, LOOKUPS = 10000, REWRITES = 100, ENTRIES = 16 };

static lks_rwmutex_t lock = LKS_RWMUTEX_INIT;
static long table[ENTRIES]; /* guarded by the lock: all entries are equal */

static bool is_consistent(void)
{
    for (int i = 1; i < ENTRIES; i++) {
        if (table[i] != table[0]) {
            return false;
        }
    }
    return true;
}

static void *look_up(void *torn)
{
    for (int i = 0; i < LOOKUPS; i++) {
        lks_rwmutex_rdlock(&lock);
        *(long *)torn += !is_consistent();
        lks_rwmutex_rdunlock(&lock);
    }
    return NULL;
}

/* Writes alone, then looks at what it wrote together with other readers. */
static void rewrite(long *torn)
{
    lks_rwmutex_wrlock(&lock);
    for (int i = 0; i < ENTRIES; i++) {
        table[i]++;
    }
    lks_rwmutex_downgrade(&lock);
    *torn += !is_consistent();
    lks_rwmutex_rdunlock(&lock);
}

int main(void)
{
    pthread_t threads[READERS];
    long torn[READERS + 1] = {0};
    for (int i = 0; i < READERS; i++) {
        if (pthread_create(&threads[i], NULL, look_up, &torn[i]) != 0) {
            (void)fputs("readers: cannot start a thread\n", stderr);
            return 1;
        }
    }
    for (int i = 0; i < REWRITES; i++) {
        rewrite(&torn[READERS]);
    }
    long all_torn = torn[READERS];
    for (int i = 0; i < READERS; i++) {
        (void)pthread_join(threads[i], NULL);
        all_torn += torn[i];
    }
    printf("rwmutex: %d readers, %d rewrites, seen half-done: %ld\n", READERS, REWRITES,
           all_torn);
    return all_torn == 0 && table[0] == REWRITES ? 0 : 1;
}

/* SPDX-License-Identifier: MIT */
/* The smallest program with a lock that is chosen at run time: by_name [LOCK] */
#include <lockstep/lock.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 4, ROUNDS = 10000 };

static lks_lock_t *lock;
static long counter; /* guarded by the lock */
static uint32_t indices[THREADS];

static void *count(void *index)
{
    uint32_t self = *(uint32_t *)index;
    for (int i = 0; i < ROUNDS; i++) {
        lks_lock_lock(lock, self);
        counter++;
        lks_lock_unlock(lock, self);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "mcs";
    int error = lks_lock_create(&lock, name, THREADS);
    if (error != 0) {
        /* ENOENT: there is no lock of that name. */
        (void)fprintf(stderr, "by_name: lock \"%s\": %s\n", name, strerror(error));
        return 2;
    }
    pthread_t threads[THREADS];
    for (uint32_t i = 0; i < THREADS; i++) {
        indices[i] = i;
        if (pthread_create(&threads[i], NULL, count, &indices[i]) != 0) {
            (void)fputs("by_name: cannot start a thread\n", stderr);
            return 1;
        }
    }
    for (int i = 0; i < THREADS; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    printf("%s: %d threads counted to %d each: %ld\n", lks_lock_class_of(lock)->name,
           THREADS, ROUNDS, counter);
    lks_lock_destroy(lock);
    return counter == (long)THREADS * ROUNDS ? 0 : 1;
}

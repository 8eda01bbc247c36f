/* SPDX-License-Identifier: MIT */
// expect: wrong assertion
// expect: wrong assertion -DTRIES=5
/* A spin whose turns are not alike: what is found in the third one is taken twice. */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef TRIES
#define TRIES 3
#endif

static atomic_int word, sum;

static void *set(void *unused)
{
    (void)unused;
    atomic_store(&word, 1);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, set, NULL);
    int tries = 1;
    while (tries <= TRIES && atomic_load(&word) == 0) {
        tries++;
    }
    atomic_fetch_add(&sum, tries == 3 ? 2 : 1);
    pthread_join(thread, NULL);
    assert(atomic_load(&sum) == 1);
    return 0;
}

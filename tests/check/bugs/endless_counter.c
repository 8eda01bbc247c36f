/* SPDX-License-Identifier: MIT */
// expect: inconclusive
/* The same without an end: there is no bound on what this program may do, so no answer
   either. Above all it is not verified. */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int flag;

static void *set(void *unused)
{
    (void)unused;
    atomic_store(&flag, 1);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, set, NULL);
    unsigned long tries = 0;
    while (!atomic_load(&flag)) {
        tries++;
    }
    pthread_join(thread, NULL);
    return tries == 12345;
}

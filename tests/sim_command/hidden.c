/* SPDX-License-Identifier: MIT */
/* What is shared here is in the library's own memory. */
#include <locale.h>
#include <pthread.h>
#include <stdlib.h>

enum { THREADS = 3, ROUNDS = 3 };

static void *work(void *unused)
{
    for (int i = 0; i < ROUNDS; i++) {
        (void)setlocale(LC_ALL, NULL);
        (void)getenv("HOME");
        (void)drand48();
    }
    return unused;
}

int main(void)
{
    pthread_t thread[THREADS];
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&thread[i], NULL, work, NULL);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
    }
    return 0;
}

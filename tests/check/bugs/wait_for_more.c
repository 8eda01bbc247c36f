/* SPDX-License-Identifier: MIT */
/* A thread waits for three, and only two come: for ever, whatever it has seen before. The
   report shows what it sees in the end. */
// expect: wrong hang
#include <pthread.h>
#include <stdatomic.h>

static atomic_int came;

static void *come(void *unused)
{
    came++;
    return unused;
}

int main(void)
{
    pthread_t thread[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&thread[i], NULL, come, NULL);
    }
    while (came != 3) {
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(thread[i], NULL);
    }
    return 0;
}

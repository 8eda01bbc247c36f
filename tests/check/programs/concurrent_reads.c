/* SPDX-License-Identifier: MIT */
// long: verified 1 execution
// Any number may read what nobody writes any more.
#include <pthread.h>

static int table[4], sums[3];

static void *add_up(void *sum)
{
    for (int i = 0; i < 4; i++) {
        *(int *)sum += table[i];
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[3];
    for (int i = 0; i < 4; i++) {
        table[i] = i;
    }
    for (int i = 0; i < 3; i++) {
        pthread_create(&threads[i], NULL, add_up, &sums[i]);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    return sums[0] == 6 && sums[1] == 6 && sums[2] == 6 ? 0 : 1;
}

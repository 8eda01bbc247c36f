/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdlib.h>
static int sense, count = 2;
static int *mine;
static void *w(void *p)
{
    long i = (long)p;
    mine[i] = 1;
    if (__sync_fetch_and_sub(&count, 1) == 1)
        sense = mine[i];
    else
        while (sense != mine[i]) {
        }
    return 0;
}
int main(void)
{
    pthread_t t[2];
    mine = malloc(2 * sizeof *mine);
    for (long i = 0; i < 2; i++)
        pthread_create(&t[i], 0, w, (void *)i);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], 0);
    free(mine);
    return 0;
}

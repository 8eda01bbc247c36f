// SPDX-License-Identifier: MIT
// expect: verified -DPUT=putchar
// expect: inconclusive -DPUT=putchar_unlocked
// Streams lock themselves, but not in functions that say so.
#include <pthread.h>
#include <stdio.h>

static void *print(void *unused)
{
    PUT('a');
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, print, NULL);
    (void)print(NULL);
    pthread_join(thread, NULL);
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: wrong out of bounds
/* One past the end of a block of the heap. */
#include <pthread.h>
#include <stdlib.h>

enum { SIZE = 4 };

static void *fill(void *block)
{
    for (int i = 0; i <= SIZE; i++) { /* wrong: < */
        ((int *)block)[i] = i;
    }
    return NULL;
}

int main(void)
{
    int *block = malloc(SIZE * sizeof *block);
    pthread_t thread;
    pthread_create(&thread, NULL, fill, block);
    pthread_join(thread, NULL);
    free(block);
    return 0;
}

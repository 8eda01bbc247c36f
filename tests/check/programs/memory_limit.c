/* SPDX-License-Identifier: MIT */
// expect: verified -DBYTES=400000 --memory=1
// expect: verified -DBYTES=600000 --memory=2
// expect: inconclusive -DBYTES=600000 --memory=1
// expect: inconclusive -DBYTES=2000000 --memory=1
// A thread's memory has a limit. What a thread has freed itself does not count; beyond
// the limit malloc returns NULL, and a verdict does not cover what would come of more.
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

int main(void)
{
    for (int i = 0; i < 4; i++) {
        free(malloc(400000));
    }
    errno = 0;
    char *first = malloc(BYTES), *second = malloc(BYTES);
    assert((first != NULL && second != NULL) || errno == ENOMEM);
    assert(BYTES != 400000 || second != NULL);
    free(first);
    free(second);
    return 0;
}

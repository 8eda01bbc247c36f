/* SPDX-License-Identifier: MIT */
/* A size that is negative, and an alignment that cannot be. */
// expect: wrong misuse -DMALLOC
// expect: wrong misuse -DCALLOC
// expect: wrong misuse -DREALLOC
// expect: wrong misuse -DALIGNMENT
// expect: verified 1 execution
#include <stdlib.h>

static size_t size_of(int last, int first)
{
    return (size_t)(last - first);
}

int main(void)
{
#ifdef MALLOC
    free(malloc(size_of(1, 3)));
#endif
#ifdef CALLOC
    free(calloc(1, size_of(1, 3)));
#endif
#ifdef REALLOC
    free(realloc(malloc(8), size_of(1, 3)));
#endif
#ifdef ALIGNMENT
    free(aligned_alloc(3, 9));
#endif
    free(malloc(size_of(3, 1)));
    free(realloc(malloc(8), size_of(9, 1)));
    free(aligned_alloc(16, 48));
    if (calloc(size_of(0, 1), 2) != NULL) { /* which promises to fail */
        abort();
    }
    return 0;
}

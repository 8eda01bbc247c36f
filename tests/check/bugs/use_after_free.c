/* SPDX-License-Identifier: MIT */
// expect: wrong use after free
/* One thread alone, after free: no memory model is needed. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    int *volatile block = malloc(sizeof(int));
    *block = 1;
    int *stale = block;
    free(block);
    printf("%d\n", *stale);
    return 0;
}

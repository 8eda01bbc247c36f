/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
    for (int i = 0; i < 100000; i++) {
        char *p = malloc(1 << 20);
        if (!p)
            return 0;
        memset(p, 1, 1 << 20);
    }
    return 0;
}

/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *f(void *u)
{
    return u;
}
int main(void)
{
    for (int i = 0; i < 70; i++) {
        pthread_t t;
        pthread_create(&t, 0, f, 0);
        pthread_join(t, 0);
    }
    return 0;
}

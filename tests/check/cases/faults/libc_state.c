/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

atomic_int x;
void *f(void *u)
{
    atomic_fetch_add(&x, 1);
    return u;
}
int main(void)
{
    assert(getenv("H7SET") == 0);
    setenv("H7SET", "1", 1);
    pthread_t t;
    pthread_create(&t, 0, f, 0);
    f(0);
    pthread_join(t, 0);
    return 0;
}

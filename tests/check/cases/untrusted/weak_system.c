/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include <string.h>

extern int system(const char *) __attribute__((weak));
static void *other(void *u)
{
    (void)u;
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    if (system)
        system("echo ESCAPED >escaped_weak");
    pthread_join(t, NULL);
    return 0;
}

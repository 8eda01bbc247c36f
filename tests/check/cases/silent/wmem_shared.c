/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
wchar_t a[16] = L"hello";
static void *other(void *u)
{
    (void)u;
    size_t n = wcslen(a);
    (void)n;
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    a[0] = 1;
    pthread_join(t, NULL);
    return 0;
}

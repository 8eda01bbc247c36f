/* SPDX-License-Identifier: MIT */
// expect: wrong crash
/* The list may still be empty when the reader looks. */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

struct item {
    atomic_int value;
};

static struct item first = {1};
static struct item *_Atomic list;

static void *insert(void *unused)
{
    (void)unused;
    atomic_store(&list, &first);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, insert, NULL);
    int value = atomic_load(&atomic_load(&list)->value);
    pthread_join(thread, NULL);
    return value > 1;
}

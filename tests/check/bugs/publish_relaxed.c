/* SPDX-License-Identifier: MIT */
// long: wrong race
/* A new version of a record is published with a relaxed store; the reader's acquire has
   nothing to pair with. */
#include <pthread.h>
#include <stdatomic.h>

struct record {
    int number;
};

static struct record versions[2];
static struct record *_Atomic current = &versions[0];

static void *update(void *unused)
{
    (void)unused;
    versions[1].number = 2;
    atomic_store_explicit(&current, &versions[1], memory_order_relaxed); /* wrong */
    return NULL;
}

static void *look(void *number)
{
    *(int *)number = atomic_load_explicit(&current, memory_order_acquire)->number;
    return NULL;
}

int main(void)
{
    pthread_t writer, reader;
    int number;
    pthread_create(&writer, NULL, update, NULL);
    pthread_create(&reader, NULL, look, &number);
    pthread_join(writer, NULL);
    pthread_join(reader, NULL);
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: wrong race
/*
 * A reader-writer lock whose writer looks for readers and then locks, in two steps;
 * readers do it the other way round. Each may miss the other.
 */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int readers, writing;
static int value, seen;

static void *read_value(void *unused)
{
    (void)unused;
    while (atomic_load(&writing)) {
    }
    atomic_fetch_add(&readers, 1); /* wrong: a writer may have come since */
    seen = value;
    atomic_fetch_sub(&readers, 1);
    return NULL;
}

static void *write_value(void *unused)
{
    (void)unused;
    atomic_store(&writing, 1);
    while (atomic_load(&readers) > 0) {
    }
    value = 1;
    atomic_store(&writing, 0);
    return NULL;
}

int main(void)
{
    pthread_t reader, writer;
    pthread_create(&reader, NULL, read_value, NULL);
    pthread_create(&writer, NULL, write_value, NULL);
    pthread_join(reader, NULL);
    pthread_join(writer, NULL);
    return 0;
}

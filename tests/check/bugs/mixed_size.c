/* SPDX-License-Identifier: MIT */
// expect: refused mixed-size
/* One variable, accessed in halves and as a whole: no memory model of C11 says what that
   means, and lockcheck does not guess. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

static union {
    _Atomic uint32_t whole;
    _Atomic uint16_t halves[2];
} word;

static void *write_half(void *unused)
{
    (void)unused;
    atomic_store(&word.halves[0], 1);
    return NULL;
}

static void *read_whole(void *seen)
{
    *(uint32_t *)seen = atomic_load(&word.whole);
    return NULL;
}

int main(void)
{
    pthread_t writer, reader;
    uint32_t seen;
    pthread_create(&writer, NULL, write_half, NULL);
    pthread_create(&reader, NULL, read_whole, &seen);
    pthread_join(writer, NULL);
    pthread_join(reader, NULL);
    return 0;
}

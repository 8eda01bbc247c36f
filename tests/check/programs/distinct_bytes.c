/* SPDX-License-Identifier: MIT */
// expect: verified 1 execution
// Neighbouring bytes, and neighbouring fields, are different memory locations: no race.
#include <assert.h>
#include <pthread.h>
#include <stdint.h>

static char bytes[8];
static struct {
    char small;
    short middle;
    int bits : 3;
    int : 0;
    int other_bits : 3;
} record;

static void *write_even(void *unused)
{
    (void)unused;
    for (int i = 0; i < 8; i += 2) {
        bytes[i] = 1;
    }
    record.small = 1;
    record.bits = 1;
    return NULL;
}

static void *write_odd(void *unused)
{
    (void)unused;
    for (int i = 1; i < 8; i += 2) {
        bytes[i] = 2;
    }
    record.middle = 2;
    record.other_bits = 2;
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, write_even, NULL);
    pthread_create(&threads[1], NULL, write_odd, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    for (int i = 0; i < 8; i++) {
        assert(bytes[i] == 1 + i % 2);
    }
    assert(record.small == 1 && record.middle == 2 && record.bits == 1);
    return 0;
}

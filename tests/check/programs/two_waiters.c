/* SPDX-License-Identifier: MIT */
// long: verified 1 execution
// A token passed to and fro: each wait is for one certain value, so all is in one order.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

enum { ROUNDS = 3 };

static atomic_int turn;
static int sequence;

static void *play(void *argument)
{
    int self = *(int *)argument;
    for (int i = 0; i < ROUNDS; i++) {
        while (atomic_load_explicit(&turn, memory_order_acquire) != self) {
        }
        assert(sequence == 2 * i + self);
        sequence++;
        atomic_store_explicit(&turn, 1 - self, memory_order_release);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    int indices[2] = {0, 1};
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, play, &indices[i]);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    assert(sequence == 2 * ROUNDS);
    return 0;
}

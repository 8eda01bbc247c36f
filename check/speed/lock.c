/* SPDX-License-Identifier: MIT */
/* THREADS threads take the library's lock NAME ROUNDS times each, around plain data. */
#include <lockstep.h>
#include <pthread.h>

static lks_lock_t *lock;
static int data;

static void *lock_each_round(void *argument)
{
    uint32_t self = *(uint32_t *)argument;
    for (int i = 0; i < ROUNDS; i++) {
        lks_lock_lock(lock, self);
        data++;
        lks_lock_unlock(lock, self);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    uint32_t numbers[THREADS];
    lks_lock_create(&lock, NAME, THREADS);
    for (uint32_t i = 0; i < THREADS; i++) {
        numbers[i] = i;
        pthread_create(&threads[i], NULL, lock_each_round, &numbers[i]);
    }
    for (uint32_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    lks_lock_destroy(lock);
    return data != THREADS * ROUNDS;
}

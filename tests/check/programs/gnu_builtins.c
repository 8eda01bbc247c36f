/* SPDX-License-Identifier: MIT */
// expect: verified 2 executions
// The compilers' own builtins, old and new, which are the same operations.
#include <assert.h>
#include <pthread.h>

static int lock, counter, sum;

static void *count(void *unused)
{
    (void)unused;
    while (__sync_lock_test_and_set(&lock, 1)) {
    }
    counter++;
    __sync_lock_release(&lock);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, count, NULL);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    assert(counter == 2);
    __atomic_store_n(&sum, 3, __ATOMIC_RELEASE);
    assert(__atomic_add_fetch(&sum, 4, __ATOMIC_RELAXED) == 7);
    assert(__sync_bool_compare_and_swap(&sum, 7, 8));
    __sync_synchronize();
    assert(__atomic_load_n(&sum, __ATOMIC_ACQUIRE) == 8);
    return 0;
}

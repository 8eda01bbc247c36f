/* SPDX-License-Identifier: MIT */
// expect: verified 2 executions
// expect: wrong assertion --spurious
// A weak compare-and-swap without a loop: right as long as it never fails without cause.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_int owner;

static void *claim(void *self)
{
    int nobody = 0;
    atomic_compare_exchange_weak(&owner, &nobody, *(int *)self);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    int indices[2] = {1, 2};
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, claim, &indices[i]);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    assert(atomic_load(&owner) != 0);
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: wrong assertion
/* Every access is atomic, the update is not. */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_int balance = 100;

static void *deposit(void *unused)
{
    (void)unused;
    int old = balance;
    balance = old + 10;
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, deposit, NULL);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    assert(balance == 120);
    return 0;
}

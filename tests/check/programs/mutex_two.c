/* SPDX-License-Identifier: MIT */
// long: verified 4 executions
// Two independent mutexes, two threads each: 2 * 2 orders.
#include <pthread.h>

struct account {
    pthread_mutex_t mutex;
    int balance;
};

static struct account accounts[2] = {{PTHREAD_MUTEX_INITIALIZER, 0},
                                     {PTHREAD_MUTEX_INITIALIZER, 0}};

static void *deposit(void *argument)
{
    struct account *account = argument;
    pthread_mutex_lock(&account->mutex);
    account->balance++;
    pthread_mutex_unlock(&account->mutex);
    return NULL;
}

int main(void)
{
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        pthread_create(&threads[i], NULL, deposit, &accounts[i % 2]);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}

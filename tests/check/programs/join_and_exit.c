/* SPDX-License-Identifier: MIT */
// expect: verified 1 execution
// Values that threads end with, by return and by pthread_exit, and what a join orders.
#include <assert.h>
#include <pthread.h>
#include <stdint.h>

static int first, second;

static void leave(void)
{
    second = 2;
    pthread_exit(&second);
}

static void *return_value(void *argument)
{
    first = (int)(intptr_t)argument;
    return &first;
}

static void *exit_with_value(void *unused)
{
    (void)unused;
    leave();
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    void *results[2];
    pthread_create(&threads[0], NULL, return_value, (void *)(intptr_t)7);
    pthread_create(&threads[1], NULL, exit_with_value, NULL);
    assert(!pthread_equal(threads[0], threads[1]));
    pthread_join(threads[0], &results[0]);
    pthread_join(threads[1], &results[1]);
    assert(*(int *)results[0] == 7 && *(int *)results[1] == 2);
    return 0;
}

/* SPDX-License-Identifier: MIT */
// long: verified 6 executions
// <threads.h>: three threads take a mutex once, 3! orders.
#include <assert.h>
#include <threads.h>

static mtx_t mutex;
static int counter;

static int count(void *argument)
{
    mtx_lock(&mutex);
    counter++;
    mtx_unlock(&mutex);
    return *(int *)argument;
}

int main(void)
{
    thrd_t threads[3];
    int numbers[3] = {1, 2, 3}, sum = 0;
    assert(mtx_init(&mutex, mtx_plain) == thrd_success);
    for (int i = 0; i < 3; i++) {
        assert(thrd_create(&threads[i], count, &numbers[i]) == thrd_success);
    }
    for (int i = 0; i < 3; i++) {
        int result;
        thrd_join(threads[i], &result);
        sum += result;
    }
    mtx_destroy(&mutex);
    assert(counter == 3 && sum == 6);
    return 0;
}

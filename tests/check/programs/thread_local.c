/* SPDX-License-Identifier: MIT */
// expect: verified 1 execution
// Each thread has its own copy, and finds it as it was initialised.
#include <assert.h>
#include <pthread.h>
#include <stddef.h>

static _Thread_local int calls = 5;
static _Thread_local int zero;

static void *use(void *unused)
{
    (void)unused;
    assert(calls == 5 && zero == 0);
    for (int i = 0; i < 3; i++) {
        calls++;
        zero--;
    }
    assert(calls == 8 && zero == -3);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, use, NULL);
    }
    use(NULL);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}

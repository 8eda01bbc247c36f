/* SPDX-License-Identifier: MIT */
// expect: verified
// <threads.h>: a condition variable, call_once, thread-specific storage and thrd_exit.
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <threads.h>

static mtx_t mutex;
static cnd_t changed;
static once_flag once = ONCE_FLAG_INIT;
static tss_t key;
static bool ready;

static void initialise(void)
{
    mtx_init(&mutex, mtx_plain);
    cnd_init(&changed);
    tss_create(&key, NULL);
}

static int wait_for_it(void *unused)
{
    call_once(&once, initialise);
    tss_set(key, &ready);
    mtx_lock(&mutex);
    while (!ready) {
        cnd_wait(&changed, &mutex);
    }
    mtx_unlock(&mutex);
    assert(tss_get(key) == &ready);
    thrd_exit(unused == NULL ? 3 : 4);
}

int main(void)
{
    thrd_t thread;
    thrd_create(&thread, wait_for_it, NULL);
    call_once(&once, initialise);
    assert(tss_get(key) == NULL);
    mtx_lock(&mutex);
    ready = true;
    cnd_signal(&changed);
    mtx_unlock(&mutex);
    int result;
    thrd_join(thread, &result);
    assert(result == 3);
    return 0;
}

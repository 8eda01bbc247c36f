/* SPDX-License-Identifier: MIT */
// expect: verified 2 executions
// expect: verified 2 executions -DCALLED
// expect: wrong race -DUPDATE=relaxed -DREAD=acquire
// expect: wrong race -DUPDATE=release -DREAD=relaxed
// expect: wrong race -DCALLED -DUPDATE=relaxed -DREAD=relaxed
// A function nested in another (gcc's extension) is another thread's: it finds what they
// have in common by code on the stack, or, CALLED, is told by a call.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#ifndef UPDATE
#define UPDATE release
#define READ   acquire
#endif
#define ORDER_(order) memory_order_##order
#define ORDER(order)  ORDER_(order)

static atomic_int ready;
static int *shared;

static void *look_outside(void *unused)
{
    if (atomic_load_explicit(&ready, ORDER(READ)) == 1) {
        assert(*shared == 1);
    }
    return unused;
}

int main(void)
{
    pthread_t thread;
    int before[4] = {0}, data = 0;
#ifdef __clang__
    shared = &data;
    pthread_create(&thread, NULL, look_outside, NULL);
#elif defined CALLED
    void begin(void)
    {
        shared = &data;
        pthread_create(&thread, NULL, look_outside, NULL);
    }
    begin();
#else
    void *look(void *unused)
    {
        if (atomic_load_explicit(&ready, ORDER(READ)) == 1) {
            assert(data == 1 && before[1] == 0);
        }
        return unused;
    }
    pthread_create(&thread, NULL, look, NULL);
#endif
    data = 1;
    atomic_store_explicit(&ready, 1, ORDER(UPDATE));
    pthread_join(thread, NULL);
    (void)look_outside;
    return before[1];
}

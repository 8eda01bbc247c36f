/* SPDX-License-Identifier: MIT */
// expect: wrong race
// The wait's first thread begins when the flag is set already: a try that fails passes
// over that, and what it reads races with the third thread's write.
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

static int x;
static atomic_int flag;

static void *setter(void *unused)
{
    atomic_store_explicit(&flag, 1, memory_order_relaxed);
    return unused;
}

static void *waiter(void *unused)
{
    while (!atomic_load_explicit(&flag, memory_order_relaxed)) {
        int now = x;
        (void)now;
    }
    return unused;
}

static void *writer(void *unused)
{
    x = 1;
    return unused;
}

int main(void)
{
    void *(*const bodies[])(void *) = {setter, waiter, writer};
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        pthread_create(&threads[i], NULL, bodies[i], NULL);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* Thread-local objects among plain accesses that are taken as relaxed atomics: gcc asks
   where they are between announcing an access and making it. The rest is store
   buffering. */
// expect: verified 4 executions --plain=relaxed
#include <assert.h>
#include <pthread.h>

static __thread int one, found;
static int x, y;

static void *first(void *unused)
{
    one++;
    x = one;
    found = y;
    assert(found == 0 || found == 1);
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, first, NULL);
    one = 1;
    y = one;
    found = x;
    assert(one == 1 && (found == 0 || found == 1));
    pthread_join(thread, NULL);
    return 0;
}

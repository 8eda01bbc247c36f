// SPDX-License-Identifier: MIT
// Two threads that run the same function with the same argument, and something that can
// tell them apart: then it matters which of them comes first. Each of these is wrong only
// where the second one does.
// expect: wrong assertion -DRESULT
// expect: wrong race -DBETWEEN_JOINS
// expect: wrong assertion -DATOMIC_BETWEEN_JOINS
// expect: wrong use after free -DFREE_BETWEEN_JOINS
// expect: wrong race -DJOIN_ONE
// expect: wrong race -DBETWEEN_CREATIONS
// expect: wrong assertion -DATOMIC_BETWEEN_CREATIONS
// expect: wrong race -DIDENTIFIER
// expect: wrong assertion -DSELF
// expect: wrong assertion -DRANDOM
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_int taken;
static int rank[2], shared[2], *block;
static pthread_t threads[2];
static atomic_int flag;

static void *run(void *argument)
{
    int mine = atomic_fetch_add_explicit(&taken, 1, memory_order_relaxed);
#ifdef RESULT
    return mine == 0 ? &rank[0] : &rank[1];
#elif defined BETWEEN_JOINS
    shared[mine] = 1;
#elif defined ATOMIC_BETWEEN_JOINS
    if (mine == 0) {
        atomic_store(&flag, 1);
    }
#elif defined FREE_BETWEEN_JOINS
    if (mine == 0) {
        *block = 1;
    }
#elif defined JOIN_ONE
    shared[mine] = 1;
#elif defined BETWEEN_CREATIONS
    if (mine == 1) {
        rank[0] = shared[0];
    }
#elif defined ATOMIC_BETWEEN_CREATIONS
    assert(mine == 0 || atomic_load_explicit(&flag, memory_order_relaxed) == 1);
#elif defined IDENTIFIER
    if (mine == 1) {
        rank[0] = threads[0] != 0;
    }
#elif defined SELF
    assert(mine == 0 || !pthread_equal(pthread_self(), 2));
#elif defined RANDOM
    static atomic_int first;
    int number = rand();
    if (mine == 0) {
        atomic_store(&first, number);
    } else {
        assert(atomic_load(&first) == 0 || atomic_load(&first) < number);
    }
#endif
    return argument;
}

int main(void)
{
    void *results[2] = {NULL, NULL};
    block = calloc(1, sizeof *block);
    pthread_create(&threads[0], NULL, run, NULL);
#ifdef BETWEEN_CREATIONS
    shared[0] = 1;
#elif defined ATOMIC_BETWEEN_CREATIONS
    atomic_store(&flag, 1);
#endif
    pthread_create(&threads[1], NULL, run, NULL);
    pthread_join(threads[0], &results[0]);
#ifdef BETWEEN_JOINS
    assert(shared[0] == 1);
#elif defined ATOMIC_BETWEEN_JOINS
    assert(atomic_load(&flag) == 1);
#elif defined FREE_BETWEEN_JOINS
    free(block);
#elif defined JOIN_ONE
    assert(shared[0] == 1);
    return 0;
#endif
    pthread_join(threads[1], &results[1]);
#ifdef RESULT
    assert(results[0] == &rank[0]);
#endif
    return 0;
}

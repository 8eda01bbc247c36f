/* SPDX-License-Identifier: MIT */
// expect: verified
// The first to come initialises, and nobody goes on before that is done.
#include <assert.h>
#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int table, runs;

static void initialise(void)
{
    table = 42;
    runs++;
}

static void *use(void *unused)
{
    (void)unused;
    pthread_once(&once, initialise);
    assert(table == 42);
    return NULL;
}

int main(void)
{
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        pthread_create(&threads[i], NULL, use, NULL);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    assert(runs == 1);
    return 0;
}

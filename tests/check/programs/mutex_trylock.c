/* SPDX-License-Identifier: MIT */
// expect: verified 4 executions
// Either thread first; the second finds the mutex held, or free again: 2 * 2.
#include <assert.h>
#include <errno.h>
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int counter, failures[2];

static void *try_once(void *failed)
{
    int error = pthread_mutex_trylock(&mutex);
    if (error == 0) {
        counter++;
        pthread_mutex_unlock(&mutex);
    } else {
        assert(error == EBUSY);
        *(int *)failed = 1;
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, try_once, &failures[i]);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    assert(counter >= 1 && counter + failures[0] + failures[1] == 2);
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: verified 1 execution
// Thread-specific data, and its destructor at the end of each thread. Nothing is shared.
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

static pthread_key_t key;
static int freed[2];

static void clean_up(void *value)
{
    **(int **)value = 1;
    free(value);
}

static void *use(void *argument)
{
    int **mine = malloc(sizeof *mine);
    *mine = argument;
    assert(pthread_getspecific(key) == NULL);
    pthread_setspecific(key, mine);
    assert(pthread_getspecific(key) == mine);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_key_create(&key, clean_up);
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, use, &freed[i]);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    assert(freed[0] && freed[1]);
    pthread_key_delete(key);
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: wrong hang
/* A mutex that is not recursive, locked by the thread that holds it. */
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int depth;

static void descend(int levels)
{
    pthread_mutex_lock(&mutex);
    depth++;
    if (levels > 0) {
        descend(levels - 1);
    }
    pthread_mutex_unlock(&mutex);
}

int main(void)
{
    descend(1);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* A read lock is given back by a thread that does not have it: there is one, but it is
   another thread's; or this thread has given back its own before. */
// expect: wrong misuse -DBUG=OF_ANOTHER
// expect: wrong misuse -DBUG=TWICE
// expect: wrong misuse -DBUG=AGAIN_IN_ITS_PLACE
// expect: verified -DBUG=NONE
#include <pthread.h>
#include <stddef.h>

enum bug { NONE, OF_ANOTHER, TWICE, AGAIN_IN_ITS_PLACE };

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static void *read_and_leave(void *unused)
{
    if (BUG != OF_ANOTHER) {
        pthread_rwlock_rdlock(&lock);
        pthread_rwlock_rdlock(&lock);
        pthread_rwlock_unlock(&lock);
    }
    if (BUG != AGAIN_IN_ITS_PLACE) {
        pthread_rwlock_unlock(&lock);
    }
    if (BUG == TWICE) {
        pthread_rwlock_unlock(&lock);
    }
    return unused;
}

/* In the place of the first thread, once that has been joined. */
static void *leave(void *unused)
{
    if (BUG == AGAIN_IN_ITS_PLACE) {
        pthread_rwlock_unlock(&lock);
    }
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_rwlock_rdlock(&lock);
    pthread_create(&thread, NULL, read_and_leave, NULL);
    pthread_join(thread, NULL);
    pthread_create(&thread, NULL, leave, NULL);
    pthread_join(thread, NULL);
    if (BUG == NONE) {
        pthread_rwlock_unlock(&lock);
        pthread_rwlock_wrlock(&lock);
        pthread_rwlock_unlock(&lock);
    }
    return 0;
}

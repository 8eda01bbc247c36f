/* SPDX-License-Identifier: MIT */
/* SRC: parking_lot #212 again, with glibc's PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP, which really deadlocks
 */
#define _GNU_SOURCE
#include <pthread.h>
static pthread_rwlock_t l;
static void *reader(void *p)
{
    pthread_rwlock_rdlock(&l);
    pthread_rwlock_rdlock(&l);
    pthread_rwlock_unlock(&l);
    pthread_rwlock_unlock(&l);
    return p;
}
static void *writer(void *p)
{
    pthread_rwlock_wrlock(&l);
    pthread_rwlock_unlock(&l);
    return p;
}
int main(void)
{
    pthread_rwlockattr_t at;
    pthread_rwlockattr_init(&at);
    pthread_rwlockattr_setkind_np(&at, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&l, &at);
    pthread_t a, b;
    pthread_create(&a, NULL, reader, NULL);
    pthread_create(&b, NULL, writer, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* SRC: Amanieu/parking_lot #212 a writer deadlocks with two read locks of one thread
   KIND: recursive read lock with a waiting writer
 */
#include <lockstep/rwmutex.h>
#include <pthread.h>
static lks_rwmutex_t l = LKS_RWMUTEX_INIT;
static void *reader(void *p)
{
    lks_rwmutex_rdlock(&l);
    lks_rwmutex_rdlock(&l);
    lks_rwmutex_rdunlock(&l);
    lks_rwmutex_rdunlock(&l);
    return p;
}
static void *writer(void *p)
{
    lks_rwmutex_wrlock(&l);
    lks_rwmutex_wrunlock(&l);
    return p;
}
int main(void)
{
    pthread_t a, b;
    pthread_create(&a, NULL, reader, NULL);
    pthread_create(&b, NULL, writer, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* SRC: ofiwg/libfabric #9614 deadline by CLOCK_MONOTONIC, pthread_cond_timedwait by CLOCK_REALTIME; rocksdb #3735
   KIND: timed wait on the wrong clock. A poll loop that expects 10 s of waiting.
 */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <time.h>
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t c = PTHREAD_COND_INITIALIZER;
int main(void)
{
    struct timespec t, before, after;
#ifdef FIXED
    clock_gettime(CLOCK_REALTIME, &t);
#else
    clock_gettime(CLOCK_MONOTONIC, &t);
#endif
    clock_gettime(CLOCK_MONOTONIC, &before);
    t.tv_sec += 10;
    pthread_mutex_lock(&m);
    int e = pthread_cond_timedwait(&c, &m, &t);
    pthread_mutex_unlock(&m);
    clock_gettime(CLOCK_MONOTONIC, &after);
    assert(e == ETIMEDOUT && after.tv_sec - before.tv_sec >= 10);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* For clang -Wthread-safety: right, but for the function that WRONG names, if any. */
#include <lockstep.h>

static lks_mutex_t mutex = LKS_MUTEX_INIT;
static lks_cond_t cond = LKS_COND_INIT;
static lks_mcs_t mcs = LKS_MCS_INIT;
static lks_rwmutex_t rwmutex = LKS_RWMUTEX_INIT;
static long with_mutex LKS_GUARDED_BY(mutex);
static long with_mcs LKS_GUARDED_BY(mcs);
static long with_rwmutex LKS_GUARDED_BY(rwmutex);

static long right(void)
{
    lks_mutex_lock(&mutex);
    while (with_mutex == 0) {
        lks_cond_wait(&cond, &mutex);
    }
    long sum = with_mutex;
    lks_mutex_unlock(&mutex);
    const struct timespec deadline = {0, 0};
    if (lks_mutex_timedlock(&mutex, &deadline) == 0) {
        sum += with_mutex;
        lks_mutex_unlock(&mutex);
    }
    lks_mcs_node_t node;
    if (lks_mcs_trylock(&mcs, &node)) {
        sum += with_mcs;
        lks_mcs_unlock(&mcs, &node);
    }
    lks_rwmutex_rdlock(&rwmutex);
    sum += with_rwmutex;
    lks_rwmutex_rdunlock(&rwmutex);
    lks_rwmutex_wrlock(&rwmutex);
    with_rwmutex++;
    lks_rwmutex_downgrade(&rwmutex);
    sum += with_rwmutex;
    lks_rwmutex_rdunlock(&rwmutex);
    if (lks_rwmutex_timedrdlock(&rwmutex, &deadline) == 0) {
        sum += with_rwmutex;
        lks_rwmutex_rdunlock(&rwmutex);
    }
    if (lks_rwmutex_timedwrlock(&rwmutex, &deadline) == 0) {
        with_rwmutex++;
        lks_rwmutex_wrunlock(&rwmutex);
    }
    return sum;
}

#define MISSING_UNLOCK (lks_mutex_lock(&mutex), with_mutex)
#define WITHOUT_LOCK   with_mcs
#define UNLOCKED_TWICE                                                                   \
    (lks_mutex_lock(&mutex), lks_mutex_unlock(&mutex), lks_mutex_unlock(&mutex), 0)
#define READER_WRITES                                                                    \
    (lks_rwmutex_rdlock(&rwmutex), with_rwmutex++, lks_rwmutex_rdunlock(&rwmutex), 0)
#define WAITS_WITHOUT (lks_cond_wait(&cond, &mutex), 0)
#ifndef WRONG
#define WRONG 0
#endif

int main(void)
{
    long sum = WRONG;
    return right() + sum == 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Two threads wait for a condition, the first one first; so a signal lets it go first.
 * The main thread knows the order because it starts the second one when the first waits.
 */
#include <lockstep.h>

#include <assert.h>
#include <pthread.h>

static lks_mutex_t mutex = LKS_MUTEX_INIT;
static lks_cond_t cond = LKS_COND_INIT, waits = LKS_COND_INIT;
static int waiting, returned; /* guarded by the mutex */

static void *wait(void *self)
{
    lks_mutex_lock(&mutex);
    waiting++;
    lks_cond_signal(&waits);
    lks_cond_wait(&cond, &mutex);
    assert(++returned == *(int *)self);
    lks_cond_signal(&cond);
    lks_mutex_unlock(&mutex);
    return NULL;
}

int main(void)
{
    static int self[2] = {1, 2};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        (void)pthread_create(&threads[i], NULL, wait, &self[i]);
        lks_mutex_lock(&mutex);
        while (waiting == i) {
            lks_cond_wait(&waits, &mutex);
        }
        lks_mutex_unlock(&mutex);
    }
    lks_mutex_lock(&mutex);
    lks_cond_signal(&cond);
    lks_mutex_unlock(&mutex);
    for (int i = 0; i < 2; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    return 0;
}

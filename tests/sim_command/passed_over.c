/* SPDX-License-Identifier: MIT */
/*
 * How often others enter before a thread that waits for the mutex: with a bound of 0 at
 * most twice, though they come by all the time.
 *
 * Who stands in line is called by the next unlock; or, if that one has looked already, by
 * the one after it, and somebody has entered in between. That is one. Another one enters
 * before the thread that was called is awake: two. It stays for longer than waking takes;
 * so the thread comes too late, says that it is hungry, and is handed the mutex.
 */
#include <lockstep/mutex.h>
#include <lockstep/wait.h>
#include <pthread.h>
#include <stdio.h>

enum { OTHERS = 2, WAITS = 100, INSIDE = 200, MOST = 2, MANY = 10 };

static lks_mutex_t mutex;
static _Atomic(unsigned) entered; /* how often others have; changed under the mutex */
static _Atomic(unsigned) enough;  /* then they stay away */
static _Atomic(bool) ended;

static void *come_by(void *unused)
{
    while (!atomic_load(&ended)) {
        if (atomic_load(&entered) < atomic_load(&enough) && lks_mutex_trylock(&mutex)) {
            (void)atomic_fetch_add(&entered, 1);
            lks_delay(INSIDE);
            lks_mutex_unlock(&mutex);
        }
    }
    return unused;
}

/* The most entries of others in waits with a bound. A wait begins when one is inside. */
static unsigned passed_over(uint64_t bound)
{
    unsigned most = 0;
    lks_mutex_set_bound(bound);
    for (unsigned i = 0; i < WAITS; i++) {
        atomic_store(&enough, atomic_load(&entered) + MANY);
        lks_await(lks_mutex_is_locked(&mutex));
        lks_delay(INSIDE * i / WAITS);
        unsigned before = atomic_load(&entered);
        lks_mutex_lock(&mutex);
        unsigned passed = atomic_load(&entered) - before;
        most = passed > most ? passed : most;
        lks_mutex_unlock(&mutex);
    }
    return most;
}

int main(void)
{
    pthread_t others[OTHERS];
    lks_set_spins(0); /* sleep at once */
    for (unsigned i = 0; i < OTHERS; i++) {
        (void)pthread_create(&others[i], NULL, come_by, NULL);
    }
    unsigned hungry = passed_over(0), patient = passed_over(UINT64_MAX);
    atomic_store(&ended, true);
    for (unsigned i = 0; i < OTHERS; i++) {
        (void)pthread_join(others[i], NULL);
    }
    printf("hungry %u, patient %u\n", hungry, patient);
    return hungry <= MOST && patient > MOST ? 0 : 1;
}

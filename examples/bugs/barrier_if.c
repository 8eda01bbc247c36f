/* SPDX-License-Identifier: MIT */
/*
 * A task runtime's barrier: a thread that wakes for no reason goes on.
 *
 *   lockcheck examples/bugs/barrier_if.c               wrong: race
 *   lockcheck examples/bugs/barrier_if.c -- -DFIXED    verified
 *
 * HPX, pull request 7611 (2026):
 * https://github.com/TheHPXProject/hpx/pull/7611
 *
 * A wait on a condition variable may return although nobody has signalled. The barrier
 * looks at its phase once, before the wait. It takes a return for the end of the phase,
 * and passes before the others are there. lockcheck tries such returns.
 *
 * The repair: while, not if.
 */
#include <pthread.h>
#include <stddef.h>

enum { THREADS = 2 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t next_phase = PTHREAD_COND_INITIALIZER;
static int arrived, phase;
static int written[THREADS];

static void arrive_and_wait(void)
{
    pthread_mutex_lock(&mutex);
    int mine = phase;
    if (++arrived == THREADS) {
        arrived = 0;
        phase++;
        pthread_cond_broadcast(&next_phase);
    } else {
#ifdef FIXED
        while (phase == mine) {
#else
        if (phase == mine) {
#endif
            pthread_cond_wait(&next_phase, &mutex);
        }
    }
    pthread_mutex_unlock(&mutex);
}

static void *work(void *argument)
{
    int self = *(int *)argument;
    written[self] = 1;
    arrive_and_wait();
    int seen = written[1 - self];
    (void)seen;
    return NULL;
}

int main(void)
{
    pthread_t thread;
    int indices[THREADS] = {0, 1};
    pthread_create(&thread, NULL, work, &indices[1]);
    work(&indices[0]);
    pthread_join(thread, NULL);
    return 0;
}

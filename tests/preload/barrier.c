/* SPDX-License-Identifier: MIT */
/* Barriers: nobody leaves before all have come, one of them is told so, a barrier is
   destroyed at once, more threads take turns than it is for, one between processes. */
#define _GNU_SOURCE
#include "expect.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 200, CROWD = 6, MEETINGS = 300 };

static pthread_barrier_t barrier;
static pthread_barrier_t *passing; /* the barrier of a round, freed in it */
static int written[THREADS];       /* each its own: the rounds that it has begun */
static _Atomic(int) told, drawn;

static void run(int threads, void *(*body)(void *))
{
    static int numbers[CROWD] = {0, 1, 2, 3, 4, 5};
    pthread_t ids[CROWD];
    told = 0;
    for (int i = 0; i < threads; i++) {
        EXPECT(pthread_create(&ids[i], NULL, body, &numbers[i]), 0);
    }
    for (int i = 0; i < threads; i++) {
        EXPECT(pthread_join(ids[i], NULL), 0);
    }
}

/* Returns whether this thread is the one that is told. */
static bool meet(pthread_barrier_t *where)
{
    int result = pthread_barrier_wait(where);
    if (result != PTHREAD_BARRIER_SERIAL_THREAD) {
        EXPECT(result, 0);
        return false;
    }
    told++;
    return true;
}

/* Twice a round: the second keeps the next round's writes from this one's looks. */
static void *write_and_look(void *number)
{
    for (int round = 1; round <= ROUNDS; round++) {
        written[*(int *)number] = round;
        (void)meet(&barrier);
        for (int i = 0; i < THREADS; i++) {
            EXPECT(written[i], round);
        }
        (void)meet(&barrier);
    }
    return NULL;
}

/* The one that is told destroys the barrier, while others may have yet to leave. */
static void *destroy_at_once(void *number)
{
    (void)number;
    for (int round = 0; round < ROUNDS; round++) {
        pthread_barrier_t *here = passing;
        if (meet(here)) {
            EXPECT(pthread_barrier_destroy(here), 0);
            free(here);
            passing = malloc(sizeof *passing);
            EXPECT(pthread_barrier_init(passing, NULL, THREADS), 0);
        }
        (void)meet(&barrier);
    }
    return NULL;
}

/* As many waits as there are places, by whichever threads. */
static void *take_part(void *number)
{
    while (drawn++ < 2 * MEETINGS) {
        (void)meet(&barrier);
    }
    return number;
}

static void a_shared_barrier_is_for_processes(void)
{
    struct {
        pthread_barrier_t barrier;
        int written[2];
    } *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    EXPECT(shared != MAP_FAILED, true);
    pthread_barrierattr_t attributes;
    EXPECT(pthread_barrierattr_init(&attributes), 0);
    EXPECT(pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED), 0);
    EXPECT(pthread_barrier_init(&shared->barrier, &attributes, 2), 0);
    pid_t child = fork();
    int self = child == 0;
    (void)alarm(60); /* the other one may have failed */
    shared->written[self] = 1;
    (void)meet(&shared->barrier);
    EXPECT(shared->written[1 - self], 1);
    if (child == 0) {
        _exit(0);
    }
    (void)alarm(0);
    int status;
    EXPECT(waitpid(child, &status, 0), child);
    EXPECT(status, 0);
    EXPECT(pthread_barrier_destroy(&shared->barrier), 0);
}

int main(void)
{
    EXPECT(pthread_barrier_init(&barrier, NULL, 0), EINVAL);
    EXPECT(pthread_barrier_init(&barrier, NULL, THREADS), 0);
    EXPECT(pthread_barrier_init(&barrier, NULL, 0), EINVAL); /* the other one stays */
    run(THREADS, write_and_look);
    EXPECT(told, 2 * ROUNDS);
    passing = malloc(sizeof *passing);
    EXPECT(pthread_barrier_init(passing, NULL, THREADS), 0);
    run(THREADS, destroy_at_once);
    EXPECT(told, 2 * ROUNDS);
    EXPECT(pthread_barrier_destroy(passing), 0);
    free(passing);
    EXPECT(pthread_barrier_destroy(&barrier), 0);
    EXPECT(pthread_barrier_init(&barrier, NULL, 2), 0);
    run(CROWD, take_part);
    EXPECT(told, MEETINGS);
    EXPECT(pthread_barrier_destroy(&barrier), 0);
    a_shared_barrier_is_for_processes();
    return 0;
}

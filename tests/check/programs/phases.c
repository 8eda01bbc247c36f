/* SPDX-License-Identifier: MIT */
// expect: verified
// expect: wrong assertion -DWRONG
// Threads of a team make tasks between barriers, as OpenMP's do under lockstep-run: after
// each barrier all have the same answer whether there are any. The wrong one asks whether
// there are any at all.
#include <assert.h>
#include <lockstep/central_barrier.h>
#include <pthread.h>
#include <stddef.h>

#include "../../../preload/phases.h"

enum { THREADS = 2, PHASES = 3 };

static lks_central_barrier_t barrier;
static struct phases phases = {PHASES_NEVER};
static bool answers[THREADS][PHASES];

static void *go_through(void *argument)
{
    unsigned self = *(unsigned *)argument;
    for (uint32_t phase = 0; phase < PHASES; phase++) {
        /* The first one makes a task in the second phase, the other one in the third. */
        if (phase == self + 1) {
            phases_note_task(&phases, phase);
        }
        lks_central_barrier_wait(&barrier, self);
#ifdef WRONG
        answers[self][phase] = phases_has_tasks(&phases, PHASES_NEVER - 1);
#else
        answers[self][phase] = phases_has_tasks(&phases, phase);
#endif
    }
    return NULL;
}

int main(void)
{
    int error = lks_central_barrier_init(&barrier, THREADS);
    assert(error == 0);
    unsigned selves[THREADS] = {0, 1};
    pthread_t thread;
    pthread_create(&thread, NULL, go_through, &selves[1]);
    go_through(&selves[0]);
    pthread_join(thread, NULL);
    for (int phase = 0; phase < PHASES; phase++) {
        assert(answers[0][phase] == (phase > 0));
        assert(answers[1][phase] == (phase > 0));
    }
    return 0;
}

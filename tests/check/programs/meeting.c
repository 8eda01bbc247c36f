/* SPDX-License-Identifier: MIT */
// expect: verified
// expect: verified -DNAME=mcs_tree
// expect: wrong race|hang|assertion -DWRONG
// A barrier of the catalog for threads without an index, as programs have it under
// lockstep-run: threads that draw their indices anew each time. In the wrong one, a
// thread does not wait until its place has been left.
#include <assert.h>
#include <lockstep/wait.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

#ifdef WRONG
#undef lks_await_change
#define lks_await_change(word, old, mode) break
#endif
#include "../../../preload/meeting.h"

#ifndef NAME
#define NAME tournament
#endif
#define TEXT_OF(name) #name
#define TEXT(name)    TEXT_OF(name)

enum { THREADS = 3, EPISODES = 2 };

static struct place places[THREADS];
static struct meeting meeting = {.places = places, .count = THREADS};
static int written[THREADS], first[EPISODES];

static void *meet(void *argument)
{
    int self = *(int *)argument;
    for (int i = 0; i < EPISODES; i++) {
        written[self]++;
        if (meeting_wait(&meeting) == 0) {
            first[i]++;
        }
        assert(i < EPISODES - 1 || written[self == 0] == EPISODES);
    }
    return NULL;
}

int main(void)
{
    meeting.class = lks_barrier_class_find(TEXT(NAME));
    size_t size = LKS_WHOLE_LINES(meeting.class->size(THREADS));
    meeting.barrier = aligned_alloc(LKS_CACHE_LINE, size);
    int error = meeting.class->init(meeting.barrier, THREADS);
    assert(error == 0);
    int selves[THREADS] = {0, 1, 2};
    pthread_t threads[THREADS];
    for (int i = 1; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, meet, &selves[i]);
    }
    meet(&selves[0]);
#ifndef WRONG
    int over = meeting_end(&meeting);
    assert(over);
    free(meeting.barrier);
#endif
    for (int i = 1; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    for (int i = 0; i < EPISODES; i++) {
        assert(first[i] == 1);
    }
    return 0;
}

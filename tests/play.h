/* SPDX-License-Identifier: MIT */
/*
 * Sleeping, played: one thread walks through each hand-over and each timeout, however
 * rare.
 *
 * For programs that are linked with -Wl,--wrap for lks_futex_wait and lks_futex_wake.
 * While there is a play, the main thread does not sleep: each time it is about to, the
 * next scene is played, which does what other threads would have done meanwhile, and says
 * how the sleep ends. Other threads, and the main thread when there is no play, sleep in
 * the kernel.
 */
#ifndef TESTS_PLAY_H
#define TESTS_PLAY_H

#include "support.h"
#include <lockstep/futex.h>

#ifdef __cplusplus
extern "C" {
#endif
int __real_lks_futex_wait_as(_Atomic(uint32_t) *word, uint32_t value, uint32_t who,
                             const struct timespec *deadline);
int __wrap_lks_futex_wait_as(_Atomic(uint32_t) *word, uint32_t value, uint32_t who,
                             const struct timespec *deadline);
void __real_lks_futex_wake_those(_Atomic(uint32_t) *word, uint32_t count, uint32_t who);
void __wrap_lks_futex_wake_those(_Atomic(uint32_t) *word, uint32_t count, uint32_t who);
#ifdef __cplusplus
}
#endif

enum { WOKEN = 0 }; /* how a sleep ends, also for no reason; the other way is ETIMEDOUT */

typedef int (*scene_t)(void);

/* The play, if there is one, is the thread's that made it. */
static __thread const scene_t *play;
static __thread unsigned scene_count, scenes_played;
static __thread bool had_deadline; /* the sleep of the scene */

static __thread unsigned sleep_count; /* of this thread, in the play or not */

/* The words of this thread's wake-ups, in the play or not. */
enum { MOST_WAKES = 64 };
static __thread const void *woken[MOST_WAKES];
static __thread unsigned wake_count;
static __thread uint32_t most_woken; /* at once, since begin_play */

int __wrap_lks_futex_wait_as(_Atomic(uint32_t) *word, uint32_t value, uint32_t who,
                             const struct timespec *deadline)
{
    sleep_count++;
    if (play == NULL) {
        return __real_lks_futex_wait_as(word, value, who, deadline);
    }
    if (scenes_played == scene_count) {
        fail_msg("sleeps for ever");
    }
    /* Else the kernel would not let it sleep. */
    assert_int_equal(atomic_load_explicit(word, memory_order_relaxed), value);
    had_deadline = deadline != NULL;
    return play[scenes_played++]();
}

void __wrap_lks_futex_wake_those(_Atomic(uint32_t) *word, uint32_t count, uint32_t who)
{
    woken[wake_count++ % MOST_WAKES] = word;
    most_woken = count > most_woken ? count : most_woken;
    __real_lks_futex_wake_those(word, count, who); /* in a play, too: others may sleep */
}

/* Returns how many wake-ups this thread has made on the word, or at all (NULL), since
   begin_play. */
static UNUSED unsigned wakes_of(const volatile void *word)
{
    unsigned count = 0;
    for (unsigned i = 0; i < wake_count && i < MOST_WAKES; i++) {
        count += word == NULL || woken[i] == word;
    }
    return count;
}

static void *end_at_once(void *argument)
{
    return argument;
}

/* Locks take a shorter way in a process that has had but one thread. The others are only
   played, so one is started for them. */
static void have_threads(void)
{
    if (lks_only_thread()) {
        pthread_t other;
        assert_int_equal(pthread_create(&other, NULL, end_at_once, NULL), 0);
        assert_int_equal(pthread_join(other, NULL), 0);
    }
}

static UNUSED void begin_play(const scene_t *scenes, unsigned count)
{
    have_threads();
    play = scenes;
    scene_count = count;
    scenes_played = 0;
    wake_count = 0;
    most_woken = 0;
}

#define BEGIN_PLAY(scenes) begin_play((scenes), COUNT_OF(scenes))

/* All scenes must have been played. */
static UNUSED void end_play(void)
{
    assert_int_equal(scenes_played, scene_count);
    play = NULL;
}

/* --- scenes of all plays --- */

static UNUSED int nothing_happens(void)
{
    return WOKEN;
}

static UNUSED int time_is_up(void)
{
    return ETIMEDOUT;
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The profile's hooks: what the functions in front of the thread library's tell of each
 * lock. Off, each of them is one test of a plain flag. None of them allocates by malloc,
 * takes a lock of the program's, prints or changes errno.
 *
 * `place` is PROFILE_PLACE of the function that the program called. Of a lock that a
 * thread may take again (recursive), only the first lock and the last unlock are told.
 * How a call that waits tells it:
 *
 *     bool waits = !try(object);
 *     if (waits) {
 *         profile_wants(object, PROFILE_MUTEX, place);
 *         lock(object);                          on time-out: profile_gave_up(object)
 *     }
 *     profile_took(object, PROFILE_MUTEX, place, waits);
 *     ...
 *     profile_gives(object, PROFILE_MUTEX);
 *     unlock(object);
 *
 * A condition wait tells them of its mutex, with its own place.
 */
#ifndef LOCKSTEP_PRELOAD_PROFILE_H
#define LOCKSTEP_PRELOAD_PROFILE_H

#include <stdbool.h>

/* Where the program calls the function that this stands in. On x86-64 it is the end of
   the function's frame, below which lies what it returns to: so its callers' callers can
   be found, too. */
#if defined __x86_64__
#define PROFILE_PLACE __builtin_dwarf_cfa()
#else
#define PROFILE_PLACE __builtin_return_address(0)
#endif

enum profile_kind { PROFILE_MUTEX, PROFILE_SPIN, PROFILE_READ, PROFILE_WRITE };

/* Whether there is a profile. profile_start sets it, if the settings ask for one, before
   the program's first thread; it is cleared again where no file can be made. */
extern bool profile_on;
void profile_start(void);

void profile_note_wants(const void *object, enum profile_kind kind, const void *place);
void profile_note_took(const void *object, enum profile_kind kind, const void *place,
                       bool waited, bool tried);
void profile_note_gave_up(const void *object);
void profile_note_gives(const void *object, enum profile_kind kind);
void profile_note_forgets(const void *object);
void profile_note_forked(void);

/* The object is taken, and the thread is about to wait for it: once a call. */
static inline void profile_wants(const void *object, enum profile_kind kind,
                                 const void *place)
{
    if (__builtin_expect(profile_on, 0)) {
        profile_note_wants(object, kind, place);
    }
}

/* The thread has it, after profile_wants (`waited`) or at once. */
static inline void profile_took(const void *object, enum profile_kind kind,
                                const void *place, bool waited)
{
    if (__builtin_expect(profile_on, 0)) {
        profile_note_took(object, kind, place, waited, false);
    }
}

/* A try-lock has it. It says nothing about the order of locks. */
static inline void profile_tried(const void *object, enum profile_kind kind,
                                 const void *place)
{
    if (__builtin_expect(profile_on, 0)) {
        profile_note_took(object, kind, place, false, true);
    }
}

/* After profile_wants: the time was over. */
static inline void profile_gave_up(const void *object)
{
    if (__builtin_expect(profile_on, 0)) {
        profile_note_gave_up(object);
    }
}

/* The thread is about to give it back. */
static inline void profile_gives(const void *object, enum profile_kind kind)
{
    if (__builtin_expect(profile_on, 0)) {
        profile_note_gives(object, kind);
    }
}

/* The object is initialised, or destroyed: what lay there before is another one. */
static inline void profile_forgets(const void *object)
{
    if (__builtin_expect(profile_on, 0)) {
        profile_note_forgets(object);
    }
}

/* In the child of a fork, whose profile is one of its own. */
static inline void profile_forked(void)
{
    if (__builtin_expect(profile_on, 0)) {
        profile_note_forked();
    }
}

#endif

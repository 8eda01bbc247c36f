/* SPDX-License-Identifier: MIT */
#include "preload/profile.h"

bool profile_on;

void profile_note_wants(const void *object, enum profile_kind kind, const void *place)
{
    (void)object, (void)kind, (void)place;
}

void profile_note_took(const void *object, enum profile_kind kind, const void *place,
                       bool waited, bool tried)
{
    (void)object, (void)kind, (void)place, (void)waited, (void)tried;
}

void profile_note_gave_up(const void *object)
{
    (void)object;
}

void profile_note_gives(const void *object, enum profile_kind kind)
{
    (void)object, (void)kind;
}

void profile_note_forgets(const void *object)
{
    (void)object;
}

void profile_note_forked(void)
{
}

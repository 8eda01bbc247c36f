/* SPDX-License-Identifier: MIT */
/* OpenMP: what is known of a team, and of each thread in it. */
#ifndef LOCKSTEP_VIRTUAL_OPENMP_TEAM_H
#define LOCKSTEP_VIRTUAL_OPENMP_TEAM_H

#include "virtual/threads/openmp.h"

enum { VM_ACTIVE_LEVELS = 4 }; /* of teams of more than one thread */

/* What a thread has been told, and hands on to those that it makes. */
struct vm_settings {
    unsigned threads; /* of a team; 0: as by default */
    unsigned active_levels;
    enum vm_schedule schedule;
    uint64_t chunk;
    bool dynamic;
};

struct vm_team {
    unsigned size;
    unsigned level, active; /* teams around it and itself; those with more than one */
    const struct vm_member *outer;
    struct vm_settings settings;
    void (*body)(void *);
    void *argument;
    struct vm_call call; /* that began the region */
    const struct vm_loop *loop;
    struct area *area; /* openmp.c's; NULL: it is of one thread */
};

/* A thread as a member of its innermost team. */
struct vm_member {
    struct vm_team *team; /* NULL: the initial one, of one thread */
    bool ready;
    bool
        is_task; /* that is done in its place; it has no number before one is asked for */
    bool numbered;
    unsigned number;
    unsigned slots;   /* worksharing constructs since the last barrier of the team, … */
    unsigned wanted;  /* num_threads of its next region */
    uint64_t phase;   /* … of which there were so many */
    uint64_t claimed; /* alone: of the construct that it is in */
    struct vm_settings settings;
    struct vm_loop loop;
};
/* The running thread. */
struct vm_member *vm_member(struct vm_call call);

/* How many threads its next region gets, where that does not say. */
unsigned vm_team_usual_size(const struct vm_member *self);

/* What a thread that no team has made has been told: by the environment. */
struct vm_settings vm_settings_given(struct vm_call call);

#endif

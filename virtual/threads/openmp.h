/* SPDX-License-Identifier: MIT */
/*
 * OpenMP: what gcc's entry points (gomp.c) and clang's (kmpc.c) share.
 *
 * A parallel region makes threads, and joins them at its end; the thread that came to it
 * is the team's first. What a team shares is made of the same operations as the other
 * thread libraries', with the orders that OpenMP promises and no others: a barrier orders
 * all with all, a lock its holders, an ordered region the next one; which thread gets a
 * chunk of a loop, a section or a single region orders nothing.
 *
 * What depends on the team alone is checked: that its threads meet the same barriers and
 * worksharing constructs.
 */
#ifndef LOCKSTEP_VIRTUAL_OPENMP_H
#define LOCKSTEP_VIRTUAL_OPENMP_H

#include "virtual/threads/threads.h"

/* The iterations of a loop, 0…count-1, are dealt out in chunks. */
enum vm_schedule { VM_STATIC, VM_DYNAMIC, VM_GUIDED };
struct vm_loop {
    enum vm_schedule schedule;
    bool ordered;
    uint64_t start, step, count; /* the program's variable: start + i * step */
    uint64_t chunk;              /* 0, with a static schedule: one for each thread */
    /* The rest is this thread's. */
    unsigned slot;   /* where the team counts the chunks that are given away */
    uint64_t chunks; /* how many there are */
    uint64_t next;   /* static: chunks given away; guided: of which chunk … */
    uint64_t begin;  /* … this is the beginning */
    uint64_t now;    /* the chunk being run, … */
    bool running;    /* … if one is, … */
    bool turn;       /* … and whether its turn has come, of an ordered loop */
};

/* Runs body(argument) in a team of `wanted` threads; 0: as many as it is to have.
   `loop`: its first worksharing construct, or NULL. */
void vm_team_run(void (*body)(void *), void *argument, unsigned wanted,
                 const struct vm_loop *loop, struct vm_call call);

/* The same of one thread, from here to there. */
void vm_team_alone_begins(struct vm_call call);
void vm_team_alone_ends(void);

/* The number of the running thread in its team. */
unsigned vm_team_number(void);
unsigned vm_team_size(void);

/* A team of so many for the next region of the running thread (num_threads). */
void vm_team_wants(unsigned size);

void vm_team_barrier(struct vm_call call);

/* Whether the running thread is the first at a single region. */
bool vm_team_single(struct vm_call call);

/* What the thread that runs a single region gives to the others: a barrier. */
void vm_team_give(void *pointer, struct vm_call call);
void *vm_team_take(struct vm_call call);

/* A loop begins; sections are its iterations. */
void vm_loop_begin(const struct vm_loop *loop, struct vm_call call);

/* The next chunk of the running thread, iterations *begin…*end-1 of the loop that it
   returns; NULL: there is none. */
const struct vm_loop *vm_loop_next(uint64_t *begin, uint64_t *end, struct vm_call call);

/* A chunk of a loop that is dealt out to so many threads: iterations *begin…*end-1. */
void vm_loop_chunk(struct vm_loop *loop, uint64_t chunk, unsigned threads,
                   uint64_t *begin, uint64_t *end);

/* All that a thread has of a static loop: `size` iterations from `begin` on, and again
   each `stride`. */
struct vm_part {
    uint64_t begin, size, stride;
    bool last; /* it has the last one */
};
struct vm_part vm_loop_part(const struct vm_loop *loop);

/* What a task depends on: to read or to write there, or as one that excludes others. */
enum vm_depends { VM_IN, VM_OUT, VM_MUTEX };
struct vm_dependence {
    uintptr_t address;
    enum vm_depends kind;
    uint32_t lock; /* of those that exclude each other */
};

/* A task. Argument and dependences are blocks of the heap, which are freed once one has
   waited for it, or NULL. */
struct vm_task {
    void (*body)(void *);
    void *argument;
    struct vm_dependence *dependence;
    unsigned dependences;
    bool final; /* the tasks in it are done at once */
};

/* Creates one; without `put_off` it is over when this returns. */
void vm_task_create(const struct vm_task *task, bool put_off, struct vm_call call);
/* The same of one that is done from here to there. */
void vm_task_begin(bool final, struct vm_call call);
void vm_task_end(void);
bool vm_task_is_final(void);

/* Waits for those tasks that such a one would wait for. */
void vm_task_wait_for(const struct vm_task *task, struct vm_call call);
void vm_task_wait(struct vm_call call);
void vm_task_wait_all(struct vm_call call);

/* The thread begins and ends its part of a team of its own: what it creates in between
   are that team's tasks. */
void vm_task_team_begin(struct vm_call call);
void vm_task_team_end(void);

void vm_task_group_begin(struct vm_call call);
void vm_task_group_end(struct vm_call call);

/* Deals a loop out to tasks: as many as a number says (0: one for each thread of the
   team), or as its grains do. Returns how many; each has one chunk. */
enum vm_taskloop { VM_NUM_TASKS, VM_GRAINSIZE, VM_STRICT_GRAINSIZE };
unsigned vm_taskloop(struct vm_loop *loop, enum vm_taskloop how, uint64_t number,
                     struct vm_call call);

/* Whether a region is cancelled: never, and a thread that wants it where the environment
   has allowed it is refused. */
bool vm_cancels(bool wanted, struct vm_call call);

void vm_ordered_begin(struct vm_call call);
void vm_ordered_end(struct vm_call call);

/* The schedule of schedule(runtime): into the loop. */
void vm_loop_of_runtime(struct vm_loop *loop, struct vm_call call);

/* The words of critical sections without a name, and of reductions. */
extern uint32_t vm_critical_unnamed, vm_critical_reduction;

/* A critical section, by its word; NULL: the one without a name. */
void vm_critical_begin(uint32_t *word, struct vm_call call);
void vm_critical_end(uint32_t *word, struct vm_call call);

/* The same for what the compilers have no atomic operation for: the results of a
   reduction. */
void vm_reduction_begin(struct vm_call call);
void vm_reduction_end(struct vm_call call);

#endif

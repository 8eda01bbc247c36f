/* SPDX-License-Identifier: MIT */
/*
 * The running thread, and what is kept for each.
 *
 * Constructors of the program run outside of all processors, as a part of main's thread,
 * which has processor 0.
 */
#ifndef LOCKSTEP_VIRTUAL_THREAD_H
#define LOCKSTEP_VIRTUAL_THREAD_H

#include <fenv.h>
#include <pthread.h>
#include <unwind.h>

#include "virtual/virtual.h"

enum { VM_KEYS = 64, VM_DESTRUCTORS = 64, VM_READINGS = 64 }; /* a thread */

struct vm_key {
    bool exists;
    void (*destructor)(void *);
};
struct vm_value { /* of thread-specific data */
    pthread_key_t key;
    void *value;
};
struct vm_destructor { /* of a thread_local object */
    void (*function)(void *);
    void *object;
};

struct vm_reading { /* a readers-writer lock that it reads with */
    const void *lock;
    unsigned times;
};

/* A count of a class of C++'s, which the thread is about to change. */
struct vm_count {
    const void *address; /* NULL: none */
    int64_t most;        /* that it may be, and no less than 0 */
    const char *name;    /* of the function */
};

/* What a load exclusive of aarch64 has found. (No padding: it is compared.) */
struct vm_exclusive {
    void *address; /* NULL: there was none, or a store exclusive since */
    uint64_t value, size;
    uint32_t statement, order;
};

/* What belongs to a thread, of all that virtual/ keeps. Each execution begins with
   zeros; main's with what the constructors left. */
struct vm_thread {
    bool started, detached, joined;
    bool task; /* of OpenMP's: whose thread-local variables it has is not said */
    bool has_thread_locals; /* its copy of them is made */
    void *result;
    struct _Unwind_Exception exit; /* pthread_exit, on its way through the stack */

    int error;           /* the program's errno */
    int native_error;    /* libc's, while another thread runs */
    bool has_floating;   /* its floating-point environment is not what all begin with */
    fenv_t floating;     /* that, while another thread runs; if vm_floating */
    void *exceptions[2]; /* libstdc++'s __cxa_eh_globals, likewise */
    void *callable[2];   /* std::__once_callable and std::__once_call of the program */
    void *found_taken;   /* the mutex that its std::lock has found taken, or NULL */

    uint32_t cancelled;      /* written to cancel it: `lives` and one */
    uint32_t lives;          /* threads that have been joined in this place */
    bool uncancellable;      /* by its own wish, or since it ends */
    bool cancelled_anywhere; /* its type */

    const void *waits_for, *waits_with; /* its last condition variable, and its mutex */

    uint64_t slept;   /* nanoseconds that sleeping and running out of time took */
    bool looked;      /* it has looked at the clock */
    uint64_t random;  /* state of rand() */
    uint64_t blocked; /* signals */
    uint64_t waits;   /* times that it has joined a waiting set … */
    uint64_t woken;   /* … and the word to which the waker writes this number */
    struct vm_exclusive exclusive;
    struct vm_count count;

    unsigned keys_count, values_count, destructors_count, readings_count;
    /* From here on only as many as are counted are there. */
    struct vm_key keys[VM_KEYS]; /* those that it has created */
    struct vm_value values[VM_KEYS];
    struct vm_destructor destructors[VM_DESTRUCTORS];
    struct vm_reading readings[VM_READINGS];
};
extern struct vm_thread vm_threads[VM_PROCESSORS];

/* The number of the running thread; constructors are main's. */
static inline unsigned vm_thread_number(void)
{
    return vm_self() == VM_NOBODY ? 0 : (unsigned)vm_self();
}

static inline struct vm_thread *vm_thread(void)
{
    return &vm_threads[vm_thread_number()];
}

/* Not 0, so that an owner's mark differs from "nobody". */
static inline unsigned vm_thread_mark(void)
{
    return vm_thread_number() + 1;
}

/* Says that this thread exists in this execution: only those are cleared after it. */
void vm_use_thread(unsigned number);

/* --- what constructors do ----------------------------------------------------------- */

/* Something has been done before the first execution, and is to be found by each: it is
   kept when the next one begins (executions.c). */
extern bool vm_unsettled;

/* For changes that may be made by a constructor, and by a thread. */
static inline void vm_note_change(void)
{
    vm_unsettled = vm_unsettled || vm_self() == VM_NOBODY;
}

/* --- errors ------------------------------------------------------------------------- */

/* Sets the program's errno. */
void vm_set_error(int error);

/* Sets it to what a function of libc's has set, if one has. */
void vm_take_error(void);

/* What a system call returns: 0, or -1 with an errno. */
long vm_result_of(int error);

#endif

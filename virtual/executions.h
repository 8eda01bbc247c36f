/* SPDX-License-Identifier: MIT */
/*
 * From one execution to the next: what each file that keeps something supplies, for
 * executions.c to call and nobody else.
 */
#ifndef LOCKSTEP_VIRTUAL_EXECUTIONS_H
#define LOCKSTEP_VIRTUAL_EXECUTIONS_H

#include <stddef.h>

/* Settling: what constructors of the program have left is from now on where each
   execution begins. */
void vm_settle_heap(void);          /* ground/heap.c */
void vm_settle_threads(void);       /* ground/thread.c */
void vm_settle_thread_locals(void); /* threads/thread_local.c */
void vm_settle_exit(void);          /* program/exit.c */
void vm_settle_cxx(void);           /* threads/libstdcxx.c */
void vm_settle_operators(void);     /* threads/cxx.c */
void vm_settle_openmp(void);        /* threads/openmp.c */
void vm_settle_membarrier(void);    /* threads/membarrier.c */

/* Resetting: back to there. */
void vm_reset_kept(void);         /* ground/kept.c: the program's variables, and more */
void vm_reset_heap(void);         /* ground/heap.c */
void vm_reset_threads(void);      /* ground/thread.c: keys, thread-local data, results */
void vm_reset_starts(void);       /* threads/threads.c */
void vm_reset_exit(void);         /* program/exit.c */
void vm_reset_cxx(void);          /* threads/libstdcxx.c */
void vm_reset_futex(void);        /* threads/futex.c */
void vm_reset_membarrier(void);   /* threads/membarrier.c */
void vm_reset_wait(void);         /* threads/lockstep_wait.c */
void vm_reset_openmp(void);       /* threads/openmp.c */
void vm_reset_tasks(void);        /* threads/openmp_tasks.c */
void vm_reset_crowds(void);       /* threads/waiting_sets.c */
void vm_reset_environment(void);  /* library/locale.c */
void vm_reset_streams(void);      /* library/cxx_streams.c */
void vm_reset_input(void);        /* library/input.c */
void vm_reset_signals(void);      /* library/signals.c */
void vm_reset_patterns(void);     /* library/patterns.c */
void vm_reset_stream_locks(void); /* library/stream_locks.c */
void vm_reset_section(void);      /* program/verifier.c */
void vm_reset_semaphores(void);   /* threads/semaphores.c */

/* Whose an address is, as vm_owner has it. */
int vm_heap_owner(const void *address, size_t *place); /* ground/heap.c */
int vm_thread_local_owner(const void *address,
                          size_t *place); /* threads/thread_local.c */

/* Runs a processor until it pauses, and nothing else (ground/fiber.c). */
void vm_enter(unsigned processor);

#endif

/* SPDX-License-Identifier: MIT */
/* What the clients share, and the kinds that there are: a file each. */
#ifndef LOCKCHECK_CLIENTS_KINDS_H
#define LOCKCHECK_CLIENTS_KINDS_H

#include <time.h>

#include "check/clients.h"

extern const struct client_kind lock_kind, malthusian_kind, barrier_kind, rwlock_kind,
    rwmutex_kind, mutex_kind, cond_kind, once_kind, sem_kind, seqlock_kind, promises_kind;

enum { MOST_THREADS = 16 };

/* Runs body(&number) in a thread; in that many, with numbers from 0 on; waits
   for them. */
void start_thread(unsigned number, void *(*body)(void *));
void start_threads(unsigned threads, void *(*body)(void *));
void join_threads(unsigned threads);

/* The last two. */
void run_threads(unsigned threads, void *(*body)(void *));

/* What waits that spin before they sleep do in a check: none, or that many, tries before
   (virtual/threads/lockstep_wait.c). */
void lks_spin_before_sleeping(unsigned tries);

/* Returns when all other threads wait for what another one does, or have ended
   (check/explore/others_wait.h). */
void lks_others_wait(void);

/* Returns when the thread that was created as that number, from 1 on, waits as one did
   when all others did; or false if it does not come to that. */
bool lks_thread_waits(unsigned thread);

/* After init, with what it has returned. The catalog's never refuse; one of the user's
   may be for fewer threads, and then there is nothing to check. */
void leave_if_refused(int error);

/* Memory in whole cache lines, filled with zeros. */
void *lines_of_zeros(size_t bytes);

/* The same, as an earlier use may have left it: all words of a line are its number, from
   1 on. A new object begins with nothing of the kind. */
void *lines(size_t bytes);

/* The same, where what a pointer should be is one that is aligned and leads nowhere. */
void *lines_of_pointers(size_t bytes);

/* A place for the lock or barrier, with what `memory` has filled it with: memory of its
   kind, or client_place. Gives it back. */
void *place_for(size_t bytes, void *(*memory)(size_t));
void place_back(void *place);

/* An instant to come. */
struct timespec deadline(void);

/* For a kind of which there is one alone. */
bool fits_all(const void *subject);

#endif

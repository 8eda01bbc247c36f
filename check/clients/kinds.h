/* SPDX-License-Identifier: MIT */
/* What the clients share, and the kinds that there are: a file each. */
#ifndef LOCKCHECK_CLIENTS_KINDS_H
#define LOCKCHECK_CLIENTS_KINDS_H

#include <time.h>

#include "check/clients.h"

extern const struct client_kind lock_kind, barrier_kind, rwlock_kind, mutex_kind,
    cond_kind, once_kind, sem_kind;

enum { MOST_THREADS = 16 };

/* Runs body(&number) in this number of threads, numbered from 0 on, and waits for all. */
void run_threads(unsigned threads, void *(*body)(void *));

/* Memory in whole cache lines, filled with zeros. */
void *lines(size_t bytes);

/* An instant to come. */
struct timespec deadline(void);

/* For a kind of which there is one alone: itself after NULL, and then nothing. */
const void *only(const void *previous, const void *itself);
bool fits_all(const void *subject);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The programs with which lockcheck --catalog checks the library. They are compiled with
 * instrumentation, linked with the library into one object (catalog.so), and run as any
 * program under test.
 */
#ifndef LOCKCHECK_CLIENTS_H
#define LOCKCHECK_CLIENTS_H

#include <lockstep/barrier.h>
#include <lockstep/lock.h>

struct lock_client {
    const char *name;
    bool (*fits)(const lks_lock_class_t *class);
    void (*run)(const lks_lock_class_t *class, unsigned threads, unsigned rounds);
};

struct barrier_client {
    const char *name;
    bool (*fits)(const lks_barrier_class_t *class);
    void (*run)(const lks_barrier_class_t *class, unsigned threads, unsigned rounds);
};

/* Both end with a null name. */
extern const struct lock_client lock_clients[];
extern const struct barrier_client barrier_clients[];

#endif

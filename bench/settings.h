/* SPDX-License-Identifier: MIT */
/* What is measured of the competitors: the kinds of measurement, at each number of
   threads and each share of writes. */
#ifndef LOCKBENCH_SETTINGS_H
#define LOCKBENCH_SETTINGS_H

#include "bench/options.h"

#include <stddef.h>

enum kind { LATENCY, RWLOCK_LATENCY, LOCK, RWLOCK, BARRIER, KINDS };

struct kind_facts {
    const char *name;
    enum family family;
    bool alone; /* one thread, whatever --threads says */
};

extern const struct kind_facts kind_facts[KINDS];

struct setting {
    enum kind kind;
    unsigned threads;
    double writes; /* of all acquisitions, in percent; 0 but for RWLOCK */
};

enum { MAX_SETTINGS = 2 + MAX_THREAD_COUNTS * (2 + MAX_WRITE_SHARES) };

struct settings {
    struct setting items[MAX_SETTINGS];
    unsigned count;
};

/* All that the options ask for, in the order of the tables. */
struct settings settings_of(const struct options *options);

bool same_setting(const struct setting *left, const struct setting *right);

/* "2 threads" or "2 threads, 10 % writes" */
void setting_text(char *text, size_t size, const struct setting *setting);

#endif

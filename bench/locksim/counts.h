/* SPDX-License-Identifier: MIT */
/* What is counted: of each processor by itself, so that any part of a run can be cut out. */
#ifndef LOCKSIM_COUNTS_H
#define LOCKSIM_COUNTS_H

#include "machine.h"

/* Transactions on the bus or the network, by kind. */
enum transaction {
    BUS_READ,           /* a line, to read */
    BUS_READ_EXCLUSIVE, /* a line, to write; all other copies are invalidated */
    BUS_UPGRADE,        /* the right to write; all other copies are invalidated */
    BUS_UPDATE,         /* a word, to all other copies */
    BUS_WRITE_BACK,     /* a line that no longer fits, to memory */
    REMOTE_READ,        /* without caches: a word */
    REMOTE_WRITE,
    REMOTE_MODIFY,
    TRANSACTIONS,
};
const char *transaction_name(enum transaction transaction); /* "read_exclusive" */

struct counts {
    uint64_t accesses, hits, misses; /* a miss needs a transaction, whatever for */
    uint64_t transactions[TRANSACTIONS];
    uint64_t from_cache;    /* transactions whose data came from another cache */
    uint64_t invalidations; /* copies that were invalidated */
    uint64_t updates;       /* copies that were updated */
    uint64_t words;         /* of 8 bytes, moved */
    uint64_t messages;      /* between nodes */
    uint64_t rmr_cc;        /* remote references, with an ideal cache */
    uint64_t rmr_dsm;       /* without caches, each line in the memory of one processor */
    bool spins_cc,
        spins_dsm; /* a try of a wait that found nothing new made one of those */
};
extern struct counts counts[VM_PROCESSORS];

/* Cycles in which a shared resource was taken. */
struct busy {
    cycles bus;
    cycles modules[VM_PROCESSORS]; /* dancehall: modules; numa: homes' directories */
    cycles links[VM_PROCESSORS];   /* numa: of nodes */
};
extern struct busy busy;

/* to += more − less */
void counts_add(struct counts *to, const struct counts *more, const struct counts *less);
uint64_t counts_transactions(const struct counts *counts);

#endif

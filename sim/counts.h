/* SPDX-License-Identifier: MIT */
/* What is counted: of each processor by itself, so that any part of a run can be cut
   out. */
#ifndef LOCKSIM_COUNTS_H
#define LOCKSIM_COUNTS_H

#include "sim/machine/machine.h"

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

/* Without caches, the one that an access is. */
enum transaction remote_transaction(enum use use);

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
    bool spins_cc;          /* a try of a wait that found nothing new made an rmr_cc: */
    bool spins_dsm;         /* they have no bound; likewise rmr_dsm */
};
extern struct counts counts[VM_PROCESSORS];

/* Cycles in which a shared resource was taken. */
struct busy {
    cycles bus;
    cycles modules[VM_PROCESSORS]; /* numa: directories; without caches, modules too */
    cycles links[VM_PROCESSORS];   /* numa: of nodes */
};
extern struct busy busy;

/* to += more − less */
void counts_add(struct counts *to, const struct counts *more, const struct counts *less);
uint64_t counts_transactions(const struct counts *counts);

/* Accesses of all processors, since the run began. */
uint64_t counts_accesses(void);

#endif

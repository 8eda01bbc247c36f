/* SPDX-License-Identifier: MIT */
#include "sim/counts.h"

struct counts counts[VM_PROCESSORS];
struct busy busy;

const char *transaction_name(enum transaction transaction)
{
    static const char *const names[] = {
        [BUS_READ] = "read",
        [BUS_READ_EXCLUSIVE] = "read_exclusive",
        [BUS_UPGRADE] = "upgrade",
        [BUS_UPDATE] = "update",
        [BUS_WRITE_BACK] = "write_back",
        [REMOTE_READ] = "remote_read",
        [REMOTE_WRITE] = "remote_write",
        [REMOTE_MODIFY] = "remote_modify",
    };
    return names[transaction];
}

enum transaction remote_transaction(enum use use)
{
    return use == READ ? REMOTE_READ : use == WRITE ? REMOTE_WRITE : REMOTE_MODIFY;
}

void counts_add(struct counts *to, const struct counts *more, const struct counts *less)
{
    to->accesses += more->accesses - less->accesses;
    to->hits += more->hits - less->hits;
    to->misses += more->misses - less->misses;
    for (unsigned i = 0; i < TRANSACTIONS; i++) {
        to->transactions[i] += more->transactions[i] - less->transactions[i];
    }
    to->from_cache += more->from_cache - less->from_cache;
    to->invalidations += more->invalidations - less->invalidations;
    to->updates += more->updates - less->updates;
    to->words += more->words - less->words;
    to->messages += more->messages - less->messages;
    to->rmr_cc += more->rmr_cc - less->rmr_cc;
    to->rmr_dsm += more->rmr_dsm - less->rmr_dsm;
    to->spins_cc |= more->spins_cc;
    to->spins_dsm |= more->spins_dsm;
}

uint64_t counts_accesses(void)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < VM_PROCESSORS; i++) {
        sum += counts[i].accesses;
    }
    return sum;
}

uint64_t counts_transactions(const struct counts *counted)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < TRANSACTIONS; i++) {
        sum += counted->transactions[i];
    }
    return sum;
}

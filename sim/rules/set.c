/* SPDX-License-Identifier: MIT */
#include "sim/rules/set.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

enum { WORDS = VM_PROCESSORS / 64 };

static uint64_t *spare; /* bits that nobody uses, linked by their first word */

static uint64_t *take_bits(void)
{
    uint64_t *bits = spare;
    if (bits != NULL) {
        spare = (uint64_t *)(uintptr_t)bits[0];
    } else {
        bits = sure(malloc(WORDS * sizeof *bits));
    }
    return memset(bits, 0, WORDS * sizeof *bits);
}

static void give_bits(uint64_t *bits)
{
    bits[0] = (uint64_t)(uintptr_t)spare;
    spare = bits;
}

static void become_many(struct set *set)
{
    uint64_t *bits = take_bits();
    for (unsigned i = 0; i < set->count; i++) {
        bits[set->few[i] / 64] |= UINT64_C(1) << set->few[i] % 64;
    }
    set->bits = bits;
    set->many = true;
}

void set_add(struct set *set, unsigned processor)
{
    if (set_has(set, processor)) {
        return;
    }
    if (!set->many && set->count == SET_FEW) {
        become_many(set);
    }
    if (set->many) {
        set->bits[processor / 64] |= UINT64_C(1) << processor % 64;
        set->count++;
        return;
    }
    unsigned i = set->count++;
    for (; i > 0 && set->few[i - 1] > processor; i--) {
        set->few[i] = set->few[i - 1];
    }
    set->few[i] = (uint16_t)processor;
}

void set_remove(struct set *set, unsigned processor)
{
    if (!set_has(set, processor)) {
        return;
    }
    set->count--;
    if (set->many) {
        set->bits[processor / 64] &= ~(UINT64_C(1) << processor % 64);
        if (set->count == 0) {
            set_clear(set);
        }
        return;
    }
    unsigned i = 0;
    while (set->few[i] != processor) {
        i++;
    }
    memmove(&set->few[i], &set->few[i + 1], (set->count - i) * sizeof set->few[0]);
}

void set_clear(struct set *set)
{
    if (set->many) {
        give_bits(set->bits);
    }
    memset(set, 0, sizeof *set);
}

unsigned set_next(const struct set *set, unsigned processor)
{
    if (!set->many) {
        for (unsigned i = 0; i < set->count; i++) {
            if (set->few[i] >= processor) {
                return set->few[i];
            }
        }
        return VM_PROCESSORS;
    }
    if (processor >= VM_PROCESSORS) {
        return VM_PROCESSORS;
    }
    unsigned word = processor / 64;
    uint64_t bits = set->bits[word] >> processor % 64 << processor % 64;
    while (bits == 0) {
        if (++word == WORDS) {
            return VM_PROCESSORS;
        }
        bits = set->bits[word];
    }
    return word * 64 + (unsigned)__builtin_ctzll(bits);
}

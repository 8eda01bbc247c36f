/* SPDX-License-Identifier: MIT */
/*
 * What the compilers look at themselves, where the program goes on: that an index is one
 * of its array, and the like (program/build.c says what). The functions are those of
 * their sanitizer for undefined behaviour, and so is what they are given: the beginnings
 * of its descriptions.
 */
#include "virtual/instrument.h"
#include "virtual/virtual.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SITE __builtin_return_address(0)

struct place {
    const char *file;
    uint32_t line, column;
};

struct type {
    uint16_t kind; /* 0: an integer */
    uint16_t info; /* its sign in bit 0, above that the logarithm of its bits */
    char name[];   /* between apostrophes */
};

struct two_types {
    struct place place;
    const struct type *first, *second;
};

/* A number as the compilers hand it over; the upper bits of a small one are anything. One
   of 128 bits is an address. */
static int64_t number(const struct type *type, uint64_t value)
{
    unsigned bits = 1u << (type->info >> 1);
    if (type->kind != 0 || bits > 64) {
        return bits > 64 ? *(const int64_t *)(uintptr_t)value : (int64_t)value;
    }
    unsigned above = 64 - bits;
    return (type->info & 1) != 0 ? (int64_t)(value << above) >> above
                                 : (int64_t)(value << above >> above);
}

/* An array of one element at the end of a struct had any length, before C had `[]`. Which
   are that gcc does not say: "'int [1]'" may be. (clang leaves them out itself, and names
   others "'int[1]'".) */
static bool may_be_longer(const struct type *array)
{
    const char *length = strchr(array->name, '[');
    return length != NULL && strncmp(length, "[1]", 3) == 0 &&
           (length[-1] == ' ' || length[-1] == '*');
}

/* An index beyond INT64_MAX has wrapped, and is told as the negative one that it was. */
void __ubsan_handle_out_of_bounds(const struct two_types *types, uint64_t index)
{
    if (may_be_longer(types->first)) {
        return;
    }
    instrument_wrong(VM_OUT_OF_BOUNDS, SITE, "index %" PRId64 " of an array of type %s",
                     number(types->second, index), types->first->name);
}

void __ubsan_handle_vla_bound_not_positive(const struct two_types *types, uint64_t bound)
{
    instrument_wrong(VM_MISUSE, SITE, "an array of %" PRId64 " elements",
                     number(types->first, bound));
}

void __ubsan_handle_shift_out_of_bounds(const struct two_types *types, uint64_t left,
                                        uint64_t right)
{
    (void)left;
    instrument_wrong(VM_MISUSE, SITE, "a value of type %s shifted by %" PRId64 " bits",
                     types->first->name, number(types->second, right));
}

void __ubsan_handle_builtin_unreachable(const struct place *place)
{
    (void)place;
    instrument_wrong(VM_MISUSE, SITE, "__builtin_unreachable() is reached");
}

void __ubsan_handle_missing_return(const struct place *place)
{
    (void)place;
    instrument_wrong(VM_MISUSE, SITE, "a function that has a result ends without return");
}

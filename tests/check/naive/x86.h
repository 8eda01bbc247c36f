/* SPDX-License-Identifier: MIT */
/* Litmus tests of x86-TSO with published verdicts. */
#ifndef LOCKSTEP_NAIVE_X86_H
#define LOCKSTEP_NAIVE_X86_H

#include <stdbool.h>
#include <stddef.h>

struct x86_test {
    const char *name, *program;
    const char *outcome[7]; /* what a graph's text (naive.h) must have in it for that;
                               NULL at the end */
    bool allowed;
};

/* The last one has no name. */
extern const struct x86_test x86_tests[];

#endif

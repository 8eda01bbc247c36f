/* SPDX-License-Identifier: MIT */
/* For programs that know nothing of Lockstep: what has to hold, or they end with a line
   that says what did not. */
#ifndef TESTS_PRELOAD_EXPECT_H
#define TESTS_PRELOAD_EXPECT_H

#include <stdio.h>
#include <stdlib.h>

#define EXPECT(value, expected)                                                          \
    do {                                                                                 \
        long long is = (long long)(value), ought = (long long)(expected);                \
        if (is != ought) {                                                               \
            (void)fprintf(stderr, "%s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__,   \
                          #value, is, ought);                                            \
            exit(1);                                                                     \
        }                                                                                \
    } while (0)

#endif

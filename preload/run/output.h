/* SPDX-License-Identifier: MIT */
/* What a program printed: how alike two of its runs were in it. */
#ifndef PRELOAD_RUN_OUTPUT_H
#define PRELOAD_RUN_OUTPUT_H

#include <stdint.h>

/* From the most alike to the least. */
enum likeness { SAME, OTHER_ORDER, OTHER_NUMBERS, OTHER_TEXT };

/* Hashes: what is alike has the same. */
struct output {
    uint64_t whole;   /* of all bytes */
    uint64_t lines;   /* the sum of the lines' own, in whatever order these are */
    uint64_t letters; /* the same, without numbers */
};

struct output output_read(const char *path);
enum likeness output_compare(const struct output *one, const struct output *other);

#endif

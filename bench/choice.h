/* SPDX-License-Identifier: MIT */
/* Which one of many locks a thread takes: each as likely, or some more than others. */
#ifndef LOCKBENCH_CHOICE_H
#define LOCKBENCH_CHOICE_H

#include <stdint.h>

/* For each of them how likely it is that a draw that falls on it stays there, in 2³²nds,
   and where it goes else (M. D. Vose's alias method: a draw takes as long for any
   distribution). */
struct choice {
    uint32_t count;
    struct alias {
        uint32_t stays;
        uint32_t other;
    } * aliases; /* NULL: all are as likely */
};

/* Of `count`, the one with number i with a probability that goes with 1 / (i + 1)^theta:
   0 is uniform. To be freed with choice_free. */
struct choice choice_make(uint32_t count, double theta);
void choice_free(struct choice *choice);

/* By two random numbers. */
static inline uint32_t choose(const struct choice *choice, uint32_t one, uint32_t other)
{
    uint32_t chosen = (uint32_t)(((uint64_t)one * choice->count) >> 32);
    if (choice->aliases != 0 && other >= choice->aliases[chosen].stays) {
        chosen = choice->aliases[chosen].other;
    }
    return chosen;
}

#endif

/* SPDX-License-Identifier: MIT */
/* Operations, values and places, in the words that all pictures of an execution use. */
#ifndef LOCKCHECK_WORDS_H
#define LOCKCHECK_WORDS_H

#include "check/explore/graph.h"

/* A space at which a line is not broken; shown as any other. */
#define TIE "\x1f"

/* Text that grows; to be freed with words_free. */
struct words {
    char *text; /* NULL: empty */
    size_t length, room;
};
void words_add(struct words *words, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
const char *words_text(const struct words *words);
void words_free(struct words *words);

/* "flag", "nodes[1].next". */
void words_variable(struct words *words, const void *address);

/* A value of `size` bytes: a small number, or what it points to ("&nodes[1]"); if it is
   known to be a pointer, NULL. */
void words_value(struct words *words, uint64_t value, unsigned size, bool pointer);

/* Whether a value is the address of something that has a name. */
bool words_points(uint64_t value);

/* Whether a location is a pointer, or has held one. */
bool words_is_pointer(const struct graph *graph, uint32_t location);

/* Whether an address is of the virtual multiprocessor's own: it has no name to show. */
bool words_is_inside(const void *address);

/* Blocks of the heap are called block1, block2, … in the order in which they are first
   named. Forgets them; and visits those that have been named. */
void words_begin(void);
unsigned words_blocks(void);
const void *words_block(unsigned number);

/* "W rel  flag = 1", "RMW acq_rel  tail: 0 → &nodes[0]", "pthread_mutex_lock  m". */
void words_event(struct words *words, const struct graph *graph, event_id id);

/* "mcs.h:61"; nothing when it is not known. */
void words_place(struct words *words, const void *site);

#endif

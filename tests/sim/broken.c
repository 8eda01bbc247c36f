/* SPDX-License-Identifier: MIT */
/*
 * locksim with a broken protocol, for --check to find: a copy that is invalidated stays.
 */
#include "sim/rules/lines.h"

/* The linker puts the one in place of the other. */
void __real_line_set(struct line *line, unsigned processor, enum state state);
void __wrap_line_set(struct line *line, unsigned processor, enum state state);

void __wrap_line_set(struct line *line, unsigned processor, enum state state)
{
    if (state != INVALID) {
        __real_line_set(line, processor, state);
    }
}

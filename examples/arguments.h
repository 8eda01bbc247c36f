/* SPDX-License-Identifier: MIT */
/* Numbers on the command lines of the examples. */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * Returns the number from 1 to `most` that `text` stands for, or `otherwise` if there is
 * no text. Anything else ends the program with one line on stderr and exit status 2.
 */
static inline uint32_t number_argument(const char *program, const char *meaning,
                                       const char *text, uint32_t otherwise,
                                       uint32_t most)
{
    if (text == NULL) {
        return otherwise;
    }
    char *end;
    errno = 0;
    unsigned long number = strtoul(text, &end, 10);
    /* The first character: strtoul would take a sign, or spaces, as well. */
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || number < 1 ||
        number > most) {
        (void)fprintf(stderr, "%s: %s is a number from 1 to %u, not \"%s\"\n", program,
                      meaning, (unsigned)most, text);
        exit(2);
    }
    return (uint32_t)number;
}

#endif

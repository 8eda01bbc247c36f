/* SPDX-License-Identifier: MIT */
/* What a program has that nobody announces: a verdict on it does not cover that. */
#include "virtual/program/build.h"
#include "virtual/program/tool.h"

#include <stdio.h>
#include <string.h>

enum { NAMED = 3 }; /* the rest is a number */
static char names[256];
static unsigned count;

void unseen_add(const char *place, const char *what)
{
    complain("warning: %s%s is not instrumented: what it does to memory is not seen",
             place, what);
    size_t length = strlen(names);
    if (count < NAMED) {
        snprintf(names + length, sizeof names - length, "%s%.60s", count > 0 ? ", " : "",
                 what);
    }
    count++;
}

const char *vm_unseen(void)
{
    static char text[sizeof names + 32];
    if (count == 0) {
        return NULL;
    }
    snprintf(text, sizeof text, "%s", names);
    if (count > NAMED) {
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, " and %u more", count - NAMED);
    }
    return text;
}

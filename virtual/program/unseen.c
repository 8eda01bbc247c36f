/* SPDX-License-Identifier: MIT */
/* What a program has that nobody announces: a verdict on it does not cover that. */
#include "common/text.h"
#include "virtual/program/build.h"
#include "virtual/program/tool.h"

#include <stdio.h>
#include <string.h>

enum { NAMED = 3 }; /* the rest is a number */
static char names[256];
static char **warnings; /* what has been said, each once */
static unsigned count;

const char *const *vm_trusted;

/* A file is trusted by its last part, too, and libNAME.so by -lNAME. */
bool unseen_is_trusted(const char *what)
{
    const char *last = last_part(what);
    for (const char *const *name = vm_trusted; name != NULL && *name != NULL; name++) {
        size_t length = strlen(*name);
        if (strcmp(*name, what) == 0 || strcmp(*name, last) == 0 ||
            (length > 2 && strncmp(*name, "-l", 2) == 0 && strncmp(last, "lib", 3) == 0 &&
             strncmp(last + 3, *name + 2, length - 2) == 0 && last[length + 1] == '.')) {
            return true;
        }
    }
    return false;
}

void unseen_add(const char *place, const char *what)
{
    if (unseen_is_trusted(what)) {
        return;
    }
    char warning[2 * PLACE_SIZE];
    snprintf(warning, sizeof warning, "%s%s", place, what);
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(warnings[i], warning) == 0) {
            return;
        }
    }
    complain("warning: %s is not instrumented: what it does to memory is not seen",
             warning);
    warnings = sure_resize(warnings, (count + 1) * sizeof *warnings);
    warnings[count] = sure_copy(warning);
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

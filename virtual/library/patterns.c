/* SPDX-License-Identifier: MIT */
/* Regular expressions, and patterns of names. */
#include "virtual/executions.h"
#include "virtual/ground/messages.h"
#include "virtual/library/library.h"

#include <fnmatch.h>
#include <regex.h>

/* Those that this execution has compiled and not freed: their memory is not the
   program's heap, and is given back when the execution is over. */
static regex_t *compiled;
static size_t count, room;

void vm_reset_patterns(void)
{
    while (count > 0) {
        regfree(&compiled[--count]);
    }
}

int __wrap_regcomp(regex_t *expression, const char *text, int flags)
{
    if (vm_self() == VM_NOBODY) {
        instrument_refuse(SITE, "regcomp before main");
    }
    (void)vm_called(SITE);
    (void)read_string(text, SITE);
    reads_locale(SITE);
    writes(expression, sizeof *expression, SITE);
    int error = regcomp(expression, text, flags);
    if (error == 0) {
        if (count == room) {
            room = 2 * room + 8;
            compiled = sure_resize(compiled, room * sizeof *compiled);
        }
        compiled[count++] = *expression;
    }
    return error;
}

static const regex_t *one_that_is(const regex_t *expression, const char *name,
                                  const void *site)
{
    reads(expression, sizeof *expression, site);
    for (size_t i = 0; i < count; i++) {
        if (compiled[i].buffer == expression->buffer) {
            return expression;
        }
    }
    instrument_wrong(VM_MISUSE, site,
                     "%s of an expression that has not been compiled, or was freed",
                     name);
}

int __wrap_regexec(const regex_t *expression, const char *text, size_t most,
                   regmatch_t found[], int flags)
{
    (void)one_that_is(expression, "regexec", SITE);
    if ((flags & REG_STARTEND) != 0) {
        reads(found, sizeof *found, SITE);
        reads(text + found->rm_so, (size_t)(found->rm_eo - found->rm_so), SITE);
    } else {
        (void)read_string(text, SITE);
    }
    reads_locale(SITE);
    if (most > 0 && !expression->no_sub) {
        writes(found, most * sizeof *found, SITE);
    }
    return regexec(expression, text, most, found, flags);
}

void __wrap_regfree(regex_t *expression)
{
    (void)vm_called(SITE);
    (void)one_that_is(expression, "regfree", SITE);
    writes(expression, sizeof *expression, SITE);
    size_t which = 0;
    while (compiled[which].buffer != expression->buffer) {
        which++;
    }
    regfree(expression);
    compiled[which] = compiled[--count];
}

size_t __wrap_regerror(int error, const regex_t *expression, char *to, size_t size)
{
    size_t length = regerror(error, expression, NULL, 0);
    writes(to, length < size ? length : size, SITE);
    return regerror(error, expression, to, size);
}

int __wrap_fnmatch(const char *pattern, const char *text, int flags)
{
    (void)read_string(pattern, SITE);
    (void)read_string(text, SITE);
    reads_locale(SITE);
    return fnmatch(pattern, text, flags);
}

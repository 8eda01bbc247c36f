/* SPDX-License-Identifier: MIT */
/* What the library keeps for the whole process, and hands out: the environment, what
   getopt tells, and times in parts. */
#include "virtual/ground/messages.h"
#include "virtual/ground/places.h"
#include "virtual/library/library.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* --- the environment ---------------------------------------------------------------- */

/* It stands for all of it. Reports name it. A program may also look at environ. */
VM_ALONE static char the_environment;
VM_PLACE(VM_PLACED_ENVIRONMENT, the_environment)

void vm_environment(bool write, const void *site)
{
    vm_plain(&the_environment, 1, write, site);
    vm_plain((void *)&environ, sizeof environ, write, site);
}

/* What getopt tells is in variables of the C library's, which the program may set. What
   else it remembers is forgotten when it looks at other arguments, from 0 on. */
static bool has_looked = true; /* as we may have */

static void begin_options(void)
{
    if (has_looked) {
        char name[] = "", *none[] = {name, NULL};
        optind = 0;
        (void)getopt(1, none, "");
        has_looked = false;
    }
    optind = opterr = 1;
    optopt = '?';
    optarg = NULL;
}

/* The pointers as main first gets them; the texts stay as they are. */
static char **begins_at, **begins_with;
static size_t begins_count;

static void keep_variables(void)
{
    begins_at = environ;
    while (environ[begins_count] != NULL) {
        begins_count++;
    }
    begins_count++;
    begins_with = sure_resize(NULL, begins_count * sizeof *begins_with);
    memcpy((void *)begins_with, (void *)environ, begins_count * sizeof *begins_with);
}

void vm_reset_variables(void)
{
    if (begins_with == NULL) {
        keep_variables();
    }
    begin_options();
    environ = begins_at;
    memcpy((void *)environ, (void *)begins_with, begins_count * sizeof *begins_with);
}

char *__wrap_getenv(const char *name)
{
    (void)read_string(name, SITE);
    vm_environment(false, SITE);
    return getenv(name);
}

char *__wrap_secure_getenv(const char *name)
{
    (void)read_string(name, SITE);
    vm_environment(false, SITE);
    return secure_getenv(name);
}

int __wrap_setenv(const char *name, const char *value, int overwrite)
{
    (void)read_string(name, SITE);
    (void)read_string(value, SITE);
    vm_environment(true, SITE);
    return setenv(name, value, overwrite);
}

int __wrap_unsetenv(const char *name)
{
    (void)read_string(name, SITE);
    vm_environment(true, SITE);
    return unsetenv(name);
}

int __wrap_putenv(char *text)
{
    (void)read_string(text, SITE);
    vm_environment(true, SITE);
    return putenv(text);
}

int __wrap_clearenv(void)
{
    vm_environment(true, SITE);
    return clearenv();
}

/* --- options ------------------------------------------------------------------------ */

/* All arguments are looked at, and may change places; the environment is, too. */
static void begin_look(int count, char *const *arguments, const char *letters,
                       const void *site)
{
    has_looked = true;
    writes(&optind, sizeof optind, site);
    writes(&opterr, sizeof opterr, site);
    writes(&optopt, sizeof optopt, site);
    writes((const void *)&optarg, sizeof optarg, site);
    (void)read_string(letters, site);
    for (int i = 0; i < count; i++) {
        (void)read_string(arguments[i], site);
    }
    vm_environment(false, site);
    writes((const void *)arguments, (size_t)count * sizeof *arguments, site);
}

int __wrap_getopt(int count, char *const *arguments, const char *letters)
{
    begin_look(count, arguments, letters, SITE);
    return getopt(count, arguments, letters);
}

#define LONG_OPTIONS(function)                                                           \
    int __wrap_##function(int count, char *const *arguments, const char *letters,        \
                          const struct option *options, int *which)                      \
    {                                                                                    \
        begin_look(count, arguments, letters, SITE);                                     \
        const struct option *option = options;                                           \
        for (; option->name != NULL; option++) {                                         \
            (void)read_string(option->name, SITE);                                       \
        }                                                                                \
        reads(options, (size_t)(option + 1 - options) * sizeof *options, SITE);          \
        int index = -1, result = function(count, arguments, letters, options, &index);   \
        if (index >= 0 && which != NULL) {                                               \
            writes(which, sizeof *which, SITE);                                          \
            *which = index;                                                              \
        }                                                                                \
        if (index >= 0 && options[index].flag != NULL) {                                 \
            writes(options[index].flag, sizeof *options[index].flag, SITE);              \
        }                                                                                \
        return result;                                                                   \
    }
LONG_OPTIONS(getopt_long)
LONG_OPTIONS(getopt_long_only)

void __wrap_tzset(void)
{
    vm_environment(false, SITE);
    tzset();
}

/* --- times -------------------------------------------------------------------------- */

/* Into the library's own memory, which the program is given. */
#define BROKEN_DOWN(name)                                                                \
    struct tm *__wrap_##name(const time_t *time)                                         \
    {                                                                                    \
        reads(time, sizeof *time, SITE);                                                 \
        vm_environment(false, SITE);                                                     \
        struct tm *result = name(time);                                                  \
        writes(result, sizeof *result, SITE);                                            \
        return name(time);                                                               \
    }                                                                                    \
    struct tm *__wrap_##name##_r(const time_t *time, struct tm *result)                  \
    {                                                                                    \
        reads(time, sizeof *time, SITE);                                                 \
        vm_environment(false, SITE);                                                     \
        writes(result, sizeof *result, SITE);                                            \
        return name##_r(time, result);                                                   \
    }
BROKEN_DOWN(localtime)
BROKEN_DOWN(gmtime)

char *__wrap_ctime(const time_t *time)
{
    reads(time, sizeof *time, SITE);
    vm_environment(false, SITE);
    struct tm *parts = localtime(time); /* it goes through there */
    writes(parts, sizeof *parts, SITE);
    char *text = ctime(time);
    writes(text, strlen(text) + 1, SITE);
    return ctime(time);
}

char *__wrap_ctime_r(const time_t *time, char *to)
{
    reads(time, sizeof *time, SITE);
    vm_environment(false, SITE);
    writes(to, strlen(ctime(time)) + 1, SITE);
    return ctime_r(time, to);
}

char *__wrap_asctime(const struct tm *time)
{
    reads(time, sizeof *time, SITE);
    char *text = asctime(time);
    writes(text, strlen(text) + 1, SITE);
    return asctime(time);
}

char *__wrap_asctime_r(const struct tm *time, char *to)
{
    reads(time, sizeof *time, SITE);
    writes(to, strlen(asctime(time)) + 1, SITE);
    return asctime_r(time, to);
}

#define MAKE_TIME(name)                                                                  \
    time_t __wrap_##name(struct tm *time)                                                \
    {                                                                                    \
        reads(time, sizeof *time, SITE);                                                 \
        vm_environment(false, SITE);                                                     \
        writes(time, sizeof *time, SITE);                                                \
        return name(time);                                                               \
    }
MAKE_TIME(mktime)
MAKE_TIME(timegm)

char *__wrap_strptime(const char *text, const char *format, struct tm *time)
{
    (void)read_string(text, SITE);
    (void)read_string(format, SITE);
    reads_locale(SITE);
    writes(time, sizeof *time, SITE);
    return strptime(text, format, time);
}

size_t __wrap_strftime(char *to, size_t size, const char *format, const struct tm *time)
{
    (void)read_string(format, SITE);
    reads(time, sizeof *time, SITE);
    reads_locale(SITE);
    char *own = malloc(size + 1);
    size_t length = own == NULL ? 0 : strftime(own, size, format, time);
    free(own);
    /* What is too long leaves the buffer in an unknown state. */
    writes(to, length > 0 ? length + 1 : size, SITE);
    return strftime(to, size, format, time);
}

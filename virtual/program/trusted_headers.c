/* SPDX-License-Identifier: MIT */
/*
 * The library's headers as a program finds them that is checked with its primitives taken
 * as proved: each header itself, and then its functions' names as those of the
 * specifications (threads/trusted.c). Objects, initialisers, and the functions that are
 * not named here are the library's own.
 */
#include "virtual/program/build.h"
#include "virtual/program/program.h"
#include "virtual/program/trusted_functions.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

bool vm_library_trusted;

/* lks_HEADER_NAME; no parameters: a function whose caller does a part of the library's
   own work, which the specification does not have. */
static const struct function {
    const char *header, *result, *name, *parameters;
} functions[] = {
#define WORDS(header, result, name, parameters) {#header, #result, #name, #parameters},
    TRUSTED_FUNCTIONS(WORDS){"cond", "int", "enter", NULL},
    {"cond", "int", "withdraw", NULL},
    {"cond", "int", "leave", NULL},
};

static const char *const headers[] = {"mutex", "cond", "once", "sem", "rwmutex"};
enum { HEADERS = sizeof headers / sizeof *headers };
static bool used[HEADERS];

static void write_header(FILE *file, const char *header)
{
    (void)fprintf(file,
                  "#pragma GCC system_header\n"
                  "#include_next <lockstep/%s.h>\n"
                  "#ifdef __cplusplus\n"
                  "extern \"C\" {\n"
                  "#endif\n",
                  header);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        const struct function *function = &functions[i];
        if (strcmp(function->header, header) != 0) {
            continue;
        }
        if (function->parameters == NULL) {
            (void)fprintf(file,
                          "#define lks_%s_%s "
                          "lks_%s_%s_cannot_be_checked_with_trust_library\n",
                          header, function->name, header, function->name);
            continue;
        }
        (void)fprintf(file,
                      "%s lks_trusted_%s_%s%s;\n"
                      "#define lks_%s_%s lks_trusted_%s_%s\n",
                      function->result, header, function->name, function->parameters,
                      header, function->name, header, function->name);
    }
    (void)fputs("#ifdef __cplusplus\n}\n#endif\n", file);
}

static bool make_directory(const char *path)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        complain("%s: %s", path, strerror(errno));
        return false;
    }
    return true;
}

bool trusted_headers_write(const char *directory)
{
    char path[PATH_MAX];
    if (!make_directory(directory)) {
        return false;
    }
    (void)snprintf(path, sizeof path, "%s/lockstep", directory);
    if (!make_directory(path)) {
        return false;
    }
    for (unsigned i = 0; i < HEADERS; i++) {
        (void)snprintf(path, sizeof path, "%s/lockstep/%s.h", directory, headers[i]);
        FILE *file = fopen(path, "we");
        if (file != NULL) {
            write_header(file, headers[i]);
        }
        if (file == NULL || fclose(file) != 0) {
            complain("%s: %s", path, strerror(errno));
            return false;
        }
    }
    return true;
}

/* --- which are used ----------------------------------------------------------------- */

void trusted_headers_note(const char *name)
{
    static const char prefix[] = "lks_trusted_";
    for (unsigned i = 0; i < HEADERS; i++) {
        size_t length = strlen(headers[i]);
        used[i] = used[i] || (strncmp(name, prefix, sizeof prefix - 1) == 0 &&
                              strncmp(name + sizeof prefix - 1, headers[i], length) == 0);
    }
}

const char *vm_library_used(void)
{
    static char text[128];
    unsigned left = 0;
    size_t length = 0;
    for (unsigned i = 0; i < HEADERS; i++) {
        left += used[i];
    }
    text[0] = '\0';
    for (unsigned i = 0; i < HEADERS; i++) {
        if (used[i]) {
            left--;
            length += (size_t)snprintf(text + length, sizeof text - length, "lks_%s%s",
                                       headers[i],
                                       left > 1    ? ", "
                                       : left == 1 ? " and "
                                                   : "");
        }
    }
    return text;
}

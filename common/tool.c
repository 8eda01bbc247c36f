/* SPDX-License-Identifier: MIT */
#include "common/tool.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct tool tool;

static FILE *messages(void)
{
    return tool.err != NULL ? tool.err : stderr;
}

void refuse(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    progress_clear();
    (void)fprintf(messages(), "%s: ", tool.name);
    (void)vfprintf(messages(), format, arguments);
    (void)fputc('\n', messages());
    (void)fflush(messages());
    va_end(arguments);
    if (tool.quit != NULL) {
        tool.quit(STATUS_CANNOT);
    }
    exit(STATUS_CANNOT);
}

static bool shown; /* a line of progress stands there */

void progress_show(const char *format, ...)
{
    if (!tool.is_watched && !tool.verbose) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    (void)fputs(tool.is_watched ? "\r\033[K" : "", messages());
    (void)vfprintf(messages(), format, arguments);
    (void)fputs(tool.is_watched ? "" : "\n", messages());
    (void)fflush(messages());
    va_end(arguments);
    shown = tool.is_watched;
}

void progress_clear(void)
{
    if (shown) {
        (void)fputs("\r\033[K", messages());
        (void)fflush(messages());
        shown = false;
    }
}

static FILE *open_or_refuse(const char *path, const char *mode)
{
    FILE *file = path == NULL ? stdout : fopen(path, mode);
    if (file == NULL) {
        refuse("--output: cannot write '%s': %s", path, strerror(errno));
    }
    return file;
}

FILE *output_open(const char *path)
{
    return open_or_refuse(path, "w");
}

void output_check(const char *path)
{
    FILE *file = open_or_refuse(path, "a");
    if (file != stdout) {
        (void)fclose(file);
    }
}

void output_close(FILE *file, const char *path)
{
    bool failed = fflush(file) != 0 || ferror(file) != 0;
    int error = errno;
    if (file != stdout && fclose(file) != 0 && !failed) {
        failed = true;
        error = errno;
    }
    if (failed) {
        refuse("%s: %s", path == NULL ? "standard output" : path, strerror(error));
    }
}

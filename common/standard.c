/* SPDX-License-Identifier: MIT */
#include "common/standard.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/command.h"
#include "common/tool.h"

const char *headers_directory(void)
{
    static char path[PATH_MAX];
    char beside[PATH_MAX - 64];
    ssize_t length = readlink("/proc/self/exe", beside, sizeof beside - 1);
    beside[length > 0 ? length : 0] = '\0';
    for (char *slash; (slash = strrchr(beside, '/')) != NULL;) {
        *slash = '\0';
        (void)snprintf(path, sizeof path, "%s/include/lockstep/own.h", beside);
        if (access(path, R_OK) == 0) {
            (void)snprintf(path, sizeof path, "%s/include", beside);
            return path;
        }
    }
    return NULL;
}

static bool is_old(const char *compiler, const char *directory)
{
    static const char text[] = "#if __cplusplus < 201703L\n#error older\n#endif\n";
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/standard.cc", directory);
    FILE *file = fopen(path, "we");
    if (file == NULL || fputs(text, file) == EOF || fclose(file) != 0) {
        refuse("%s: %s", path, strerror(errno));
    }
    struct command command = {NULL, 0, 0};
    command_add(&command, compiler);
    command_add(&command, "-E");
    command_add(&command, path);
    return !command_run(&command, "/dev/null", "/dev/null");
}

const char *cxx_standard(const char *compiler, const char *const *flags,
                         const char *directory)
{
    static enum { UNKNOWN, OLD, NEW } answer;
    while (*flags != NULL && strncmp(*flags, "-std", 4) != 0) {
        flags++;
    }
    if (answer == UNKNOWN && *flags == NULL) {
        answer = is_old(compiler, directory) ? OLD : NEW;
    }
    return *flags == NULL && answer == OLD ? "-std=gnu++17" : NULL;
}

/* SPDX-License-Identifier: MIT */
#include "common/input.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

FILE *input_open(const char *path, const char *mode)
{
    struct stat status;
    FILE *file = fopen(path, mode);
    if (file == NULL || fstat(fileno(file), &status) != 0) {
        return file;
    }
    const bool device = S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode);
    if (S_ISDIR(status.st_mode) || (device && isatty(fileno(file)) == 0)) {
        (void)fclose(file);
        errno = device ? EINVAL : EISDIR;
        return NULL;
    }
    return file;
}

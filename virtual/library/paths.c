/* SPDX-License-Identifier: MIT */
/* Questions about files, which change nothing. A file must not change meanwhile. */
#include "virtual/library/input.h"
#include "virtual/library/library.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int with_error(int result)
{
    vm_take_error();
    return result;
}

#define STATUS(name)                                                                     \
    int __wrap_##name(const char *path, struct stat *status)                             \
    {                                                                                    \
        (void)read_string(path, SITE);                                                   \
        vm_not_written(path, SITE);                                                      \
        writes(status, sizeof *status, SITE);                                            \
        return with_error(name(path, status));                                           \
    }
STATUS(stat)
STATUS(lstat)

int __wrap_access(const char *path, int mode)
{
    (void)read_string(path, SITE);
    vm_not_written(path, SITE);
    return with_error(access(path, mode));
}

/* Into memory of the program's: what it has given, of this size, or a block of the heap's
   if that is NULL. */
static char *give(char *own, char *to, size_t size, const void *site)
{
    size_t length = own == NULL ? 0 : strlen(own) + 1;
    vm_take_error();
    if (own != NULL && to != NULL && length > size) {
        vm_set_error(ERANGE);
        to = NULL;
    } else if (own != NULL) {
        to = to != NULL ? to : vm_allocate(length > size ? length : size, 1, false, site);
        if (to != NULL) {
            writes(to, length, site);
            memcpy(to, own, length);
        }
    }
    free(own);
    return own == NULL ? NULL : to;
}

char *__wrap_realpath(const char *path, char *to)
{
    if (path != NULL) {
        (void)read_string(path, SITE);
        vm_not_written(path, SITE);
    }
    return give(realpath(path, NULL), to, PATH_MAX, SITE);
}

char *__wrap_getcwd(char *to, size_t size)
{
    return give(getcwd(NULL, 0), to, size, SITE);
}

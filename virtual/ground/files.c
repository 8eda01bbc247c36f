/* SPDX-License-Identifier: MIT */
/* Files and their names. */
#include "virtual/ground/files.h"
#include "virtual/ground/messages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *read_all(int file, size_t *size)
{
    struct stat status;
    if (fstat(file, &status) != 0) {
        return NULL;
    }
    if (!S_ISREG(status.st_mode)) {
        errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
        return NULL;
    }
    char *text = sure_resize(NULL, (size_t)status.st_size + 1);
    size_t length = 0;
    while (length < (size_t)status.st_size) {
        ssize_t got = read(file, text + length, (size_t)status.st_size - length);
        if (got < 0) {
            free(text);
            return NULL;
        }
        if (got == 0) {
            break;
        }
        length += (size_t)got;
    }
    text[length] = '\0';
    *size = length;
    return text;
}

char *file_read(const char *path, size_t *size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return NULL;
    }
    char *text = read_all(file, size);
    int error = errno;
    close(file);
    errno = error;
    return text;
}

bool file_write(const char *path, const char *text, size_t size)
{
    FILE *file = fopen(path, "we");
    bool good = file != NULL && fwrite(text, 1, size, file) == size;
    if (file != NULL && fclose(file) != 0) {
        good = false;
    }
    if (!good) {
        complain("%s: %s", path, strerror(errno));
    }
    return good;
}

const char *file_shortened(const char *path)
{
    char here[4096];
    if (path[0] == '/' && getcwd(here, sizeof here) != NULL) {
        path = file_below(path, here);
    }
    while (path[0] == '.' && path[1] == '/') {
        path += 2;
    }
    return path;
}

const char *file_below(const char *path, const char *directory)
{
    size_t length = strlen(directory);
    if (strncmp(path, directory, length) == 0 && path[length] == '/') {
        return path + length + 1;
    }
    return path;
}

/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <stdio_ext.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "memory.h"

FILE *out, *err;
static int caught = -1;

void output_ours(void)
{
    out = fdopen(dup(STDOUT_FILENO), "w");
    err = fdopen(dup(STDERR_FILENO), "w");
    if (out == NULL || err == NULL) {
        perror("lockcheck: standard output");
        exit(3);
    }
    (void)setvbuf(err, NULL, _IONBF, 0);
}

void output_catch(void)
{
    (void)fflush(NULL);
    caught = memfd_create("output", MFD_CLOEXEC);
    if (caught < 0 || dup2(caught, STDOUT_FILENO) < 0 ||
        dup2(caught, STDERR_FILENO) < 0) {
        (void)fprintf(err, "lockcheck: cannot catch the program's output\n");
        exit(3);
    }
}

void output_begin(void)
{
    __fpurge(stdout);
    if (lseek(caught, 0, SEEK_CUR) > 0) {
        (void)lseek(caught, 0, SEEK_SET);
        (void)!ftruncate(caught, 0);
    }
}

char *output_caught(size_t *size)
{
    (void)fflush(stdout);
    off_t end = lseek(caught, 0, SEEK_END);
    char *text = grow(NULL, (size_t)(end > 0 ? end : 0) + 1);
    ssize_t got = pread(caught, text, (size_t)(end > 0 ? end : 0), 0);
    *size = got > 0 ? (size_t)got : 0;
    text[*size] = '\0';
    return text;
}

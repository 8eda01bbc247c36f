/* SPDX-License-Identifier: MIT */
/* What the program prints: it goes to a file in memory. */
#include "virtual/program/tool.h"

#include <errno.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "virtual/ground/messages.h"
#include "virtual/library/input.h"

struct vm_terminal vm_terminal;
static int caught = -1;

void vm_output_ours(void)
{
    vm_input_ours();
    vm_out = fdopen(dup(STDOUT_FILENO), "w");
    vm_err = fdopen(dup(STDERR_FILENO), "w");
    if (vm_err != NULL) {
        (void)setvbuf(vm_err, NULL, _IONBF, 0);
    }
    if (vm_out == NULL || vm_err == NULL) {
        complain("standard output, or standard error, is not open");
        vm_quit(3);
    }
    struct winsize window;
    bool wide = ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col >= 40;
    vm_terminal = (struct vm_terminal){.out = isatty(STDOUT_FILENO) == 1,
                                       .err = isatty(STDERR_FILENO) == 1,
                                       .columns = wide ? window.ws_col : 100};
}

int vm_output_error;

void vm_output_flush(void)
{
    if (fflush(vm_out) != 0 && vm_output_error == 0) {
        vm_output_error = errno;
    }
    if (ferror(vm_out) && vm_output_error == 0) {
        vm_output_error = EIO; /* the call that met it has not kept it */
    }
}

void vm_output_catch(bool errors)
{
    (void)fflush(NULL);
    if (caught < 0) {
        caught = memfd_create("output", MFD_CLOEXEC);
    }
    if (caught < 0 || dup2(caught, STDOUT_FILENO) < 0 ||
        (errors && dup2(caught, STDERR_FILENO) < 0)) {
        complain("cannot catch the program's output");
        vm_quit(3);
    }
}

void vm_output_purge(void)
{
    __fpurge(stdout);
}

void vm_output_begin(void)
{
    vm_output_purge();
    if (lseek(caught, 0, SEEK_CUR) > 0) {
        (void)lseek(caught, 0, SEEK_SET);
        (void)!ftruncate(caught, 0);
    }
}

char *vm_output_caught(size_t *size)
{
    (void)fflush(stdout);
    off_t end = lseek(caught, 0, SEEK_END);
    char *text = sure_resize(NULL, (size_t)(end > 0 ? end : 0) + 1);
    ssize_t got = pread(caught, text, (size_t)(end > 0 ? end : 0), 0);
    *size = got > 0 ? (size_t)got : 0;
    text[*size] = '\0';
    return text;
}

void vm_output_release(void)
{
    (void)fflush(stdout);
    (void)dup2(fileno(vm_out), STDOUT_FILENO);
}

/* SPDX-License-Identifier: MIT */
/* What virtual/ itself says, and memory that does not run out unnoticed. */
#include "virtual/ground/messages.h"
#include "common/scratch.h"
#include "virtual/virtual.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *vm_tool = "lockstep", *vm_purpose = "run";
FILE *vm_out, *vm_err;

void complain(const char *format, ...)
{
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    fprintf(vm_err != NULL ? vm_err : stderr, "%s: %s\n", vm_tool, line);
}

void vm_quit(int status)
{
    if (vm_out != NULL && vm_err != NULL) {
        (void)fflush(vm_out);
        (void)fflush(vm_err);
    }
    scratch_remove();
    _exit(status);
}

void *sure_resize(void *memory, size_t size)
{
    memory = realloc(memory, size != 0 ? size : 1);
    if (memory == NULL) {
        complain("%s", strerror(ENOMEM));
        vm_quit(3);
    }
    return memory;
}

char *sure_copy(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(sure_resize(NULL, size), text, size);
}

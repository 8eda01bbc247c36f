/* SPDX-License-Identifier: MIT */
/* Output of what is not formatted, and what a stream is given to keep. */
#include "virtual/library/input.h"
#include "virtual/library/library.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define PUTS(name)                                                                       \
    int __wrap_##name(const char *text, FILE *stream)                                    \
    {                                                                                    \
        (void)read_string(text, SITE);                                                   \
        (void)vm_output_use(stream, SITE);                                               \
        return name(text, stream);                                                       \
    }
PUTS(fputs)

int __wrap_puts(const char *text)
{
    (void)read_string(text, SITE);
    (void)vm_output_use(stdout, SITE);
    return puts(text);
}

#define FWRITE(name)                                                                     \
    size_t __wrap_##name(const void *bytes, size_t size, size_t count, FILE *stream)     \
    {                                                                                    \
        reads(bytes, size *count, SITE);                                                 \
        (void)vm_output_use(stream, SITE);                                               \
        return name(bytes, size, count, stream);                                         \
    }
FWRITE(fwrite)

#define PUT(type, parameter, name)                                                       \
    type __wrap_##name(parameter character, FILE *stream)                                \
    {                                                                                    \
        (void)vm_output_use(stream, SITE);                                               \
        return name(character, stream);                                                  \
    }
PUT(int, int, putc)
PUT(int, int, fputc)
PUT(wint_t, wchar_t, putwc)
PUT(wint_t, wchar_t, fputwc)

int __wrap_putchar(int character)
{
    (void)vm_output_use(stdout, SITE);
    return putchar(character);
}

wint_t __wrap_putwchar(wchar_t character)
{
    (void)vm_output_use(stdout, SITE);
    return putwchar(character);
}

int __wrap_fflush(FILE *stream)
{
    (void)vm_output_use(stream, SITE);
    return fflush(stream);
}

ssize_t __wrap_write(int descriptor, const void *bytes, size_t size)
{
    vm_cancellation_point((struct vm_call){.name = "write", .site = SITE});
    only_output(descriptor, SITE);
    reads(bytes, size, SITE);
    return write(descriptor, bytes, size);
}

void __wrap_perror(const char *text)
{
    if (text != NULL) {
        (void)read_string(text, SITE);
    }
    (void)vm_output_use(stderr, SITE);
    perror(text);
}

void __wrap_psignal(int number, const char *text)
{
    if (text != NULL) {
        (void)read_string(text, SITE);
    }
    (void)vm_output_use(stderr, SITE);
    psignal(number, text);
}

/* A buffer of the program's would be filled when nobody looks: the stream keeps
   its own. */
int __wrap_setvbuf(FILE *stream, char *buffer, int mode, size_t size)
{
    if (buffer != NULL) {
        instrument_refuse(SITE, "setvbuf with a buffer: give it NULL");
    }
    (void)vm_output_use(stream, SITE);
    return setvbuf(stream, NULL, mode, size);
}

void __wrap_setbuf(FILE *stream, char *buffer)
{
    if (buffer != NULL) {
        instrument_refuse(SITE, "setbuf with a buffer: give it NULL");
    }
    (void)vm_output_use(stream, SITE);
    setbuf(stream, NULL);
}

void __wrap_setlinebuf(FILE *stream)
{
    (void)vm_output_use(stream, SITE);
    setlinebuf(stream);
}

int __wrap_fileno(FILE *stream)
{
    (void)vm_output_use(stream, SITE);
    return fileno(stream);
}

void __wrap_clearerr(FILE *stream)
{
    (void)vm_output_use(stream, SITE);
    clearerr(stream);
}

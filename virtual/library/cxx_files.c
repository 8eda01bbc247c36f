/* SPDX-License-Identifier: MIT */
/*
 * What is below a std::filebuf, which the program compiles for itself. Its files are
 * those of fopen.
 */
#include "virtual/library/input.h"
#include "virtual/library/library.h"

/* std::__basic_file<char>. */
struct file {
    FILE *stream; /* NULL: not open */
    bool created;
};

enum { IN_ANY_WAY = 2 | 4 | 8 }; /* std::ios: ate, binary, in */

#define PLACE vm_site_in_program(__builtin_return_address(0))
#define FUNCTION(result, name, symbol, ...)                                              \
    result name(__VA_ARGS__) __asm__("__wrap__ZN" symbol);                               \
    result name(__VA_ARGS__)

#define OF_FILE "St12__basic_fileIcE"

FUNCTION(void, file_make, OF_FILE "C1EP15pthread_mutex_t", struct file *self, void *lock)
{
    (void)lock;
    writes(self, sizeof *self, PLACE);
    *self = (struct file){0};
}

FUNCTION(bool, file_is_open, "K" OF_FILE "7is_openEv", const struct file *self)
{
    reads(self, sizeof *self, PLACE);
    return self->stream != NULL;
}

FUNCTION(struct file *, file_open, OF_FILE "4openEPKcSt13_Ios_Openmodei",
         struct file *self, const char *path, int mode, int rights)
{
    (void)rights;
    FILE *stream = vm_input_open(path, (mode & ~IN_ANY_WAY) != 0 ? "w" : "r", PLACE);
    writes(self, sizeof *self, PLACE);
    *self = (struct file){stream, stream != NULL};
    return stream != NULL ? self : NULL;
}

static struct file *close_file(struct file *self, const void *site)
{
    writes(self, sizeof *self, site);
    FILE *stream = self->stream;
    if (stream != NULL) {
        vm_input_close(stream, site);
    }
    *self = (struct file){0};
    return stream != NULL ? self : NULL;
}

FUNCTION(struct file *, file_close, OF_FILE "5closeEv", struct file *self)
{
    return close_file(self, PLACE);
}

FUNCTION(void, file_end, OF_FILE "D1Ev", struct file *self)
{
    (void)close_file(self, PLACE);
}

FUNCTION(long, file_get, OF_FILE "6xsgetnEPcl", struct file *self, char *to, long count)
{
    return (long)vm_input_get(self->stream, to, (size_t)count, PLACE);
}

FUNCTION(long, file_seek, OF_FILE "7seekoffElSt12_Ios_Seekdir", struct file *self,
         long offset, int whence)
{
    (void)vm_input_use(self->stream, PLACE);
    return fseek(self->stream, offset, whence) == 0 ? ftell(self->stream) : -1;
}

FUNCTION(long, file_left, OF_FILE "9showmanycEv", struct file *self)
{
    return (long)vm_input_use(self->stream, PLACE) - ftell(self->stream);
}

FUNCTION(int, file_sync, OF_FILE "4syncEv", struct file *self)
{
    (void)self;
    return 0;
}

FUNCTION(long, file_put, OF_FILE "6xsputnEPKcl", struct file *self, const char *bytes,
         long count)
{
    reads(bytes, (size_t)count, PLACE);
    return vm_output_use(self->stream, PLACE) ? count : -1;
}

FUNCTION(long, file_put_two, OF_FILE "8xsputn_2EPKclS2_l", struct file *self,
         const char *first, long first_count, const char *second, long second_count)
{
    reads(first, (size_t)first_count, PLACE);
    reads(second, (size_t)second_count, PLACE);
    return vm_output_use(self->stream, PLACE) ? first_count + second_count : -1;
}

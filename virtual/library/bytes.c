/* SPDX-License-Identifier: MIT */
/* <string.h>: each function announces the bytes that it reads and writes, and no others.
   */
#include "virtual/library/library.h"

#include <strings.h>
#include <unistd.h>

/* What is copied lies apart from where it goes, or is there already. */
static void check_apart(const char *to, const char *from, size_t size, const char *name,
                        const void *site)
{
    if (to != from && to < from + size && from < to + size) {
        instrument_wrong(VM_MISUSE, site,
                         "%s of %zu bytes to %td bytes %s: memmove is for that", name,
                         size, to < from ? from - to : to - from,
                         to < from ? "before them" : "behind their beginning");
    }
}

void *vm_copy(void *to, const void *from, size_t size, const void *site)
{
    reads(from, size, site);
    writes(to, size, site);
    return memmove(to, from, size);
}

void *vm_fill(void *to, int byte, size_t size, const void *site)
{
    writes(to, size, site);
    return memset(to, byte, size);
}

static int compare(const void *one, const void *other, size_t size, const void *site)
{
    reads(one, size, site);
    reads(other, size, site);
    return memcmp(one, other, size);
}

/* --- bytes -------------------------------------------------------------------------- */

void *__wrap_memcpy(void *to, const void *from, size_t size)
{
    check_apart(to, from, size, "memcpy", SITE);
    return vm_copy(to, from, size, SITE);
}

void *__wrap_memmove(void *to, const void *from, size_t size)
{
    return vm_copy(to, from, size, SITE);
}

void *__wrap_mempcpy(void *to, const void *from, size_t size)
{
    check_apart(to, from, size, "mempcpy", SITE);
    return (char *)vm_copy(to, from, size, SITE) + size;
}

void *__wrap_memset(void *to, int byte, size_t size)
{
    return vm_fill(to, byte, size, SITE);
}

void __wrap_bzero(void *to, size_t size)
{
    vm_fill(to, 0, size, SITE);
}

int __wrap_memcmp(const void *one, const void *other, size_t size)
{
    return compare(one, other, size, SITE);
}

void *__wrap_memchr(const void *bytes, int byte, size_t size)
{
    const char *found = memchr(bytes, byte, size);
    reads(bytes, found == NULL ? size : (size_t)(found - (const char *)bytes) + 1, SITE);
    return (void *)(uintptr_t)memchr(bytes, byte, size);
}

void __wrap_explicit_bzero(void *to, size_t size)
{
    vm_fill(to, 0, size, SITE);
}

int __wrap_bcmp(const void *one, const void *other, size_t size)
{
    return compare(one, other, size, SITE);
}

void __wrap_bcopy(const void *from, void *to, size_t size)
{
    vm_copy(to, from, size, SITE);
}

void *__wrap_memccpy(void *to, const void *from, int last, size_t size)
{
    const char *found = memchr(from, last, size);
    size_t copied = found == NULL ? size : (size_t)(found - (const char *)from) + 1;
    vm_copy(to, from, copied, SITE);
    return found == NULL ? NULL : (char *)to + copied;
}

void *__wrap_memrchr(const void *bytes, int byte, size_t size)
{
    const char *found = memrchr(bytes, byte, size);
    const char *from = found == NULL ? bytes : found;
    reads(from, (size_t)((const char *)bytes + size - from), SITE);
    return memrchr(bytes, byte, size);
}

void *__wrap_rawmemchr(const void *bytes, int byte)
{
    const char *found = rawmemchr(bytes, byte);
    reads(bytes, (size_t)(found - (const char *)bytes) + 1, SITE);
    return (void *)(uintptr_t)found;
}

void *__wrap_memmem(const void *bytes, size_t size, const void *part, size_t part_size)
{
    reads(bytes, size, SITE);
    reads(part, part_size, SITE);
    return memmem(bytes, size, part, part_size);
}

void __wrap_swab(const void *from, void *to, ssize_t size)
{
    if (size > 1) {
        reads(from, (size_t)size & ~(size_t)1, SITE);
        writes(to, (size_t)size & ~(size_t)1, SITE);
        swab(from, to, size);
    }
}

/* --- strings: to read --------------------------------------------------------------- */

size_t __wrap_strlen(const char *text)
{
    (void)read_string(text, SITE);
    return strlen(text);
}

size_t __wrap_strnlen(const char *text, size_t most)
{
    (void)read_part(text, most, SITE);
    return strnlen(text, most);
}

/* Up to the first difference, the end, or `most` characters. */
static void read_both(const char *one, const char *other, size_t most, const void *site)
{
    size_t same = 0;
    while (same < most && one[same] == other[same] && one[same] != '\0') {
        same++;
    }
    size_t size = same < most ? same + 1 : most;
    reads(one, size, site);
    reads(other, size, site);
}

int __wrap_strcmp(const char *one, const char *other)
{
    read_both(one, other, SIZE_MAX, SITE);
    return strcmp(one, other);
}

int __wrap_strncmp(const char *one, const char *other, size_t most)
{
    read_both(one, other, most, SITE);
    return strncmp(one, other, most);
}

char *__wrap_strchr(const char *text, int character)
{
    const char *found = strchr(text, character);
    reads(text, found == NULL ? strlen(text) + 1 : (size_t)(found - text) + 1, SITE);
    return (char *)(uintptr_t)strchr(text, character);
}

char *__wrap_strrchr(const char *text, int character)
{
    (void)read_string(text, SITE);
    return (char *)(uintptr_t)strrchr(text, character);
}

char *__wrap_strstr(const char *text, const char *part)
{
    (void)read_string(text, SITE);
    (void)read_string(part, SITE);
    return (char *)(uintptr_t)strstr(text, part);
}

size_t __wrap_strspn(const char *text, const char *accepted)
{
    (void)read_string(text, SITE);
    (void)read_string(accepted, SITE);
    return strspn(text, accepted);
}

size_t __wrap_strcspn(const char *text, const char *rejected)
{
    (void)read_string(text, SITE);
    (void)read_string(rejected, SITE);
    return strcspn(text, rejected);
}

/* --- strings: to write -------------------------------------------------------------- */

static size_t copy_string(char *to, const char *from, const void *site)
{
    size_t length = read_string(from, site);
    check_apart(to, from, length + 1, "a copy", site);
    writes(to, length + 1, site);
    memmove(to, from, length + 1);
    return length;
}

char *__wrap_strcpy(char *to, const char *from)
{
    (void)copy_string(to, from, SITE);
    return to;
}

char *__wrap_stpcpy(char *to, const char *from)
{
    return to + copy_string(to, from, SITE);
}

char *__wrap_strncpy(char *to, const char *from, size_t size)
{
    size_t length = read_part(from, size, SITE);
    check_apart(to, from, length < size ? length + 1 : size, "strncpy", SITE);
    writes(to, size, SITE);
    memmove(to, from, length);
    memset(to + length, 0, size - length);
    return to;
}

char *__wrap_strcat(char *to, const char *from)
{
    (void)copy_string(to + read_string(to, SITE), from, SITE);
    return to;
}

char *__wrap_strncat(char *to, const char *from, size_t most)
{
    char *end = to + read_string(to, SITE);
    size_t length = read_part(from, most, SITE);
    check_apart(end, from, length < most ? length + 1 : most, "strncat", SITE);
    writes(end, length + 1, SITE);
    memcpy(end, from, length);
    end[length] = '\0';
    return to;
}

/* SPDX-License-Identifier: MIT */
/* <wchar.h>: strings of wide characters, numbers in them, printing with them. */
#include "virtual/library/input.h"
#include "virtual/library/library.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <wctype.h>

enum { WIDE = sizeof(wchar_t) };

wchar_t *__wrap_wmemcpy(wchar_t *to, const wchar_t *from, size_t count)
{
    return vm_copy(to, from, count * WIDE, SITE);
}

wchar_t *__wrap_wmemmove(wchar_t *to, const wchar_t *from, size_t count)
{
    return vm_copy(to, from, count * WIDE, SITE);
}

wchar_t *__wrap_wmempcpy(wchar_t *to, const wchar_t *from, size_t count)
{
    return (wchar_t *)vm_copy(to, from, count * WIDE, SITE) + count;
}

wchar_t *__wrap_wmemset(wchar_t *to, wchar_t character, size_t count)
{
    writes(to, count * WIDE, SITE);
    return wmemset(to, character, count);
}

int __wrap_wmemcmp(const wchar_t *one, const wchar_t *other, size_t count)
{
    reads(one, count * WIDE, SITE);
    reads(other, count * WIDE, SITE);
    return wmemcmp(one, other, count);
}

wchar_t *__wrap_wmemchr(const wchar_t *text, wchar_t character, size_t count)
{
    reads(text, count * WIDE, SITE);
    return wmemchr((wchar_t *)(uintptr_t)text, character, count);
}

size_t __wrap_wcslen(const wchar_t *text)
{
    return read_wide(text, SITE);
}

int __wrap_wcscmp(const wchar_t *one, const wchar_t *other)
{
    (void)read_wide(one, SITE);
    (void)read_wide(other, SITE);
    return wcscmp(one, other);
}

wchar_t *__wrap_wcschr(const wchar_t *text, wchar_t character)
{
    (void)read_wide(text, SITE);
    wchar_t *found = wcschr((wchar_t *)(uintptr_t)text, character);
    return found;
}

wchar_t *__wrap_wcscpy(wchar_t *to, const wchar_t *from)
{
    return vm_copy(to, from, (wcslen(from) + 1) * WIDE, SITE);
}

wchar_t *__wrap_wcpcpy(wchar_t *to, const wchar_t *from)
{
    size_t length = wcslen(from);
    return (wchar_t *)vm_copy(to, from, (length + 1) * WIDE, SITE) + length;
}

wchar_t *__wrap_wcscat(wchar_t *to, const wchar_t *from)
{
    vm_copy(to + read_wide(to, SITE), from, (wcslen(from) + 1) * WIDE, SITE);
    return to;
}

wchar_t *__wrap_wcsncpy(wchar_t *to, const wchar_t *from, size_t count)
{
    size_t length = wcsnlen(from, count);
    reads(from, (length < count ? length + 1 : count) * WIDE, SITE);
    writes(to, count * WIDE, SITE);
    return wcsncpy(to, from, count);
}

wchar_t *__wrap_wcsncat(wchar_t *to, const wchar_t *from, size_t count)
{
    wchar_t *end = to + read_wide(to, SITE);
    size_t length = wcsnlen(from, count);
    reads(from, (length < count ? length + 1 : count) * WIDE, SITE);
    writes(end, (length + 1) * WIDE, SITE);
    return wcsncat(to, from, count);
}

int __wrap_wcsncmp(const wchar_t *one, const wchar_t *other, size_t count)
{
    size_t same = 0;
    while (same < count && one[same] == other[same] && one[same] != L'\0') {
        same++;
    }
    size_t size = (same < count ? same + 1 : count) * WIDE;
    reads(one, size, SITE);
    reads(other, size, SITE);
    return wcsncmp(one, other, count);
}

int __wrap_wcsncasecmp(const wchar_t *one, const wchar_t *other, size_t count)
{
    size_t same = 0;
    while (same < count && one[same] != L'\0' &&
           towlower((wint_t)one[same]) == towlower((wint_t)other[same])) {
        same++;
    }
    size_t size = (same < count ? same + 1 : count) * WIDE;
    reads(one, size, SITE);
    reads(other, size, SITE);
    reads_locale(SITE);
    return wcsncasecmp(one, other, count);
}

wchar_t *__wrap_wcsrchr(const wchar_t *text, wchar_t character)
{
    (void)read_wide(text, SITE);
    return wcsrchr((wchar_t *)(uintptr_t)text, character);
}

wchar_t *__wrap_wcsstr(const wchar_t *text, const wchar_t *part)
{
    (void)read_wide(text, SITE);
    (void)read_wide(part, SITE);
    return wcsstr((wchar_t *)(uintptr_t)text, part);
}

wchar_t *__wrap_wcsdup(const wchar_t *text)
{
    size_t size = (read_wide(text, SITE) + 1) * WIDE;
    wchar_t *copy = vm_allocate(size, 1, false, SITE);
    return copy == NULL ? NULL : vm_copy(copy, text, size, SITE);
}

size_t __wrap_wcsnlen(const wchar_t *text, size_t most)
{
    size_t length = wcsnlen(text, most);
    reads(text, (length < most ? length + 1 : most) * WIDE, SITE);
    return length;
}

#define READS_TWO(type, name)                                                            \
    type __wrap_##name(const wchar_t *one, const wchar_t *other)                         \
    {                                                                                    \
        (void)read_wide(one, SITE);                                                      \
        (void)read_wide(other, SITE);                                                    \
        reads_locale(SITE);                                                              \
        return (type)name(one, other);                                                   \
    }
READS_TWO(int, wcscoll)
READS_TWO(int, wcscasecmp)
READS_TWO(size_t, wcsspn)
READS_TWO(size_t, wcscspn)
READS_TWO(wchar_t *, wcspbrk)

wchar_t *__wrap_wcstok(wchar_t *text, const wchar_t *delimiters, wchar_t **rest)
{
    (void)read_wide(delimiters, SITE);
    reads((void *)rest, sizeof *rest, SITE);
    writes((void *)rest, sizeof *rest, SITE);
    wchar_t *from = text != NULL ? text : *rest;
    if (from != NULL) {
        writes(from, (read_wide(from, SITE) + 1) * WIDE, SITE);
    }
    return wcstok(text, delimiters, rest);
}

/* --- numbers ------------------------------------------------------------------------ */

#define NUMBER(type, name, parameters, call)                                             \
    type __wrap_##name parameters                                                        \
    {                                                                                    \
        (void)read_wide(text, SITE);                                                     \
        reads_locale(SITE);                                                              \
        if (end != NULL) {                                                               \
            writes((void *)end, sizeof *end, SITE);                                      \
        }                                                                                \
        return call;                                                                     \
    }
NUMBER(long, wcstol, (const wchar_t *text, wchar_t **end, int base),
       wcstol(text, end, base))
NUMBER(unsigned long, wcstoul, (const wchar_t *text, wchar_t **end, int base),
       wcstoul(text, end, base))
NUMBER(long long, wcstoll, (const wchar_t *text, wchar_t **end, int base),
       wcstoll(text, end, base))
NUMBER(unsigned long long, wcstoull, (const wchar_t *text, wchar_t **end, int base),
       wcstoull(text, end, base))
NUMBER(intmax_t, wcstoimax, (const wchar_t *text, wchar_t **end, int base),
       wcstoimax(text, end, base))
NUMBER(uintmax_t, wcstoumax, (const wchar_t *text, wchar_t **end, int base),
       wcstoumax(text, end, base))
NUMBER(float, wcstof, (const wchar_t *text, wchar_t **end), wcstof(text, end))
NUMBER(double, wcstod, (const wchar_t *text, wchar_t **end), wcstod(text, end))
NUMBER(long double, wcstold, (const wchar_t *text, wchar_t **end), wcstold(text, end))

/* --- other encodings ---------------------------------------------------------------- */

/* As many bytes as were looked at to say what a character is: `result` says it. */
static void read_character(const char *from, size_t most, size_t result, const void *site)
{
    reads(from,
          result == (size_t)-2                  ? most
          : result >= (size_t)-1 || result == 0 ? 1
                                                : result,
          site);
    reads_locale(site);
}

static void use_state(const mbstate_t *state, const char *name, const void *site)
{
    if (state == NULL) {
        instrument_refuse(site, "%s without a state: give it one of your own", name);
    }
    reads(state, sizeof *state, site);
    writes(state, sizeof *state, site);
}

static size_t with_error(size_t result)
{
    vm_take_error();
    return result;
}

static size_t to_wide(wchar_t *to, const char *from, size_t most, mbstate_t *state,
                      const void *site)
{
    mbstate_t trial = *state;
    int before = errno;
    size_t length = mbrtowc(NULL, from, most, &trial);
    errno = before;
    if (from != NULL) {
        read_character(from, most, length, site);
    }
    if (from != NULL && to != NULL && length < (size_t)-2) {
        writes(to, sizeof *to, site);
    }
    return with_error(mbrtowc(to, from, most, state));
}

size_t __wrap_mbrtowc(wchar_t *to, const char *from, size_t most, mbstate_t *state)
{
    use_state(state, "mbrtowc", SITE);
    return to_wide(to, from, most, state, SITE);
}

size_t __wrap_mbrlen(const char *from, size_t most, mbstate_t *state)
{
    use_state(state, "mbrlen", SITE);
    return to_wide(NULL, from, most, state, SITE);
}

/* They begin with a character: no encoding of the C library's has other states. */
int __wrap_mbtowc(wchar_t *to, const char *from, size_t most)
{
    mbstate_t state = {0};
    size_t length = from == NULL ? 0 : to_wide(to, from, most, &state, SITE);
    return length >= (size_t)-2 ? -1 : (int)length;
}

int __wrap_mblen(const char *from, size_t most)
{
    mbstate_t state = {0};
    size_t length = from == NULL ? 0 : to_wide(NULL, from, most, &state, SITE);
    return length >= (size_t)-2 ? -1 : (int)length;
}

static size_t to_bytes(char *to, wchar_t from, mbstate_t *state, const void *site)
{
    char bytes[MB_LEN_MAX];
    size_t length = with_error(wcrtomb(bytes, from, state));
    reads_locale(site);
    if (length != (size_t)-1) {
        writes(to, length, site);
        memcpy(to, bytes, length);
    }
    return length;
}

size_t __wrap_wcrtomb(char *to, wchar_t from, mbstate_t *state)
{
    use_state(state, "wcrtomb", SITE);
    return to == NULL ? wcrtomb(NULL, from, state) : to_bytes(to, from, state, SITE);
}

int __wrap_wctomb(char *to, wchar_t from)
{
    mbstate_t state = {0};
    return to == NULL ? 0 : (int)to_bytes(to, from, &state, SITE);
}

int __wrap_mbsinit(const mbstate_t *state)
{
    if (state != NULL) {
        reads(state, sizeof *state, SITE);
    }
    return mbsinit(state);
}

size_t __wrap_mbstowcs(wchar_t *to, const char *from, size_t most)
{
    (void)read_string(from, SITE);
    reads_locale(SITE);
    size_t length = mbstowcs(NULL, from, 0);
    if (to != NULL && length != (size_t)-1) {
        writes(to, (length < most ? length + 1 : most) * WIDE, SITE);
    } else if (to != NULL) {
        writes(to, most * WIDE, SITE);
    }
    return mbstowcs(to, from, most);
}

size_t __wrap_wcstombs(char *to, const wchar_t *from, size_t most)
{
    (void)read_wide(from, SITE);
    reads_locale(SITE);
    size_t length = wcstombs(NULL, from, 0);
    if (to != NULL) {
        writes(to, length < most ? length + 1 : most, SITE);
    }
    return wcstombs(to, from, most);
}

/* --- printing ----------------------------------------------------------------------- */

/* What a format says of its arguments is the same in narrow characters. */
static void announce_format(const wchar_t *format, va_list arguments, const void *site)
{
    size_t length = wcslen(format);
    char *narrow = malloc(length + 1);
    if (narrow == NULL) {
        instrument_refuse(site, "no memory for a format");
    }
    for (size_t i = 0; i <= length; i++) {
        narrow[i] = '?';
        if (format[i] >= 0 && format[i] < 128) {
            narrow[i] = (char)format[i];
        }
    }
    vm_announce_arguments(narrow, arguments, site);
    free(narrow);
    (void)read_wide(format, site);
}

static int print(FILE *stream, const wchar_t *format, va_list arguments, const void *site)
{
    announce_format(format, arguments, site);
    (void)vm_output_use(stream, site);
    return vfwprintf(stream, format, arguments);
}

static int print_to(wchar_t *to, size_t size, const wchar_t *format, va_list arguments,
                    const void *site)
{
    announce_format(format, arguments, site);
    /* How much it is, only printing tells. */
    wchar_t *own = calloc(size + 1, WIDE);
    if (own == NULL) {
        instrument_refuse(site, "no memory for what is printed");
    }
    va_list again;
    va_copy(again, arguments);
    int length = vswprintf(own, size, format, again);
    va_end(again);
    free(own);
    writes(to, (length < 0 ? size : (size_t)length + 1) * WIDE, site);
    return vswprintf(to, size, format, arguments);
}

#define WITH_ARGUMENTS(call)                                                             \
    va_list arguments;                                                                   \
    va_start(arguments, format);                                                         \
    int result = call;                                                                   \
    va_end(arguments);                                                                   \
    return result

int __wrap_wprintf(const wchar_t *format, ...)
{
    WITH_ARGUMENTS(print(stdout, format, arguments, SITE));
}

int __wrap_fwprintf(FILE *stream, const wchar_t *format, ...)
{
    WITH_ARGUMENTS(print(stream, format, arguments, SITE));
}

int __wrap_swprintf(wchar_t *to, size_t size, const wchar_t *format, ...)
{
    WITH_ARGUMENTS(print_to(to, size, format, arguments, SITE));
}

int __wrap_vwprintf(const wchar_t *format, va_list arguments)
{
    return print(stdout, format, arguments, SITE);
}

int __wrap_vfwprintf(FILE *stream, const wchar_t *format, va_list arguments)
{
    return print(stream, format, arguments, SITE);
}

int __wrap_vswprintf(wchar_t *to, size_t size, const wchar_t *format, va_list arguments)
{
    return print_to(to, size, format, arguments, SITE);
}

int __wrap_fputws(const wchar_t *text, FILE *stream)
{
    (void)read_wide(text, SITE);
    (void)vm_output_use(stream, SITE);
    return fputws(text, stream);
}

/* SPDX-License-Identifier: MIT */
/* Formatted output: the strings that it reads, the counts that it writes, the buffer. */
#include "virtual/library/input.h"
#include "virtual/library/library.h"

#include <err.h>
#include <errno.h>
#include <error.h>
#include <printf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

_Noreturn void vm_exit(int status, const void *site);

/* --- reading a format --------------------------------------------------------------- */

enum { MOST_ARGUMENTS = 128 };

struct arguments {
    intptr_t values[MOST_ARGUMENTS]; /* of those that are numbers or pointers */
    size_t count, next;
    const char *to; /* where to they are printed, if to memory, and how much */
    size_t room;
};

static void fetch(struct arguments *arguments, const char *format, va_list list,
                  const void *site)
{
    int types[MOST_ARGUMENTS];
    arguments->count = parse_printf_format(format, MOST_ARGUMENTS, types);
    arguments->next = 0;
    if (arguments->count > MOST_ARGUMENTS) {
        instrument_refuse(site, "a format with more than %d arguments", MOST_ARGUMENTS);
    }
    for (size_t i = 0; i < arguments->count; i++) {
        int base = types[i] & ~PA_FLAG_MASK, flags = types[i] & PA_FLAG_MASK;
        bool number = base == PA_INT || base == PA_CHAR || base == PA_WCHAR;
        intptr_t *value = &arguments->values[i];
        if ((base == PA_DOUBLE || base == PA_FLOAT) && (flags & PA_FLAG_PTR) == 0) {
            /* Of two types: NOLINTNEXTLINE(bugprone-branch-clone) */
            if ((flags & PA_FLAG_LONG_DOUBLE) != 0) {
                (void)va_arg(list, long double);
            } else {
                (void)va_arg(list, double);
            }
            *value = 0;
        } else if (number &&
                   (flags & (PA_FLAG_PTR | PA_FLAG_LONG | PA_FLAG_LONG_LONG)) == 0) {
            *value = va_arg(list, int);
        } else {
            *value = va_arg(list, intptr_t);
        }
    }
}

/* `N$` of a format, or the next argument. */
static intptr_t take(struct arguments *arguments, const char **text)
{
    size_t digits = strspn(*text, "0123456789");
    size_t which = arguments->next;
    if (digits > 0 && (*text)[digits] == '$') {
        which = strtoul(*text, NULL, 10) - 1;
        *text += digits + 1;
    } else {
        arguments->next++;
    }
    return which < arguments->count ? arguments->values[which] : 0;
}

static long take_number(struct arguments *arguments, const char **text)
{
    if (**text == '*') {
        (*text)++;
        return (int)take(arguments, text);
    }
    char *end;
    long number = strtol(*text, &end, 10);
    *text = end;
    return number;
}

static size_t size_of_count(const char *modifiers, size_t length)
{
    if (length == 0) {
        return sizeof(int);
    }
    if (modifiers[0] == 'h') {
        return length == 1 ? sizeof(short) : sizeof(char);
    }
    return sizeof(long);
}

static void announce_string(const struct arguments *arguments, const void *string,
                            bool wide, long precision, const void *site)
{
    if (string == NULL) {
        return; /* "(null)" */
    }
    if (!wide) {
        size_t most = precision < 0 ? PTRDIFF_MAX : (size_t)precision;
        size_t length = read_part(string, most, site);
        const char *text = string;
        if (text < arguments->to + arguments->room && arguments->to < text + length) {
            instrument_wrong(VM_MISUSE, site,
                             "a string is printed to memory in which it lies itself");
        }
    } else if (precision < 0) {
        (void)read_wide(string, site);
    } else {
        reads(string, wcsnlen(string, (size_t)precision) * sizeof(wchar_t), site);
    }
}

/* One conversion, behind its `%`; returns what follows it. */
static const char *announce_conversion(struct arguments *arguments, const char *text,
                                       const void *site)
{
    if (*text == '%') {
        return text + 1;
    }
    size_t place = strspn(text, "0123456789");
    const char *argument = text[place] == '$' && place > 0 ? text : NULL;
    text += argument != NULL ? place + 1 : 0;
    text += strspn(text, "-+ #0'I");
    (void)take_number(arguments, &text);
    long precision = -1;
    if (*text == '.') {
        text++;
        precision = *text == '-' ? -1 : 0;
        long number = take_number(arguments, &text);
        precision = precision == 0 ? number : -1;
    }
    const char *modifiers = text;
    size_t length = strspn(text, "hlLqjzt");
    char letter = text[length];
    text += length + (letter != '\0');
    if (letter == 'm' || letter == '%' || letter == '\0') {
        return text;
    }
    const char *none = "";
    intptr_t value = take(arguments, argument != NULL ? &argument : &none);
    if (letter == 's' || letter == 'S') {
        bool wide = letter == 'S' || (length > 0 && modifiers[0] == 'l');
        announce_string(arguments, (const void *)value, wide, precision, site);
    } else if (letter == 'n') {
        writes((const void *)value, size_of_count(modifiers, length), site);
    }
    return text;
}

static void announce_to(const char *to, size_t room, const char *format, va_list list,
                        const void *site)
{
    if (vm_self() == VM_NOBODY) {
        return;
    }
    struct arguments arguments = {.to = to, .room = room};
    va_list again;
    va_copy(again, list);
    fetch(&arguments, format, again, site);
    va_end(again);
    for (const char *text = format; (text = strchr(text, '%')) != NULL;) {
        text = announce_conversion(&arguments, text + 1, site);
    }
    reads_locale(site);
}

void vm_announce_arguments(const char *format, va_list list, const void *site)
{
    announce_to(NULL, 0, format, list, site);
}

void vm_announce_format(const char *format, va_list list, const void *site)
{
    vm_announce_arguments(format, list, site);
    (void)read_string(format, site);
}

/* --- to strings --------------------------------------------------------------------- */

static int print_to(char *to, size_t size, const char *format, va_list arguments,
                    const void *site)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    size_t written = length < 0 ? 0 : (size_t)length < size ? (size_t)length + 1 : size;
    announce_to(to, written, format, arguments, site);
    (void)read_string(format, site);
    if (written > 0) {
        writes(to, written, site);
    }
    /* Not vsprintf: what is read may have changed in between. */
    size_t room = length >= 0 && (size_t)length < size ? (size_t)length + 1 : size;
    return vsnprintf(to, room, format, arguments);
}

/* Bodies of functions that take their arguments one by one. */
#define WITH_ARGUMENTS(type, last, call)                                                 \
    va_list arguments;                                                                   \
    va_start(arguments, last);                                                           \
    type result = call;                                                                  \
    va_end(arguments);                                                                   \
    return result

int __wrap_vsnprintf(char *to, size_t size, const char *format, va_list arguments)
{
    return print_to(to, size, format, arguments, SITE);
}

int __wrap_snprintf(char *to, size_t size, const char *format, ...)
{
    WITH_ARGUMENTS(int, format, print_to(to, size, format, arguments, SITE));
}

int __wrap_vsprintf(char *to, const char *format, va_list arguments)
{
    return print_to(to, INT32_MAX, format, arguments, SITE);
}

int __wrap_sprintf(char *to, const char *format, ...)
{
    WITH_ARGUMENTS(int, format, print_to(to, INT32_MAX, format, arguments, SITE));
}

static int print_new(char **text, const char *format, va_list arguments, const void *site)
{
    va_list again;
    vm_announce_format(format, arguments, site);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *block = length < 0 ? NULL : vm_allocate((size_t)length + 1, 1, false, site);
    if (block == NULL) {
        return -1;
    }
    (void)vsnprintf(block, (size_t)length + 1, format, arguments);
    writes(block, (size_t)length + 1, site);
    writes((void *)text, sizeof *text, site);
    *text = block;
    return length;
}

int __wrap_vasprintf(char **text, const char *format, va_list arguments)
{
    return print_new(text, format, arguments, SITE);
}

int __wrap_asprintf(char **text, const char *format, ...)
{
    WITH_ARGUMENTS(int, format, print_new(text, format, arguments, SITE));
}

/* --- to streams --------------------------------------------------------------------- */

static int print(FILE *stream, const char *format, va_list arguments, const void *site)
{
    vm_announce_format(format, arguments, site);
    (void)vm_output_use(stream, site);
    return vfprintf(stream, format, arguments);
}

static int print_out(int descriptor, const char *format, va_list arguments,
                     const void *site)
{
    only_output(descriptor, site);
    vm_possible_cancellation_point("output", site);
    vm_announce_format(format, arguments, site);
    return vdprintf(descriptor, format, arguments);
}

int __wrap_vfprintf(FILE *stream, const char *format, va_list arguments)
{
    return print(stream, format, arguments, SITE);
}

int __wrap_fprintf(FILE *stream, const char *format, ...)
{
    WITH_ARGUMENTS(int, format, print(stream, format, arguments, SITE));
}

int __wrap_vprintf(const char *format, va_list arguments)
{
    return print(stdout, format, arguments, SITE);
}

int __wrap_printf(const char *format, ...)
{
    WITH_ARGUMENTS(int, format, print(stdout, format, arguments, SITE));
}

int __wrap_vdprintf(int descriptor, const char *format, va_list arguments)
{
    return print_out(descriptor, format, arguments, SITE);
}

int __wrap_dprintf(int descriptor, const char *format, ...)
{
    WITH_ARGUMENTS(int, format, print_out(descriptor, format, arguments, SITE));
}

/* --- warnings and errors ------------------------------------------------------------ */

/* `status` negative: the program goes on. */
static void warn_of(int status, bool number, const char *format, va_list arguments,
                    const void *site)
{
    if (format != NULL) {
        vm_announce_format(format, arguments, site);
    }
    (void)vm_output_use(stderr, site);
    (number ? vwarn : vwarnx)(format, arguments);
    if (status >= 0) {
        vm_exit(status, site);
    }
}

#define WARNING(name, status, number, parameters, ...)                                   \
    void __wrap_##name parameters                                                        \
    {                                                                                    \
        va_list arguments;                                                               \
        va_start(arguments, format);                                                     \
        warn_of(status, number, format, arguments, SITE);                                \
        va_end(arguments);                                                               \
    }                                                                                    \
    void __wrap_v##name __VA_ARGS__                                                      \
    {                                                                                    \
        warn_of(status, number, format, arguments, SITE);                                \
    }
WARNING(warn, -1, true, (const char *format, ...),
        (const char *format, va_list arguments))
WARNING(warnx, -1, false, (const char *format, ...),
        (const char *format, va_list arguments))
WARNING(err, status, true, (int status, const char *format, ...),
        (int status, const char *format, va_list arguments))
WARNING(errx, status, false, (int status, const char *format, ...),
        (int status, const char *format, va_list arguments))

void __wrap_error(int status, int number, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    errno = number;
    warn_of(status != 0 ? status : -1, number != 0, format, arguments, SITE);
    va_end(arguments);
}

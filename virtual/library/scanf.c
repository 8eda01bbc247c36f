/* SPDX-License-Identifier: MIT */
/*
 * sscanf and its like: into memory of our own first, so that what it writes is announced
 * before it is written, and nothing else is.
 */
#include "virtual/library/input.h"
#include "virtual/library/library.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_TARGETS = 32 };

/* What one conversion writes. */
struct target {
    void *own;
    size_t size;               /* of its own; a string ends before */
    bool string, wide, counts; /* %n is no result that is counted */
};

static size_t size_of_number(const char *modifiers, size_t length, bool real)
{
    char first = '\0';
    if (length > 0) {
        first = modifiers[0];
    }
    if (real) {
        return first == 'l'                   ? sizeof(double)
               : first == 'L' || first == 'q' ? sizeof(long double)
                                              : sizeof(float);
    }
    if (first == 'h') {
        return length == 1 ? sizeof(short) : sizeof(char);
    }
    return first == '\0' ? sizeof(int) : sizeof(long);
}

/* Reads one conversion behind its `%`, and what follows it. False: it has no target. */
static bool read_conversion(const char **text, size_t longest, struct target *target,
                            const void *site)
{
    const char *at = *text;
    bool skipped = *at == '*';
    at += skipped;
    at += strspn(at, "'I");
    size_t digits = strspn(at, "0123456789");
    size_t width = digits == 0 ? 0 : strtoul(at, NULL, 10);
    at += digits;
    const char *modifiers = at;
    size_t length = strspn(at, "hlLqjztma");
    if (length > 0 && (memchr(modifiers, 'm', length) != NULL || *at == '$')) {
        instrument_refuse(site, "scanf with %%m");
    }
    /* `a` is a conversion, too. */
    if (length > 0 && modifiers[length - 1] == 'a') {
        length--;
    }
    at += length;
    if (*at == '$') {
        instrument_refuse(site, "scanf with numbered arguments");
    }
    char letter = *at;
    at += letter != '\0';
    bool wide = letter == 'C' || letter == 'S' || (length > 0 && modifiers[0] == 'l');
    size_t unit = wide ? sizeof(wchar_t) : 1;
    *target = (struct target){0};
    if (letter == '[') {
        at += *at == '^';
        at += *at == ']';
        at += strcspn(at, "]");
        at += *at == ']';
    }
    *text = at;
    if (letter == '%' || letter == '\0' || skipped) {
        return false;
    }
    if (letter == 'c' || letter == 'C') {
        target->size = (width == 0 ? 1 : width) * unit;
    } else if (letter == 's' || letter == 'S' || letter == '[') {
        target->string = true;
        target->wide = wide;
        target->size = ((width == 0 ? longest : width) + 1) * unit;
    } else if (letter == 'p') {
        target->size = sizeof(void *);
    } else {
        target->size =
            size_of_number(modifiers, length, strchr("aefgAEFG", letter) != NULL);
    }
    target->counts = letter != 'n';
    return true;
}

static void hand_over(const struct target *target, void *to, const void *site)
{
    size_t size = target->size;
    if (target->string) {
        size = target->wide ? (wcslen(target->own) + 1) * sizeof(wchar_t)
                            : strlen(target->own) + 1;
    }
    writes(to, size, site);
    memcpy(to, target->own, size);
}

/* From a string, or from a file if there is none. */
static int scan(const char *source, FILE *file, const char *format, va_list arguments,
                const void *site)
{
    struct target targets[MOST_TARGETS];
    void *own[MOST_TARGETS];
    size_t count = 0;
    size_t longest =
        source == NULL ? vm_input_use(file, site) : read_string(source, site);
    (void)read_string(format, site);
    reads_locale(site);
    for (const char *text = format; (text = strchr(text, '%')) != NULL;) {
        text++;
        struct target target;
        if (!read_conversion(&text, longest, &target, site)) {
            continue;
        }
        if (count == MOST_TARGETS) {
            instrument_refuse(site, "scanf with more than %d targets", MOST_TARGETS);
        }
        targets[count++] = target;
    }
    for (size_t i = 0; i < MOST_TARGETS; i++) {
        own[i] = NULL;
    }
    for (size_t i = 0; i < count; i++) {
        own[i] = targets[i].own = calloc(targets[i].size + 1, 1);
        if (own[i] != NULL && !targets[i].counts) {
            memset(own[i], 0xff, targets[i].size); /* no count */
        }
    }
#define OWN(n) own[n], own[(n) + 1], own[(n) + 2], own[(n) + 3]
#define ALL    OWN(0), OWN(4), OWN(8), OWN(12), OWN(16), OWN(20), OWN(24), OWN(28)
    int result = source == NULL ? fscanf(file, format, ALL) : sscanf(source, format, ALL);
    int left = result;
    for (size_t i = 0; i < count; i++) {
        void *to = va_arg(arguments, void *);
        bool counted = *(unsigned char *)own[i] != 0xff ||
                       memcmp(own[i], (char *)own[i] + 1, targets[i].size - 1) != 0;
        if (targets[i].counts ? left-- > 0 : counted) {
            hand_over(&targets[i], to, site);
        }
    }
    for (size_t i = 0; i < count; i++) {
        free(own[i]);
    }
    return result;
}

/* Their names begin in three ways, and with a `v` for one that takes a list. */
#define SCANNING(begin, name, source, file, ...)                                         \
    int __wrap_##begin##name(__VA_ARGS__ const char *format, ...)                        \
    {                                                                                    \
        va_list arguments;                                                               \
        va_start(arguments, format);                                                     \
        int result = scan(source, file, format, arguments, SITE);                        \
        va_end(arguments);                                                               \
        return result;                                                                   \
    }                                                                                    \
    int __wrap_##begin##v##name(__VA_ARGS__ const char *format, va_list arguments)       \
    {                                                                                    \
        return scan(source, file, format, arguments, SITE);                              \
    }
#define EACH_SCANNING(begin)                                                             \
    SCANNING(begin, sscanf, source, NULL, const char *source, )                          \
    SCANNING(begin, fscanf, NULL, file, FILE *file, )                                    \
    SCANNING(begin, scanf, NULL, stdin, )
EACH_SCANNING()
EACH_SCANNING(__isoc99_)
EACH_SCANNING(__isoc23_)

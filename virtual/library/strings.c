/* SPDX-License-Identifier: MIT */
/* The rest of <string.h>: bytes.c has those of bytes, and the most common ones. */
#include "virtual/ground/places.h"
#include "virtual/library/library.h"

#include <ctype.h>
#include <libgen.h>
#undef basename
#include <stdint.h>
#include <strings.h>

/* --- strings ------------------------------------------------------------------------ */

/* Functions that read two strings to their ends. */
#define READS_TWO(type, name)                                                            \
    type __wrap_##name(const char *one, const char *other)                               \
    {                                                                                    \
        (void)read_string(one, SITE);                                                    \
        (void)read_string(other, SITE);                                                  \
        return (type)name(one, other);                                                   \
    }
#define READS_LOCALE(type, name)                                                         \
    type __wrap_##name(const char *one, const char *other)                               \
    {                                                                                    \
        (void)read_string(one, SITE);                                                    \
        (void)read_string(other, SITE);                                                  \
        reads_locale(SITE);                                                              \
        return (type)name(one, other);                                                   \
    }
READS_LOCALE(int, strcasecmp)
READS_LOCALE(int, strcoll)
READS_LOCALE(char *, strcasestr)
READS_TWO(int, strverscmp)
READS_TWO(char *, strpbrk)

int __wrap_strncasecmp(const char *one, const char *other, size_t most)
{
    size_t same = 0;
    while (same < most &&
           tolower((unsigned char)one[same]) == tolower((unsigned char)other[same]) &&
           one[same] != '\0') {
        same++;
    }
    size_t size = same < most ? same + 1 : most;
    reads(one, size, SITE);
    reads(other, size, SITE);
    reads_locale(SITE);
    return strncasecmp(one, other, most);
}

char *__wrap_strchrnul(const char *text, int character)
{
    const char *found = strchrnul(text, character);
    reads(text, (size_t)(found - text) + 1, SITE);
    return (char *)(uintptr_t)strchrnul(text, character);
}

char *__wrap_index(const char *text, int character)
{
    (void)read_string(text, SITE);
    return strchr((char *)(uintptr_t)text, character);
}

char *__wrap_rindex(const char *text, int character)
{
    (void)read_string(text, SITE);
    return strrchr((char *)(uintptr_t)text, character);
}

char *__wrap_stpncpy(char *to, const char *from, size_t size)
{
    (void)read_part(from, size, SITE);
    writes(to, size, SITE);
    return stpncpy(to, from, size);
}

size_t __wrap_strxfrm(char *to, const char *from, size_t size)
{
    (void)read_string(from, SITE);
    reads_locale(SITE);
    size_t length = strxfrm(NULL, from, 0);
    if (size > 0) {
        writes(to, length < size ? length + 1 : size, SITE);
    }
    return strxfrm(to, from, size);
}

char *__wrap_basename(const char *path)
{
    (void)read_string(path, SITE);
    return basename(path);
}

/* They put an end in front of the last slash. */
#define PART_OF_PATH(name)                                                               \
    char *__wrap_##name(char *path)                                                      \
    {                                                                                    \
        if (path != NULL) {                                                              \
            writes(path, read_string(path, SITE) + 1, SITE);                             \
        }                                                                                \
        return name(path);                                                               \
    }
PART_OF_PATH(dirname)
PART_OF_PATH(__xpg_basename)

/* --- words -------------------------------------------------------------------------- */

/* The next word, cut off; *rest: what is behind it. */
static char *next_word(char *text, const char *delimiters, char **rest, const void *site)
{
    (void)read_string(delimiters, site);
    char *word = text + strspn(text, delimiters);
    size_t length = strcspn(word, delimiters);
    bool last = word[length] == '\0';
    reads(text, (size_t)(word - text) + length + 1, site);
    *rest = word + length + !last;
    if (length == 0) {
        return NULL;
    }
    if (!last) {
        writes(word + length, 1, site);
        word[length] = '\0';
    }
    return word;
}

/* strtok's memory: it may stand anywhere at the beginning, as it is set first. */
VM_ALONE static char *strtok_rest;
VM_PLACE(VM_PLACED_STRTOK, strtok_rest)

char *__wrap_strtok(char *text, const char *delimiters)
{
    static char none[1];
    if (text == NULL) {
        reads((void *)&strtok_rest, sizeof strtok_rest, SITE);
        text = strtok_rest == NULL ? none : strtok_rest;
    }
    writes((void *)&strtok_rest, sizeof strtok_rest, SITE);
    return next_word(text, delimiters, &strtok_rest, SITE);
}

char *__wrap_strtok_r(char *text, const char *delimiters, char **rest)
{
    if (text == NULL) {
        reads((void *)rest, sizeof *rest, SITE);
        text = *rest;
    }
    writes((void *)rest, sizeof *rest, SITE);
    return text == NULL ? NULL : next_word(text, delimiters, rest, SITE);
}

char *__wrap_strsep(char **text, const char *delimiters)
{
    reads((void *)text, sizeof *text, SITE);
    char *word = *text;
    if (word == NULL) {
        return NULL;
    }
    (void)read_string(delimiters, SITE);
    size_t length = strcspn(word, delimiters);
    reads(word, length + 1, SITE);
    bool last = word[length] == '\0';
    writes((void *)text, sizeof *text, SITE);
    *text = last ? NULL : word + length + 1;
    if (!last) {
        writes(word + length, 1, SITE);
        word[length] = '\0';
    }
    return word;
}

/* --- messages ----------------------------------------------------------------------- */

char *__wrap_strerror_r(int number, char *to, size_t size)
{
    /* glibc's writes unknown numbers only; another one writes all. */
    size_t length = strlen(strerror(number));
    if (size > 0) {
        writes(to, length < size ? length + 1 : size, SITE);
    }
    return strerror_r(number, to, size);
}

int __wrap___xpg_strerror_r(int number, char *to, size_t size)
{
    extern int __xpg_strerror_r(int, char *, size_t);
    size_t length = strlen(strerror(number));
    if (size > 0) {
        writes(to, length < size ? length + 1 : size, SITE);
    }
    return __xpg_strerror_r(number, to, size);
}

/* SPDX-License-Identifier: MIT */
/* The locale, which the whole process has in common: setlocale writes it, and whatever
   formats, reads or classifies text looks at it. */
#include "virtual/executions.h"
#include "virtual/ground/places.h"
#include "virtual/library/library.h"

#include <ctype.h>
#include <locale.h>
#include <wctype.h>

/* It stands for all of it. Reports name it. */
VM_ALONE static char the_locale;
VM_PLACE(VM_PLACED_LOCALE, the_locale)

void reads_locale(const void *site)
{
    vm_plain(&the_locale, 1, false, site);
}

void writes_locale(const void *site)
{
    vm_plain(&the_locale, 1, true, site);
}

void vm_reset_environment(void)
{
    vm_reset_variables();
    if (strcmp(setlocale(LC_ALL, NULL), "C") != 0) {
        (void)setlocale(LC_ALL, "C");
    }
}

char *__wrap_setlocale(int category, const char *name)
{
    if (name != NULL) {
        (void)read_string(name, SITE);
    }
    vm_plain(&the_locale, 1, name != NULL, SITE);
    return setlocale(category, name);
}

/* Into the library's own memory, which the program is given. */
struct lconv *__wrap_localeconv(void)
{
    reads_locale(SITE);
    struct lconv *result = localeconv();
    writes(result, sizeof *result, SITE);
    return localeconv();
}

/* --- characters --------------------------------------------------------------------- */

/* The kinds of characters are in a table of the locale's. */
#define TABLE(type, name)                                                                \
    type *__wrap_##name(void)                                                            \
    {                                                                                    \
        reads_locale(SITE);                                                              \
        return name();                                                                   \
    }
TABLE(const unsigned short *, __ctype_b_loc)
TABLE(const int32_t *, __ctype_tolower_loc)
TABLE(const int32_t *, __ctype_toupper_loc)

#define CHARACTER(type, parameter, name)                                                 \
    type __wrap_##name(parameter character)                                              \
    {                                                                                    \
        reads_locale(SITE);                                                              \
        return (name)(character);                                                        \
    }
CHARACTER(int, int, isalnum)
CHARACTER(int, int, isalpha)
CHARACTER(int, int, isblank)
CHARACTER(int, int, iscntrl)
CHARACTER(int, int, isgraph)
CHARACTER(int, int, islower)
CHARACTER(int, int, isprint)
CHARACTER(int, int, ispunct)
CHARACTER(int, int, isspace)
CHARACTER(int, int, isupper)
CHARACTER(int, int, tolower)
CHARACTER(int, int, toupper)
CHARACTER(int, wint_t, iswalnum)
CHARACTER(int, wint_t, iswalpha)
CHARACTER(int, wint_t, iswblank)
CHARACTER(int, wint_t, iswcntrl)
CHARACTER(int, wint_t, iswgraph)
CHARACTER(int, wint_t, iswlower)
CHARACTER(int, wint_t, iswprint)
CHARACTER(int, wint_t, iswpunct)
CHARACTER(int, wint_t, iswspace)
CHARACTER(int, wint_t, iswupper)
CHARACTER(wint_t, wint_t, towlower)
CHARACTER(wint_t, wint_t, towupper)
CHARACTER(wint_t, int, btowc)
CHARACTER(int, wint_t, wctob)
CHARACTER(int, wchar_t, wcwidth)

/* Kinds of wide characters, by name. */
#define KIND(type, name, apply, result)                                                  \
    type __wrap_##name(const char *text)                                                 \
    {                                                                                    \
        (void)read_string(text, SITE);                                                   \
        reads_locale(SITE);                                                              \
        return name(text);                                                               \
    }                                                                                    \
    result __wrap_##apply(wint_t character, type kind)                                   \
    {                                                                                    \
        reads_locale(SITE);                                                              \
        return apply(character, kind);                                                   \
    }
KIND(wctype_t, wctype, iswctype, int)
KIND(wctrans_t, wctrans, towctrans, wint_t)

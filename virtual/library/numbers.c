/* SPDX-License-Identifier: MIT */
/* Numbers in text, and functions of numbers that have a second result. */
#include "virtual/library/library.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* --- from text ---------------------------------------------------------------------- */

/* The text up to the first character that is no part of the number, which is the last
   that is looked at. */
static void read_number(const char *text, const char *end, const void *site)
{
    if (end == text) {
        end += strspn(text, " \t\n\v\f\r");
    }
    reads(text, (size_t)(end - text) + 1, site);
    reads_locale(site);
}

/* `call` is made twice: what it reads is announced in between. */
#define PARSE(call)                                                                      \
    {                                                                                    \
        char *found;                                                                     \
        int before = errno;                                                              \
        (void)call;                                                                      \
        errno = before;                                                                  \
        read_number(text, found, SITE);                                                  \
        if (end != NULL) {                                                               \
            writes((void *)end, sizeof *end, SITE);                                      \
        }                                                                                \
        __typeof__(call) result = call;                                                  \
        vm_take_error();                                                                 \
        if (end != NULL) {                                                               \
            *end = found;                                                                \
        }                                                                                \
        return result;                                                                   \
    }

#define INTEGER(type, name, native)                                                      \
    type __wrap_##name(const char *text, char **end, int base)                           \
        PARSE(native(text, &found, base))
INTEGER(long, strtol, strtol)
INTEGER(long long, strtoll, strtoll)
INTEGER(unsigned long, strtoul, strtoul)
INTEGER(unsigned long long, strtoull, strtoull)
INTEGER(intmax_t, strtoimax, strtoimax)
INTEGER(uintmax_t, strtoumax, strtoumax)
INTEGER(long, __isoc23_strtol, strtol)
INTEGER(long long, __isoc23_strtoll, strtoll)
INTEGER(unsigned long, __isoc23_strtoul, strtoul)
INTEGER(unsigned long long, __isoc23_strtoull, strtoull)
INTEGER(intmax_t, __isoc23_strtoimax, strtoimax)
INTEGER(uintmax_t, __isoc23_strtoumax, strtoumax)

#define REAL(type, name)                                                                 \
    type __wrap_##name(const char *text, char **end) PARSE(name(text, &found))
REAL(float, strtof)
REAL(double, strtod)
REAL(long double, strtold)

#define SIMPLE(type, name, native)                                                       \
    type __wrap_##name(const char *text)                                                 \
    {                                                                                    \
        char *found;                                                                     \
        (void)native;                                                                    \
        read_number(text, found, SITE);                                                  \
        return (type)native;                                                             \
    }
SIMPLE(int, atoi, strtol(text, &found, 10))
SIMPLE(long, atol, strtol(text, &found, 10))
SIMPLE(long long, atoll, strtoll(text, &found, 10))
SIMPLE(double, atof, strtod(text, &found))

#define NOT_A_NUMBER(type, name)                                                         \
    type __wrap_##name(const char *text)                                                 \
    {                                                                                    \
        (void)read_string(text, SITE);                                                   \
        return (name)(text);                                                             \
    }
NOT_A_NUMBER(double, nan)
NOT_A_NUMBER(float, nanf)

/* --- with a second result ----------------------------------------------------------- */

#define SECOND(type, name, second)                                                       \
    type __wrap_##name(type value, second *result)                                       \
    {                                                                                    \
        writes(result, sizeof *result, SITE);                                            \
        return name(value, result);                                                      \
    }
SECOND(double, frexp, int)
SECOND(float, frexpf, int)
SECOND(long double, frexpl, int)
SECOND(double, modf, double)
SECOND(float, modff, float)
SECOND(long double, modfl, long double)
SECOND(double, lgamma_r, int)
SECOND(float, lgammaf_r, int)
SECOND(long double, lgammal_r, int)

#define QUOTIENT(type, name)                                                             \
    type __wrap_##name(type one, type other, int *result)                                \
    {                                                                                    \
        writes(result, sizeof *result, SITE);                                            \
        return name(one, other, result);                                                 \
    }
QUOTIENT(double, remquo)
QUOTIENT(float, remquof)
QUOTIENT(long double, remquol)

#define SINE_AND_COSINE(type, name)                                                      \
    void __wrap_##name(type value, type *sine, type *cosine)                             \
    {                                                                                    \
        writes(sine, sizeof *sine, SITE);                                                \
        writes(cosine, sizeof *cosine, SITE);                                            \
        name(value, sine, cosine);                                                       \
    }
SINE_AND_COSINE(double, sincos)
SINE_AND_COSINE(float, sincosf)
SINE_AND_COSINE(long double, sincosl)

/* lgamma leaves the sign in a variable. */
#define GAMMA(type, name)                                                                \
    type __wrap_##name(type value)                                                       \
    {                                                                                    \
        writes(&signgam, sizeof signgam, SITE);                                          \
        return name(value);                                                              \
    }
GAMMA(double, lgamma)
GAMMA(float, lgammaf)
GAMMA(long double, lgammal)

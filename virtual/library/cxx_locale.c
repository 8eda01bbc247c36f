/* SPDX-License-Identifier: MIT */
/* What libstdc++ has compiled of locales: a std::locale is a pointer, and the facet
   std::ctype reads and writes texts. */
#include "virtual/library/library.h"

#include <stdint.h>

enum { LOCALE = sizeof(void *), LOCALE_OF_STREAM = 208 /* in a std::ios_base */ };

#define MAKE(symbol)                                                                     \
    void make_##symbol(void *self) __asm__("__wrap__ZNSt6locale" #symbol "Ev");          \
    void make_##symbol(void *self)                                                       \
    {                                                                                    \
        typedef void make(void *);                                                       \
        reads_locale(SITE);                                                              \
        writes(self, LOCALE, SITE);                                                      \
        NATIVE(make *, "_ZNSt6locale" #symbol "Ev")(self);                               \
    }                                                                                    \
    void copy_##symbol(void *,                                                           \
                       const void *) __asm__("__wrap__ZNSt6locale" #symbol "ERKS_");     \
    void copy_##symbol(void *self, const void *other)                                    \
    {                                                                                    \
        typedef void copy(void *, const void *);                                         \
        reads(other, LOCALE, SITE);                                                      \
        writes(self, LOCALE, SITE);                                                      \
        NATIVE(copy *, "_ZNSt6locale" #symbol "ERKS_")(self, other);                     \
    }                                                                                    \
    void name_##symbol(void *,                                                           \
                       const char *) __asm__("__wrap__ZNSt6locale" #symbol "EPKc");      \
    void name_##symbol(void *self, const char *name)                                     \
    {                                                                                    \
        typedef void make(void *, const char *);                                         \
        (void)read_string(name, SITE);                                                   \
        vm_environment(false, SITE);                                                     \
        writes(self, LOCALE, SITE);                                                      \
        NATIVE(make *, "_ZNSt6locale" #symbol "EPKc")(self, name);                       \
    }
MAKE(C1)
MAKE(C2)

#define END(symbol)                                                                      \
    void __wrap_##symbol(void *self)                                                     \
    {                                                                                    \
        typedef void end(void *);                                                        \
        writes(self, LOCALE, SITE);                                                      \
        NATIVE(end *, #symbol)(self);                                                    \
    }
END(_ZNSt6localeD1Ev)
END(_ZNSt6localeD2Ev)

void *__wrap__ZNSt6localeaSERKS_(void *self, const void *other)
{
    typedef void *assign(void *, const void *);
    reads(other, LOCALE, SITE);
    writes(self, LOCALE, SITE);
    return NATIVE(assign *, "_ZNSt6localeaSERKS_")(self, other);
}

bool __wrap__ZNKSt6localeeqERKS_(const void *self, const void *other)
{
    typedef bool compare(const void *, const void *);
    reads(self, LOCALE, SITE);
    reads(other, LOCALE, SITE);
    return NATIVE(compare *, "_ZNKSt6localeeqERKS_")(self, other);
}

void *__wrap__ZNKSt6locale4nameB5cxx11Ev(void *result, const void *self)
{
    typedef void *name(void *, const void *);
    reads(self, LOCALE, SITE);
    return NATIVE(name *, "_ZNKSt6locale4nameB5cxx11Ev")(result, self);
}

/* What is global when an execution ends is still global in the next. */
void *__wrap__ZNSt6locale6globalERKS_(void *result, const void *locale)
{
    typedef const void *classic(void);
    typedef void *set(void *, const void *);
    reads(locale, LOCALE, SITE);
    if (memcmp(locale, NATIVE(classic *, "_ZNSt6locale7classicEv")(), LOCALE) != 0) {
        instrument_refuse(SITE, "std::locale::global: there is std::locale::classic()");
    }
    writes_locale(SITE);
    return NATIVE(set *, "_ZNSt6locale6globalERKS_")(result, locale);
}

void *__wrap__ZNSt8ios_base5imbueERKSt6locale(void *result, void *stream,
                                              const void *locale)
{
    typedef void *imbue(void *, void *, const void *);
    reads(locale, LOCALE, SITE);
    writes((char *)stream + LOCALE_OF_STREAM, LOCALE, SITE);
    return NATIVE(imbue *, "_ZNSt8ios_base5imbueERKSt6locale")(result, stream, locale);
}

/* --- std::ctype --------------------------------------------------------------------- */

static void use(const void *bytes, size_t size, bool write, const void *site)
{
    vm_plain_of_program((void *)(uintptr_t)bytes, size, write, site);
}

/* What is written, unless the facet keeps it: what it finds out at first use. */
static void give(const void *self, const void *result, size_t size, const void *site)
{
    enum { FACET = 576 }; /* a std::ctype<char> */
    if ((uintptr_t)result - (uintptr_t)self >= FACET) {
        use(result, size, true, site);
    }
}

#define BYTES(from, to) (size_t)((const char *)(to) - (const char *)(from))

#define CHANGE(function, type, symbol)                                                   \
    static const type *function(const void *self, type *from, const type *to)            \
    {                                                                                    \
        typedef const type *change(const void *, type *, const type *);                  \
        use(from, BYTES(from, to), false, SITE);                                         \
        use(from, BYTES(from, to), true, SITE);                                          \
        return NATIVE(change *, symbol)(self, from, to);                                 \
    }
CHANGE(upper, char, "_ZNKSt5ctypeIcE10do_toupperEPcPKc")
CHANGE(lower, char, "_ZNKSt5ctypeIcE10do_tolowerEPcPKc")
CHANGE(upper_wide, wchar_t, "_ZNKSt5ctypeIwE10do_toupperEPwPKw")
CHANGE(lower_wide, wchar_t, "_ZNKSt5ctypeIwE10do_tolowerEPwPKw")

#define WIDEN(function, type, symbol)                                                    \
    static const char *function(const void *self, const char *from, const char *to,      \
                                type *result)                                            \
    {                                                                                    \
        typedef const char *widen(const void *, const char *, const char *, type *);     \
        use(from, BYTES(from, to), false, SITE);                                         \
        give(self, result, BYTES(from, to) * sizeof *result, SITE);                      \
        return NATIVE(widen *, symbol)(self, from, to, result);                          \
    }
WIDEN(widen, char, "_ZNKSt5ctypeIcE8do_widenEPKcS2_Pc")
WIDEN(widen_wide, wchar_t, "_ZNKSt5ctypeIwE8do_widenEPKcS2_Pw")

#define NARROW(function, type, symbol)                                                   \
    static const type *function(const void *self, const type *from, const type *to,      \
                                char other, char *result)                                \
    {                                                                                    \
        typedef const type *narrow(const void *, const type *, const type *, char,       \
                                   char *);                                              \
        use(from, BYTES(from, to), false, SITE);                                         \
        give(self, result, (size_t)(to - from), SITE);                                   \
        return NATIVE(narrow *, symbol)(self, from, to, other, result);                  \
    }
NARROW(narrow, char, "_ZNKSt5ctypeIcE9do_narrowEPKcS2_cPc")
NARROW(narrow_wide, wchar_t, "_ZNKSt5ctypeIwE9do_narrowEPKwS2_cPc")

static const wchar_t *kinds(const void *self, const wchar_t *from, const wchar_t *to,
                            unsigned short *result)
{
    typedef const wchar_t *is(const void *, const wchar_t *, const wchar_t *,
                              unsigned short *);
    use(from, BYTES(from, to), false, SITE);
    give(self, result, (size_t)(to - from) * sizeof *result, SITE);
    return NATIVE(is *, "_ZNKSt5ctypeIwE5do_isEPKwS2_Pt")(self, from, to, result);
}

/* The character that ends it is read, too. */
#define SCAN(function, symbol)                                                           \
    static const wchar_t *function(const void *self, unsigned short kind,                \
                                   const wchar_t *from, const wchar_t *to)               \
    {                                                                                    \
        typedef const wchar_t *scan(const void *, unsigned short, const wchar_t *,       \
                                    const wchar_t *);                                    \
        const wchar_t *end = NATIVE(scan *, symbol)(self, kind, from, to);               \
        use(from, BYTES(from, end == to ? end : end + 1), false, SITE);                  \
        return end;                                                                      \
    }
SCAN(scan_is, "_ZNKSt5ctypeIwE10do_scan_isEtPKwS2_")
SCAN(scan_not, "_ZNKSt5ctypeIwE11do_scan_notEtPKwS2_")

const char *vm_announce_kinds(void)
{
#define SLOT(type, symbol, instead)                                                      \
    {                                                                                    \
        "_ZTVSt5ctypeI" type "E", "_ZNKSt5ctypeI" type "E" symbol, (void *)(instead)     \
    }
    const struct {
        const char *table, *name;
        void *instead;
    } slots[] = {
        SLOT("c", "10do_toupperEPcPKc", upper),
        SLOT("c", "10do_tolowerEPcPKc", lower),
        SLOT("c", "8do_widenEPKcS2_Pc", widen),
        SLOT("c", "9do_narrowEPKcS2_cPc", narrow),
        SLOT("w", "10do_toupperEPwPKw", upper_wide),
        SLOT("w", "10do_tolowerEPwPKw", lower_wide),
        SLOT("w", "8do_widenEPKcS2_Pw", widen_wide),
        SLOT("w", "9do_narrowEPKwS2_cPc", narrow_wide),
        SLOT("w", "5do_isEPKwS2_Pt", kinds),
        SLOT("w", "10do_scan_isEtPKwS2_", scan_is),
        SLOT("w", "11do_scan_notEtPKwS2_", scan_not),
    };
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++) {
        if (!vm_replace_slot(slots[i].table, slots[i].name, slots[i].instead)) {
            return "std::ctype";
        }
    }
    return NULL;
}

/* SPDX-License-Identifier: MIT */
/*
 * What libstdc++ has compiled and the program does not make from its headers: hashes,
 * casts, exceptions. The library's own functions are called, their accesses are
 * announced.
 */
#include "virtual/library/library.h"
#include "virtual/threads/libstdcxx.h"

#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

/* The program, whose constructors may call, has loaded it. */
void *vm_native(const char *name)
{
    static void *library;
    if (library == NULL) {
        library = dlopen("libstdc++.so.6", RTLD_LAZY | RTLD_NOLOAD);
    }
    return library == NULL ? NULL : dlsym(library, name);
}

/* --- vectors ------------------------------------------------------------------------ */

/* Called by libstdc++'s vectors, which have the memory from `begin` to `end`: elements
   end at `after`, where they ended at `before`. Those that are no more end as if they
   were written; a new one is written by whoever makes it. */
void __sanitizer_annotate_contiguous_container(const void *begin, const void *end,
                                               const void *before, const void *after);
void __sanitizer_annotate_contiguous_container(const void *begin, const void *end,
                                               const void *before, const void *after)
{
    const void *site = vm_called(__builtin_return_address(0));
    if (after < before) {
        vm_plain(after, (size_t)((const char *)before - (const char *)after), true, site);
    }
    vm_use_block(begin, (size_t)((const char *)end - (const char *)begin),
                 (size_t)((const char *)after - (const char *)begin));
}

/* --- what it has compiled ----------------------------------------------------------- */

bool vm_replace_slot(const char *table_name, const char *name, void *instead)
{
    enum { WORDS = 18 }; /* of std::basic_streambuf's, destructors and type among them */
    void **table = vm_native(table_name), *old = vm_native(name);
    size_t i = 0;
    while (table != NULL && i < WORDS && table[i] != old) {
        i++;
    }
    if (table == NULL || old == NULL || i == WORDS) {
        return false;
    }
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    char *start = (char *)&table[i] - (uintptr_t)&table[i] % page;
    if (mprotect(start, page, PROT_READ | PROT_WRITE) != 0) {
        return false;
    }
    table[i] = instead;
    (void)mprotect(start, page, PROT_READ);
    return true;
}

/* --- hashes ------------------------------------------------------------------------- */

size_t __wrap__ZSt11_Hash_bytesPKvmm(const void *bytes, size_t size, size_t seed)
{
    typedef size_t hash(const void *, size_t, size_t);
    reads(bytes, size, SITE);
    return NATIVE(hash *, "_ZSt11_Hash_bytesPKvmm")(bytes, size, seed);
}

/* struct { float most; size_t next; }, and a std::pair<bool, size_t>. */
enum { POLICY = 16 };
struct rehash {
    bool needed;
    size_t buckets;
};

struct rehash __wrap__ZNKSt8__detail20_Prime_rehash_policy14_M_need_rehashEmmm(
    void *policy, size_t buckets, size_t elements, size_t more)
{
    typedef struct rehash ask(void *, size_t, size_t, size_t);
    unsigned char before[POLICY];
    reads(policy, POLICY, SITE);
    memcpy(before, policy, POLICY);
    struct rehash result =
        NATIVE(ask *, "_ZNKSt8__detail20_Prime_rehash_policy14_M_need_rehashEmmm")(
            policy, buckets, elements, more);
    if (memcmp(before, policy, POLICY) != 0) {
        writes((char *)policy + POLICY / 2, POLICY / 2, SITE);
    }
    return result;
}

size_t __wrap__ZNKSt8__detail20_Prime_rehash_policy11_M_next_bktEm(void *policy,
                                                                   size_t buckets)
{
    typedef size_t ask(void *, size_t);
    reads(policy, POLICY / 4, SITE);
    writes((char *)policy + POLICY / 2, POLICY / 2, SITE);
    return NATIVE(ask *, "_ZNKSt8__detail20_Prime_rehash_policy11_M_next_bktEm")(policy,
                                                                                 buckets);
}

/* --- casts -------------------------------------------------------------------------- */

/* An object begins with a pointer to its table of functions. Two words before these
   stands how far away the whole is that it is a part of, which begins likewise. */
void *__wrap___dynamic_cast(const void *part, const void *from, const void *to, long hint)
{
    typedef void *cast(const void *, const void *, const void *, long);
    const void *site = SITE;
    reads(part, sizeof(void *), site);
    reads((const char *)part + (*(const long *const *)part)[-2], sizeof(void *), site);
    return NATIVE(cast *, "__dynamic_cast")(part, from, to, hint);
}

/* --- exceptions --------------------------------------------------------------------- */

/*
 * std::exception_ptr is one pointer; what it points to counts who has it, in libstdc++'s
 * own code. Who gives it back does so before the last one does, who destroys it: that
 * order is a counter's of ours, in the gap behind that count (cxx.c).
 */
struct thrown {
    int count, is_shared;
    uint64_t given_back;
};

static struct thrown *head(void *thrown)
{
    return (struct thrown *)(void *)((char *)thrown - VM_EXCEPTION_HEADER);
}

static void share(void *thrown, const void *site)
{
    (void)vm_called(site);
    if (thrown != NULL) {
        head(thrown)->is_shared = 1;
    }
}

static void give_back(void *thrown, const void *site)
{
    if (thrown != NULL && head(thrown)->is_shared && vm_self() != VM_NOBODY) {
        vm_atomic(VM_ADD, &head(thrown)->given_back, sizeof(uint64_t), 1, VM_ACQ_REL,
                  "std::exception_ptr", vm_called(site));
    }
}

#define POINTER "_ZNSt15__exception_ptr13exception_ptr"
typedef void *pointer(void **self);

void *make_pointer(void **self, void *thrown) __asm__("__wrap_" POINTER "C1EPv");
void *make_pointer(void **self, void *thrown)
{
    typedef void *make(void **, void *);
    writes((const void *)self, sizeof *self, SITE);
    share(thrown, SITE);
    return NATIVE(make *, POINTER "C1EPv")(self, thrown);
}

void *copy_pointer(void **self) __asm__("__wrap_" POINTER "9_M_addrefEv");
void *copy_pointer(void **self)
{
    reads((const void *)self, sizeof *self, SITE);
    return NATIVE(pointer *, POINTER "9_M_addrefEv")(self);
}

void *release_pointer(void **self) __asm__("__wrap_" POINTER "10_M_releaseEv");
void *release_pointer(void **self)
{
    writes((const void *)self, sizeof *self, SITE);
    give_back(*self, SITE);
    return NATIVE(pointer *, POINTER "10_M_releaseEv")(self);
}

/* What a std::future is about; it begins with a table of functions, and a pointer. */
#define RESULT_ENDS "_ZNSt13__future_base12_Result_baseD2Ev"
void end_result(void **self) __asm__("__wrap_" RESULT_ENDS);
void end_result(void **self)
{
    typedef void end(void **);
    give_back(self[1], SITE);
    NATIVE(end *, RESULT_ENDS)(self);
}

/* A table of functions, and a pointer. */
#define NESTED_ENDS(symbol)                                                              \
    void __wrap_##symbol(void **self)                                                    \
    {                                                                                    \
        typedef void end(void **);                                                       \
        writes((const void *)self, 2 * sizeof *self, SITE);                              \
        give_back(self[1], SITE);                                                        \
        NATIVE(end *, #symbol)(self);                                                    \
    }
NESTED_ENDS(_ZNSt16nested_exceptionD1Ev)
NESTED_ENDS(_ZNSt16nested_exceptionD2Ev)

void *__wrap__ZSt17current_exceptionv(void **self)
{
    writes((const void *)self, sizeof *self, SITE);
    void *result = NATIVE(pointer *, "_ZSt17current_exceptionv")(self);
    share(*self, SITE);
    return result;
}

void __wrap___cxa_end_catch(void)
{
    typedef void end(void);
    void *thrown;
    (void)NATIVE(pointer *, "_ZSt17current_exceptionv")(&thrown);
    if (thrown != NULL) {
        (void)NATIVE(pointer *, POINTER "10_M_releaseEv")(&thrown);
    }
    give_back(thrown, SITE);
    NATIVE(end *, "__cxa_end_catch")();
}

enum { EXCEPTION = 2 * sizeof(void *) }; /* a std::logic_error, or std::runtime_error */

#define COPIES(symbol)                                                                   \
    void *__wrap_##symbol(void *self, const void *other)                                 \
    {                                                                                    \
        typedef void *copy(void *, const void *);                                        \
        reads(other, EXCEPTION, SITE);                                                   \
        writes(self, EXCEPTION, SITE);                                                   \
        return NATIVE(copy *, #symbol)(self, other);                                     \
    }
#define MOVES(symbol)                                                                    \
    void *__wrap_##symbol(void *self, void *other)                                       \
    {                                                                                    \
        typedef void *move(void *, void *);                                              \
        writes(other, EXCEPTION, SITE);                                                  \
        writes(self, EXCEPTION, SITE);                                                   \
        return NATIVE(move *, #symbol)(self, other);                                     \
    }
#define ENDS(symbol)                                                                     \
    void __wrap_##symbol(void *self)                                                     \
    {                                                                                    \
        typedef void end(void *);                                                        \
        writes(self, EXCEPTION, SITE);                                                   \
        NATIVE(end *, #symbol)(self);                                                    \
    }
#define SAYS(symbol)                                                                     \
    const char *__wrap_##symbol(const void *self)                                        \
    {                                                                                    \
        typedef const char *what(const void *);                                          \
        reads(self, EXCEPTION, SITE);                                                    \
        return NATIVE(what *, #symbol)(self);                                            \
    }
#define EXCEPTIONS(name)                                                                 \
    COPIES(_ZNSt##name##C1ERKS_)                                                         \
    COPIES(_ZNSt##name##C2ERKS_)                                                         \
    COPIES(_ZNSt##name##aSERKS_)                                                         \
    MOVES(_ZNSt##name##C1EOS_)                                                           \
    MOVES(_ZNSt##name##C2EOS_)                                                           \
    MOVES(_ZNSt##name##aSEOS_)                                                           \
    ENDS(_ZNSt##name##D1Ev)                                                              \
    ENDS(_ZNSt##name##D2Ev)                                                              \
    SAYS(_ZNKSt##name##4whatEv)
EXCEPTIONS(11logic_error)
EXCEPTIONS(13runtime_error)
ENDS(_ZNSt12domain_errorD1Ev)
ENDS(_ZNSt12length_errorD1Ev)
ENDS(_ZNSt12out_of_rangeD1Ev)
ENDS(_ZNSt16invalid_argumentD1Ev)
ENDS(_ZNSt11range_errorD1Ev)
ENDS(_ZNSt14overflow_errorD1Ev)
ENDS(_ZNSt15underflow_errorD1Ev)

/* Exceptions that are made of a text: std::string begins with pointer and length. */
#define OF_TEXT(name)                                                                    \
    void __wrap_##name##EPKc(void *self, const char *text)                               \
    {                                                                                    \
        typedef void make(void *, const char *);                                         \
        (void)read_string(text, SITE);                                                   \
        writes(self, EXCEPTION, SITE);                                                   \
        NATIVE(make *, #name "EPKc")(self, text);                                        \
    }                                                                                    \
    void __wrap_##name##ERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE(         \
        void *self, const void *string)                                                  \
    {                                                                                    \
        typedef void make(void *, const void *);                                         \
        struct {                                                                         \
            const char *text;                                                            \
            size_t length;                                                               \
        } parts;                                                                         \
        reads(string, sizeof parts, SITE);                                               \
        memcpy(&parts, string, sizeof parts);                                            \
        reads(parts.text, parts.length, SITE);                                           \
        writes(self, EXCEPTION, SITE);                                                   \
        NATIVE(make *, #name "ERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE")  \
        (self, string);                                                                  \
    }
OF_TEXT(_ZNSt11logic_errorC1)
OF_TEXT(_ZNSt11logic_errorC2)
OF_TEXT(_ZNSt12domain_errorC1)
OF_TEXT(_ZNSt12length_errorC1)
OF_TEXT(_ZNSt12out_of_rangeC1)
OF_TEXT(_ZNSt16invalid_argumentC1)
OF_TEXT(_ZNSt13runtime_errorC1)
OF_TEXT(_ZNSt13runtime_errorC2)
OF_TEXT(_ZNSt11range_errorC1)
OF_TEXT(_ZNSt14overflow_errorC1)
OF_TEXT(_ZNSt15underflow_errorC1)

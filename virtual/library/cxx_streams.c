/* SPDX-License-Identifier: MIT */
/*
 * std::cout and its like. They are in libstdc++'s own memory, and may be used by several
 * threads at once for input and output: what the functions for that write there is no
 * race. All else that changes a stream is: its flags, its width.
 */
#include "virtual/executions.h"
#include "virtual/library/input.h"
#include "virtual/library/library.h"
#include "virtual/program/program.h"

#include <dlfcn.h>

/* --- what they are given ------------------------------------------------------------ */

/* The table of virtual functions of their buffers, and those in it. */
#define BUFFER(what, character)                                                          \
    "_Z" what "9__gnu_cxx18stdio_sync_filebufI" character "St11char_traitsI" character   \
    "EE"

/* It reaches the C library inside of the C++ library, by virtual functions of their
   buffers. */
typedef long put(void *buffer, const void *characters, long count);
static put *narrow, *wide;

static long put_narrow(void *buffer, const void *characters, long count)
{
    vm_plain_of_program((void *)(uintptr_t)characters, (size_t)count, false, SITE);
    return narrow(buffer, characters, count);
}

static long put_wide(void *buffer, const void *characters, long count)
{
    vm_plain_of_program((void *)(uintptr_t)characters, (size_t)count * sizeof(wchar_t),
                        false, SITE);
    return wide(buffer, characters, count);
}

static long get_narrow(void *buffer, char *to, long count)
{
    typedef long get(void *, char *, long);
    (void)vm_input_use(stdin, vm_site_in_program(SITE));
    vm_plain_of_program(to, (size_t)count, true, SITE);
    return NATIVE(get *, BUFFER("N", "c") "6xsgetnEPcl")(buffer, to, count);
}

#define NEXT(name)                                                                       \
    static int next_##name(void *buffer)                                                 \
    {                                                                                    \
        typedef int next(void *);                                                        \
        (void)vm_input_use(stdin, vm_site_in_program(SITE));                             \
        return NATIVE(next *, BUFFER("N", "c") #name)(buffer);                           \
    }
NEXT(9underflowEv)
NEXT(5uflowEv)

static _Noreturn void get_wide(void)
{
    instrument_refuse(vm_site_in_program(SITE), "input from std::wcin");
}

static const char *const names[] = {"_ZSt3cin",   "_ZSt4cout", "_ZSt4cerr",
                                    "_ZSt4clog",  "_ZSt4wcin", "_ZSt5wcout",
                                    "_ZSt5wcerr", "_ZSt5wclog"};
enum { STREAMS = sizeof names / sizeof *names, COUT = 1, WCOUT = 5, WIDE = 4 };
static struct vm_stream *bases[STREAMS];

/* A program that does not include <iostream> has streams that nobody has constructed, and
   does not use them. */
static bool find_bases(void)
{
    for (unsigned i = 0; i < STREAMS; i++) {
        char *stream = vm_native(names[i]);
        const ptrdiff_t *own = stream == NULL ? NULL : *(ptrdiff_t **)(void *)stream;
        if (own == NULL) {
            return false;
        }
        bases[i] = (struct vm_stream *)(void *)(stream + own[-3]);
    }
    return true;
}

/* A stream finds out at first use what it fills with, which is no change. */
static void know_what_fills(void)
{
    typedef int fill(void *);
    for (unsigned i = 0; i < STREAMS; i++) {
        (void)NATIVE(fill *,
                     i < WIDE ? "_ZNKSt9basic_iosIcSt11char_traitsIcEE4fillEv"
                              : "_ZNKSt9basic_iosIwSt11char_traitsIwEE4fillEv")(bases[i]);
    }
}

const char *vm_announce_streams(void)
{
    if (!find_bases()) {
        return NULL;
    }
    know_what_fills();
    narrow = NATIVE(put *, BUFFER("N", "c") "6xsputnEPKcl");
    wide = NATIVE(put *, BUFFER("N", "w") "6xsputnEPKwl");
    const struct {
        const char *table, *name;
        void *instead;
    } slots[] = {
        {BUFFER("TVN", "c") "E", BUFFER("N", "c") "6xsputnEPKcl",
         (void *)(uintptr_t)put_narrow},
        {BUFFER("TVN", "c") "E", BUFFER("N", "c") "6xsgetnEPcl",
         (void *)(uintptr_t)get_narrow},
        {BUFFER("TVN", "c") "E", BUFFER("N", "c") "9underflowEv",
         (void *)(uintptr_t)next_9underflowEv},
        {BUFFER("TVN", "c") "E", BUFFER("N", "c") "5uflowEv",
         (void *)(uintptr_t)next_5uflowEv},
        {BUFFER("TVN", "w") "E", BUFFER("N", "w") "6xsputnEPKwl",
         (void *)(uintptr_t)put_wide},
        {BUFFER("TVN", "w") "E", BUFFER("N", "w") "6xsgetnEPwl",
         (void *)(uintptr_t)get_wide},
        {BUFFER("TVN", "w") "E", BUFFER("N", "w") "9underflowEv",
         (void *)(uintptr_t)get_wide},
        {BUFFER("TVN", "w") "E", BUFFER("N", "w") "5uflowEv",
         (void *)(uintptr_t)get_wide},
    };
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++) {
        if (!vm_replace_slot(slots[i].table, slots[i].name, slots[i].instead)) {
            return "what std::cout is given, or std::cin gives";
        }
    }
    return NULL;
}

/* --- what they are ------------------------------------------------------------------ */

/* std::ios::sync_with_stdio(false): from then on threads may not share them. (They go on
   as before: buffers of their own would be kept beyond the execution.) */
static bool apart, begins_apart;

bool sync_with_stdio(bool together) __asm__("__wrap__ZNSt8ios_base15sync_with_stdioEb");
bool sync_with_stdio(bool together)
{
    (void)vm_called(SITE);
    bool before = !apart;
    apart = !together;
    if (vm_self() == VM_NOBODY) {
        begins_apart = apart;
    }
    return before;
}

void vm_reset_streams(void)
{
    apart = begins_apart;
}

/* The name of the function at an address; the last answers are kept. */
static const char *function_at(const void *address)
{
    enum { KEPT = 64 };
    static struct {
        const void *address;
        const char *name;
    } kept[KEPT];
    size_t place = (uintptr_t)address / 4 % KEPT;
    if (kept[place].address != address) {
        Dl_info function;
        kept[place].address = address;
        kept[place].name = dladdr(address, &function) != 0 ? function.dli_sname : NULL;
    }
    return kept[place].name;
}

/* The function of the library that the program has called: `caller` is in it, or in what
   it calls. NULL: the program's own, which has it inlined. */
static const char *called_by_program(const void *caller)
{
    const struct vm_calls *calls = &vm_calls[vm_self()];
    unsigned depth = calls->depth < VM_CALLS ? calls->depth : VM_CALLS;
    const void *inside = caller;
    while (depth > 0 && vm_is_library(inside) && vm_is_library(calls->sites[depth - 1])) {
        inside = calls->sites[--depth];
    }
    return vm_is_library(inside) ? function_at(inside) : NULL;
}

enum what { USES, ASKS, SETS, INLINED };

static enum what what_of(const char *function)
{
    static const char *const setters[] = {
        "St8ios_base",  "St9basic_ios", "St5_Setw",         "St13_Setprecision",
        "St8_SetfillI", "St8_Setbase",  "St12_Setiosflags", "St14_Resetiosflags"};
    if (function == NULL) {
        return INLINED;
    }
    if (strncmp(function, "_ZNK", 4) == 0) {
        return ASKS;
    }
    for (size_t i = 0; i < sizeof setters / sizeof *setters; i++) {
        if (strstr(function, setters[i]) != NULL) {
            return SETS;
        }
    }
    return USES;
}

/* The stream whose own memory an address lies in, or NULL. (The library's tables lie
   beside them, and are only read.) */
static struct vm_stream *stream_of(const void *address)
{
    for (unsigned i = 0; i < STREAMS; i++) {
        if (bases[i] != NULL &&
            (uintptr_t)address - (uintptr_t)bases[i] < sizeof *bases[i]) {
            return bases[i];
        }
    }
    return NULL;
}

/* What is put into a stream, or taken out, looks at its settings inside of the library,
   too; and first of all at its state. It sets the width. */
static void use_settings(const void *address, const void *caller)
{
    struct vm_stream *stream = stream_of(address);
    if (stream != NULL && address == &stream->state) {
        vm_plain(&stream->precision,
                 offsetof(struct vm_stream, exceptions) -
                     offsetof(struct vm_stream, precision),
                 apart, vm_site_in_program(caller));
    }
}

bool vm_stream_counts(const void *address, bool *write, const void *caller)
{
    const struct vm_stream *stream = stream_of(address);
    enum what what = what_of(called_by_program(caller));
    if (what == USES) {
        use_settings(address, caller);
    }
    if (what == USES || what == INLINED) {
        *write = *write || (apart && stream != NULL);
    }
    /* What is put out sets the width to 0, perhaps inlined. */
    bool sets = what == SETS ||
                (what == INLINED && (stream == NULL || address != &stream->width));
    return !*write || apart || sets;
}

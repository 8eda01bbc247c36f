/* SPDX-License-Identifier: MIT */
/* The loaded libstdc++: what it keeps for threads, and std::terminate. */
#include "virtual/threads/libstdcxx.h"
#include "virtual/executions.h"
#include "virtual/ground/thread.h"
#include "virtual/instrument.h"
#include "virtual/program/program.h"

#include <dlfcn.h>
#include <link.h>

typedef void (*handler)(void);

void **vm_cxx_exceptions;

static void *library;
static void **callable[2]; /* std::__once_callable and std::__once_call */
static handler (*set_terminate)(handler);
static handler terminate_settled; /* the program's own, or ours */

void *vm_cxx_symbol(const char *name)
{
    return library == NULL ? NULL : dlsym(library, name);
}

void *vm_cxx_thread_local(void *address)
{
    for (int i = 0; i < 2; i++) {
        if (address == (void *)callable[i]) {
            return (void *)&vm_thread()->callable[i];
        }
    }
    return address;
}

void vm_cxx_pass_callable(void)
{
    for (int i = 0; i < 2; i++) {
        if (callable[i] != NULL) {
            *callable[i] = vm_thread()->callable[i];
        }
    }
}

/* --- std::lock ---------------------------------------------------------------------- */

/* Of two, three and four mutexes: where the program has them. */
static const char *const lock_names[] = {
    "_ZSt4lockISt5mutexS0_JEEvRT_RT0_DpRT1_",
    "_ZSt4lockISt5mutexS0_JS0_EEvRT_RT0_DpRT1_",
    "_ZSt4lockISt5mutexS0_JS0_S0_EEvRT_RT0_DpRT1_",
};
enum { LOCKS = sizeof lock_names / sizeof *lock_names };
static struct {
    uintptr_t start;
    size_t size;
} locks[LOCKS];

static void find_locks(void)
{
    for (unsigned i = 0; i < LOCKS; i++) {
        const void *start = vm_symbol(lock_names[i]);
        Dl_info module;
        const ElfW(Sym) *symbol = NULL;
        locks[i].size = 0;
        if (start != NULL &&
            dladdr1(start, &module, (void **)&symbol, RTLD_DL_SYMENT) != 0 &&
            symbol != NULL && module.dli_saddr == start) {
            locks[i].start = (uintptr_t)start;
            locks[i].size = symbol->st_size;
        }
    }
}

static bool is_in_lock(const void *site)
{
    for (unsigned i = 0; i < LOCKS; i++) {
        if ((uintptr_t)site - locks[i].start < locks[i].size) {
            return true;
        }
    }
    return false;
}

bool vm_cxx_locks_several(const void *site)
{
    enum { CALLS = 8 }; /* of libstdc++'s own, from std::lock to the mutex */
    const struct vm_calls *calls = &vm_calls[vm_self()];
    bool within = is_in_lock(site);
    for (unsigned i = 0; i < CALLS && i < calls->depth && calls->depth <= VM_CALLS; i++) {
        within = within || is_in_lock(calls->sites[calls->depth - 1 - i]);
    }
    return within;
}

/* --- std::terminate ----------------------------------------------------------------- */

static const void *module_of(const void *address)
{
    Dl_info module;
    return dladdr(address, &module) != 0 ? module.dli_fbase : NULL;
}

/* Stops at the first caller that is neither a library's nor ours. */
static _Unwind_Reason_Code find_program(struct _Unwind_Context *context, void *found)
{
    const void *address = (const void *)_Unwind_GetIP(context);
    const void *module = module_of(address);
    if (module == module_of((const void *)vm_cxx_exceptions) || module == NULL ||
        module == module_of(dlsym(library, "__cxa_throw")) ||
        module == module_of(dlsym(RTLD_DEFAULT, "vm_cxx_symbol")) ||
        module == module_of(dlsym(library, "_Unwind_Backtrace"))) {
        return _URC_NO_REASON;
    }
    *(const void **)found = address;
    return _URC_NORMAL_STOP;
}

static void terminate(void)
{
    const void *site = NULL;
    (void)_Unwind_Backtrace(find_program, (void *)&site);
    /* A type_info is a pointer to its functions, and the type's name. */
    const char *const *(*current_type)(void);
    char *(*demangle)(const char *, char *, size_t *, int *);
    VM_CXX_FUNCTION(current_type, "__cxa_current_exception_type");
    VM_CXX_FUNCTION(demangle, "__cxa_demangle");
    const char *const *type = current_type();
    if (type == NULL) {
        instrument_wrong(VM_ABORT, site, "std::terminate was called");
    }
    int status;
    const char *name = demangle(type[1], NULL, NULL, &status);
    instrument_wrong(VM_ABORT, site,
                     "std::terminate: nobody caught an exception of type %s",
                     name == NULL ? type[1] : name);
}

void vm_settle_cxx(void)
{
    library = dlopen("libstdc++.so.6", RTLD_LAZY | RTLD_NOLOAD);
    if (library == NULL) {
        return;
    }
    find_locks();
    vm_settle_operators();
    void **(*exceptions)(void);
    handler (*get_terminate)(void), usual;
    VM_CXX_FUNCTION(exceptions, "__cxa_get_globals");
    VM_CXX_FUNCTION(set_terminate, "_ZSt13set_terminatePFvvE");
    VM_CXX_FUNCTION(get_terminate, "_ZSt13get_terminatev");
    VM_CXX_FUNCTION(usual, "_ZN9__gnu_cxx27__verbose_terminate_handlerEv");
    vm_cxx_exceptions = exceptions();
    callable[0] = vm_cxx_symbol("_ZSt15__once_callable");
    callable[1] = vm_cxx_symbol("_ZSt11__once_call");
    handler now = get_terminate();
    terminate_settled = now == usual ? terminate : now;
    (void)set_terminate(terminate_settled);
}

void vm_reset_cxx(void)
{
    if (library != NULL) {
        (void)set_terminate(terminate_settled);
    }
}

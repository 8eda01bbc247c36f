/* SPDX-License-Identifier: MIT */
/* The loaded libstdc++: what it keeps for threads. */
#ifndef LOCKSTEP_VIRTUAL_LIBSTDCXX_H
#define LOCKSTEP_VIRTUAL_LIBSTDCXX_H

#include <stdbool.h>

/* A symbol of the loaded libstdc++, or NULL. */
void *vm_cxx_symbol(const char *name);

/* A function from a symbol: ISO C has no cast for it. */
#define VM_CXX_FUNCTION(variable, name) (*(void **)&(variable) = vm_cxx_symbol(name))

/* Where libstdc++ keeps a thread's exceptions in flight (two words), or NULL. */
extern void **vm_cxx_exceptions;

/* An exception lies behind what libstdc++ keeps of it: its __cxa_refcounted_exception, of
   so many bytes, which begins as zeros. */
enum { VM_EXCEPTION_HEADER = 128 };

/* The thread's own copy of a thread-local variable of libstdc++'s that is at `address`.
   */
void *vm_cxx_thread_local(void *address);

/* Whether the running thread, which calls at `site`, does so within std::lock of
   std::mutexes alone. */
bool vm_cxx_locks_several(const void *site);

/* Gives the thread's callable to libstdc++, which is about to call it. */
void vm_cxx_pass_callable(void);

#endif

/* SPDX-License-Identifier: MIT */
/* What the thread libraries offer and the virtual multiprocessor does not; and what no
   program may call (program/outside.c). */
#include "virtual/instrument.h"
#include "virtual/virtual.h"

void vm_refused(const char *name, const void *site)
{
    instrument_refuse(site, "the program calls %s, which cannot be %s", name, vm_purpose);
}

#define REFUSED(symbol, message)                                                         \
    void __wrap_##symbol(void)                                                           \
    {                                                                                    \
        instrument_refuse(__builtin_return_address(0), message);                         \
    }

REFUSED(pthread_kill, "pthread_kill: signals cannot be sent")
REFUSED(pthread_tryjoin_np, "pthread_tryjoin_np: use pthread_join")
REFUSED(pthread_timedjoin_np, "pthread_timedjoin_np: use pthread_join")
REFUSED(pthread_clockjoin_np, "pthread_clockjoin_np: use pthread_join")
REFUSED(pthread_getattr_np, "pthread_getattr_np: a virtual thread has no attributes")
REFUSED(pthread_getcpuclockid, "pthread_getcpuclockid: use clock_gettime")
REFUSED(pthread_mutexattr_setrobust, "pthread_mutexattr_setrobust: threads do not die")
REFUSED(pthread_mutex_consistent, "pthread_mutex_consistent: threads do not die")

/* --- what waits or locks inside libstdc++ ------------------------------------------- */

#define REFUSED_CXX(function, symbol, message)                                           \
    void function(void) __asm__("__wrap_" symbol);                                       \
    void function(void)                                                                  \
    {                                                                                    \
        instrument_refuse(__builtin_return_address(0), message);                         \
    }
#define SHARED_POINTER                                                                   \
    "an atomic operation on a shared_ptr: use std::atomic<std::shared_ptr>, or a mutex"

REFUSED_CXX(lock_pointer, "_ZNSt10_Sp_lockerC1EPKv", SHARED_POINTER)
REFUSED_CXX(lock_pointers, "_ZNSt10_Sp_lockerC1EPKvS1_", SHARED_POINTER)
REFUSED_CXX(notify_at_exit,
            "_ZSt25notify_all_at_thread_exitRSt18condition_variable"
            "St11unique_lockISt5mutexE",
            "std::notify_all_at_thread_exit: notify, then end the thread")
REFUSED_CXX(ready_at_exit, "_ZNSt13__future_base13_State_baseV211_Make_ready6_M_setEv",
            "a future made ready at thread exit: set the value, then end the thread")

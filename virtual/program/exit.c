/* SPDX-License-Identifier: MIT */
/* How a program ends: exit and its handlers, abort, assertions. */
#include "virtual/executions.h"
#include "virtual/program/program.h"
#include "virtual/program/verifier.h"
#include "virtual/threads/threads.h"

#include <string.h>

#define SITE __builtin_return_address(0)

enum { HANDLERS = 1024 };

struct handler {
    unsigned thread;          /* that has registered it */
    void (*plain)(void);      /* atexit's … */
    void (*function)(void *); /* … or the destructor of a static object */
    void *argument;
};

/* Sorted by thread, and a thread's in the order of their registration: all in that order
   would depend on which thread runs first. */
static struct handler handlers[HANDLERS], handlers_settled[HANDLERS];
static unsigned handlers_count, handlers_settled_count;
static unsigned ended_by;    /* the mark of the thread that has called exit, or is main */
static int end_status;       /* that it has called it with */
static const void *end_site; /* where */

void vm_settle_exit(void)
{
    memcpy(handlers_settled, handlers, handlers_count * sizeof handlers[0]);
    handlers_settled_count = handlers_count;
}

void vm_reset_exit(void)
{
    memcpy(handlers, handlers_settled, handlers_settled_count * sizeof handlers[0]);
    handlers_count = handlers_settled_count;
    ended_by = 0;
    end_status = 0;
}

static void at_exit(void (*plain)(void), void (*function)(void *), void *argument,
                    struct vm_call call)
{
    if (handlers_count == HANDLERS) {
        instrument_refuse(call.site, "more than %d handlers and static destructors",
                          HANDLERS);
    }
    instrument_know_oneself(); /* handlers run in the order of the threads */
    unsigned place = handlers_count++;
    while (place > 0 && handlers[place - 1].thread > vm_thread_number()) {
        handlers[place] = handlers[place - 1];
        place--;
    }
    handlers[place] = (struct handler){vm_thread_number(), plain, function, argument};
    vm_note_change();
}

/* Whether the handler is known to be registered by now, whichever thread runs first. */
static bool is_certain(const struct handler *handler)
{
    return handler->thread == 0 || handler->thread == vm_thread_number() ||
           vm_threads[handler->thread].joined;
}

_Noreturn void vm_exit(int status, const void *site)
{
    if (vm_self() == VM_NOBODY) { /* in a constructor */
        instrument_end(status, site);
    }
    (void)vm_called(site);
    if (ended_by != 0) {
        instrument_wrong(VM_MISUSE, site,
                         "exit, and thread %u has ended the program, too", ended_by - 1);
    }
    ended_by = vm_thread_mark();
    end_status = status;
    end_site = site;
    vm_destroy_thread_locals();
    while (handlers_count > 0) {
        struct handler last = handlers[--handlers_count];
        if (!is_certain(&last)) {
            continue;
        }
        if (last.plain != NULL) {
            last.plain();
        } else {
            last.function(last.argument);
        }
    }
    vm_run_destructors();
    instrument_end(status, site);
}

/* A handler that ends the process does not make a failure a success. */
_Noreturn static void end_at_once(int status, const void *site)
{
    const bool failed = status == 0 && end_status != 0;
    instrument_end(failed ? end_status : status, failed ? end_site : site);
}

/* --- what the program calls --------------------------------------------------------- */

int __wrap_atexit(void (*function)(void))
{
    at_exit(function, NULL, NULL, VM_CALL("atexit"));
    return 0;
}

int __wrap___cxa_atexit(void (*function)(void *), void *argument, void *module)
{
    (void)module;
    at_exit(NULL, function, argument, VM_CALL("__cxa_atexit"));
    return 0;
}

_Noreturn void __wrap_exit(int status)
{
    vm_exit(status, SITE);
}

_Noreturn void __wrap__exit(int status)
{
    end_at_once(status, SITE);
}

_Noreturn void __wrap__Exit(int status)
{
    end_at_once(status, SITE);
}

_Noreturn void __wrap_quick_exit(int status)
{
    end_at_once(status, SITE);
}

_Noreturn void __wrap_abort(void)
{
    verifier_aborts(SITE);
    instrument_wrong(VM_ABORT, SITE, "abort() was called");
}

_Noreturn void __wrap___assert_fail(const char *assertion, const char *file,
                                    unsigned line, const char *function)
{
    instrument_wrong(VM_ASSERTION, SITE, "%s:%u: %s: Assertion `%s' failed", file, line,
                     function, assertion);
}

_Noreturn void __wrap___assert_perror_fail(int error, const char *file, unsigned line,
                                           const char *function)
{
    instrument_wrong(VM_ASSERTION, SITE, "%s:%u: %s: Unexpected error: %s", file, line,
                     function, strerror(error));
}

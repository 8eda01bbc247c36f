/* SPDX-License-Identifier: MIT */
/* pthread_once, and what call_once and std::call_once are: a word. */
#include "virtual/threads/libstdcxx.h"
#include "virtual/threads/threads.h"

enum { NEW, RUNNING, DONE };

struct attempt {
    void *word;
    bool finished;
    struct vm_call call;
};

/* An exception may end the routine: then the next caller tries again. */
static void conclude(struct attempt *attempt)
{
    vm_write(attempt->word, sizeof(int), attempt->finished ? DONE : NEW, VM_RELEASE,
             attempt->call);
}

void vm_once(void *word, void (*routine)(void), struct vm_call call)
{
    for (;;) {
        switch (
            vm_compare(word, sizeof(int), NEW, RUNNING, VM_ACQUIRE, VM_ACQUIRE, call)) {
        case NEW: {
            __attribute__((cleanup(conclude))) struct attempt attempt = {word, false,
                                                                         call};
            vm_cxx_pass_callable();
            routine();
            attempt.finished = true;
            return;
        }
        case DONE:
            return;
        default:
            vm_await_failed(call);
        }
    }
}

int __wrap_pthread_once(pthread_once_t *once, void (*routine)(void))
{
    vm_once(once, routine, VM_CALL("pthread_once"));
    return 0;
}

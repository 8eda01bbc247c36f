/* SPDX-License-Identifier: MIT */
/* The running thread, and what is kept for each. */
#include "virtual/ground/thread.h"
#include "virtual/executions.h"

#include <errno.h>
#include <string.h>

struct vm_thread vm_threads[VM_PROCESSORS];
static struct vm_thread main_settled; /* main's, as the constructors left it */
static unsigned used = 1;             /* threads that differ from how they began */
bool vm_unsettled = true;             /* for the first time, at least */

void vm_use_thread(unsigned number)
{
    if (number >= used) {
        used = number + 1;
    }
}

void vm_settle_threads(void)
{
    main_settled = vm_threads[0];
}

void vm_reset_threads(void)
{
    memset(vm_threads, 0, used * sizeof vm_threads[0]);
    vm_threads[0] = main_settled;
    used = 1;
}

/* --- errno -------------------------------------------------------------------------- */

/*
 * The program's errno is its thread's, libc's is one for all. NO_ERROR in libc's means
 * that no function has set it since the program last looked at its own. (An optimising
 * compiler looks once in a function: then only what we set is seen.)
 */
enum { NO_ERROR = -1 };

void vm_set_error(int error)
{
    vm_thread()->error = error;
    errno = NO_ERROR;
}

int *__wrap___errno_location(void)
{
    if (errno != NO_ERROR) {
        vm_set_error(errno);
    }
    return &vm_thread()->error;
}

long vm_result_of(int error)
{
    if (error == 0) {
        return 0;
    }
    vm_set_error(error);
    return -1;
}

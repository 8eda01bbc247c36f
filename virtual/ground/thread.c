/* SPDX-License-Identifier: MIT */
/* The running thread, and what is kept for each. */
#include "virtual/ground/thread.h"
#include "virtual/executions.h"
#include "virtual/ground/places.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

struct vm_place vm_places[VM_PLACED];

VM_ALONE struct vm_thread vm_threads[VM_PROCESSORS];
VM_PLACE(VM_PLACED_THREADS, vm_threads)
static struct vm_thread main_settled; /* main's, as the constructors left it */
static unsigned used = 1;             /* threads that differ from how they began */
const char *(*vm_runtime_name)(const void *address);
bool vm_unsettled = true; /* for the first time, at least */

void vm_use_thread(unsigned number)
{
    if (number >= used) {
        used = number + 1;
    }
}

void vm_settle_threads(void)
{
    if (vm_floating) {
        (void)feclearexcept(FE_ALL_EXCEPT); /* what we ourselves have raised */
        vm_threads[0].has_floating = fegetenv(&vm_threads[0].floating) == 0;
    }
    main_settled = vm_threads[0];
}

void vm_reset_threads(void)
{
    struct vm_thread *main = &vm_threads[0];
    const size_t front = offsetof(struct vm_thread, keys);
    for (unsigned i = 1; i < used; i++) {
        memset((void *)&vm_threads[i], 0, front);
    }
    memcpy((void *)main, (const void *)&main_settled, front);
    memcpy(main->keys, main_settled.keys, main->keys_count * sizeof main->keys[0]);
    memcpy(main->values, main_settled.values,
           main->values_count * sizeof main->values[0]);
    memcpy(main->destructors, main_settled.destructors,
           main->destructors_count * sizeof main->destructors[0]);
    memcpy(main->readings, main_settled.readings,
           main->readings_count * sizeof main->readings[0]);
    used = 1;
}

/* --- errno -------------------------------------------------------------------------- */

/*
 * The program's errno is its thread's, libc's is one for all. NO_ERROR in libc's means
 * that no function has set it since the program last looked at its own. (An optimising
 * compiler looks once in a function: then only what we set or take is seen.)
 */
enum { NO_ERROR = -1 };

void vm_set_error(int error)
{
    vm_thread()->error = error;
    errno = NO_ERROR;
}

void vm_take_error(void)
{
    if (errno != NO_ERROR) {
        vm_set_error(errno);
    }
}

int *__wrap___errno_location(void)
{
    vm_take_error();
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

/* SPDX-License-Identifier: MIT */
/*
 * What a forked child finds: see preload.h.
 *
 * Only the forking thread is there. The locks that it held it takes anew, since the
 * threads that queued for them are gone; those that other threads held stay held, as
 * POSIX has it. All this is done before what the program has registered for a fork, which
 * may unlock there what it has locked before.
 */
#include "preload/preload.h"

#include <sys/mman.h>
#include <unistd.h>

/* What the library's own files register: last before a fork, and first in the child. */
enum { MOST = 8 };
static struct {
    void (*before)(void), (*in_child)(void);
} of_library[MOST];
static int count;

/* In place of pthread_atfork in the files of the library: the linker's --wrap.
   NOLINTBEGIN(bugprone-reserved-identifier) */
int __wrap_pthread_atfork(void (*prepare)(void), void (*parent)(void),
                          void (*child)(void));
int __wrap_pthread_atfork(void (*prepare)(void), void (*parent)(void),
                          void (*child)(void))
{
    if (parent != NULL || count == MOST) {
        give_up("fork:", "the library registers more than this file expects");
    }
    of_library[count].before = prepare;
    of_library[count++].in_child = child;
    return 0;
}

/* NOLINTEND(bugprone-reserved-identifier) */

bool is_mapped(const void *object, size_t size)
{
    int error = errno;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t first = (uintptr_t)object / page * page;
    unsigned char present[2]; /* an object is smaller than a page */
    bool is = mincore((void *)first, (uintptr_t)object + size - first, present) == 0;
    errno = error;
    return is;
}

uint32_t forks;
static lks_mutex_t renewing = LKS_MUTEX_INIT;

void renew_now(_Atomic(uint32_t) *process, void (*renew)(void *object), void *object)
{
    lks_mutex_lock(&renewing);
    if (atomic_load_explicit(process, memory_order_relaxed) != forks) {
        renew(object);
        atomic_store_explicit(process, forks, memory_order_release);
    }
    lks_mutex_unlock(&renewing);
}

/* The last that is done before a fork. */
static void before(void)
{
    slabs_before_fork();
    for (int i = 0; i < count; i++) {
        if (of_library[i].before != NULL) {
            of_library[i].before();
        }
    }
}

static void in_parent(void)
{
    slabs_after_fork(false);
}

static void in_child(void)
{
    for (int i = 0; i < count; i++) {
        of_library[i].in_child();
    }
    slabs_after_fork(true);
    forks++;
    (void)lks_mutex_init(&renewing);
    holds_visit(mutex_take_anew);
    rwlocks_take_anew();
    profile_forked();
}

void fork_begin(void)
{
    static bool is_registered;
    if (!is_registered) {
        is_registered = true;
        (void)real.__register_atfork(before, in_parent, in_child, NULL);
    }
}

/* Whoever comes before us here, comes after us there. */
EXPORTED int __register_atfork(void (*prepare)(void), void (*parent)(void),
                               void (*child)(void), void *object)
{
    begin();
    return real.__register_atfork(prepare, parent, child, object);
}

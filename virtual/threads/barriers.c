/* SPDX-License-Identifier: MIT */
/*
 * Barriers: a word that counts arrivals, and a word that counts the phases that are over.
 *
 * An arrival's number shows its phase, and whether it is the last of it; the others wait
 * for the phase to be over. No thread that waits for a phase can find a later one, so
 * there is only one value that ends a wait.
 */
#include "virtual/threads/clock.h"
#include "virtual/threads/threads.h"

#include <errno.h>

#define DESTROYED   UINT32_MAX
#define INITIALIZED UINT32_C(0xba221e2)

struct barrier {
    uint32_t arrivals;
    uint32_t phases;
    uint32_t count; /* of threads that meet: fixed by init */
    uint32_t mark;  /* INITIALIZED, of one that has not been destroyed */
};
_Static_assert(sizeof(struct barrier) <= sizeof(pthread_barrier_t), "fits in libc's");

/* Each use reads the count, and the barrier's beginning and end write it. In time that
   costs nothing. */
static void announce_use(struct barrier *self, bool write, const void *site)
{
    if (!vm_in_time()) {
        vm_plain(&self->count, sizeof self->count, write, site);
    }
}

int __wrap_pthread_barrier_init(pthread_barrier_t *barrier,
                                const pthread_barrierattr_t *unused, unsigned count)
{
    (void)unused;
    if (count == 0 || count == DESTROYED) {
        return EINVAL;
    }
    struct barrier *self = (struct barrier *)(void *)barrier;
    const void *site = __builtin_return_address(0);
    vm_plain(&self->arrivals, sizeof self->arrivals, true, site);
    vm_plain(&self->phases, sizeof self->phases, true, site);
    announce_use(self, true, site);
    if (self->mark == INITIALIZED && !vm_on_own_stack(barrier)) {
        instrument_wrong(VM_MISUSE, site,
                         "pthread_barrier_init of a barrier that is initialized already");
    }
    *self = (struct barrier){.count = count, .mark = INITIALIZED};
    return 0;
}

static struct barrier *alive(pthread_barrier_t *barrier, struct vm_call call)
{
    struct barrier *self = (struct barrier *)(void *)barrier;
    announce_use(self, false, call.site);
    if (self->count == DESTROYED || self->count == 0) {
        instrument_wrong(VM_MISUSE, call.site, "%s of a barrier that has %s", call.name,
                         self->count == 0 ? "not been initialized" : "been destroyed");
    }
    return self;
}

/* The others may still be on their way out: they have read the count before. */
int __wrap_pthread_barrier_destroy(pthread_barrier_t *barrier)
{
    struct vm_call call = VM_CALL("pthread_barrier_destroy");
    struct barrier *self = alive(barrier, call);
    uint64_t arrivals = vm_read(&self->arrivals, sizeof self->arrivals, VM_RELAXED, call);
    if (arrivals % self->count != 0) {
        instrument_wrong(VM_MISUSE, call.site, "%s of a barrier where threads wait",
                         call.name);
    }
    announce_use(self, true, call.site);
    self->count = DESTROYED;
    self->mark = 0;
    return 0;
}

int __wrap_pthread_barrier_wait(pthread_barrier_t *barrier)
{
    struct vm_call call = VM_CALL("pthread_barrier_wait");
    struct barrier *self = alive(barrier, call);
    uint32_t count = self->count; /* destroyed, perhaps, once the phase is over */
    uint32_t before = (uint32_t)vm_atomic(VM_ADD, &self->arrivals, sizeof self->arrivals,
                                          1, VM_ACQ_REL, call.name, call.site);
    uint32_t phase = before / count;
    if (before % count == count - 1) {
        vm_write(&self->phases, sizeof self->phases, phase + 1, VM_RELEASE, call);
        return PTHREAD_BARRIER_SERIAL_THREAD;
    }
    while (vm_read(&self->phases, sizeof self->phases, VM_ACQUIRE, call) == phase) {
        vm_await_failed(call);
    }
    return 0;
}

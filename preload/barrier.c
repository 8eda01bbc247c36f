/* SPDX-License-Identifier: MIT */
/* pthread_barrier_*: see preload.h; what waits there is in meeting.h. */
#include "preload/meeting.h"
#include "preload/preload.h"

#include <sys/mman.h>

/* What lies behind a pthread_barrier_t; behind that, the places and the barrier. */
struct hall {
    struct meeting meeting;
    size_t size; /* of all */
    struct place places[];
};

/* A pthread_barrier_t, as we see it. The system does not write its last bytes. */
struct barrier {
    struct hall *hall;
    char unused[16];
    uint64_t mark; /* says that it is ours, and here */
};

_Static_assert(sizeof(struct barrier) == sizeof(pthread_barrier_t), "where it lies");

static uint64_t mark_of(const pthread_barrier_t *object)
{
    return (uintptr_t)object ^ UINT64_C(0x4c6f636b73746570);
}

/* Returns what lies behind it, or NULL if it is the system's. */
static struct hall *hall_of(const pthread_barrier_t *object)
{
    begin();
    const struct barrier *barrier = (const struct barrier *)object;
    return barrier->mark == mark_of(object) ? barrier->hall : NULL;
}

/* Returns NULL if there is not so much memory. */
static struct hall *new_hall(const lks_barrier_class_t *class, uint32_t count)
{
    size_t places = sizeof(struct hall) + count * sizeof(struct place);
    size_t size = places + class->size(count);
    int error = errno;
    struct hall *hall =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    errno = error;
    if (hall == MAP_FAILED) {
        return NULL;
    }
    bool sleeps = (class->traits & LKS_BARRIER_SLEEPS) != 0;
    hall->size = size;
    hall->meeting.class = class;
    hall->meeting.barrier = (char *)hall + places;
    hall->meeting.places = hall->places;
    hall->meeting.count = count;
    hall->meeting.mode = sleeps ? LKS_WAIT_SLEEP : LKS_WAIT_YIELD;
    (void)class->init(hall->meeting.barrier, count);
    return hall;
}

EXPORTED int pthread_barrier_init(pthread_barrier_t *object,
                                  const pthread_barrierattr_t *attributes, unsigned count)
{
    begin();
    struct barrier *barrier = (struct barrier *)object;
    int shared = PTHREAD_PROCESS_PRIVATE;
    if (attributes != NULL) {
        (void)pthread_barrierattr_getpshared(attributes, &shared);
    }
    if (count == 0 || count > INT32_MAX) {
        return EINVAL; /* as the system says it; what is there stays */
    }
    barrier->mark = 0;
    if (settings.barrier == NULL || shared != PTHREAD_PROCESS_PRIVATE) {
        return real.pthread_barrier_init(object, attributes, count);
    }
    barrier->hall = new_hall(settings.barrier, count);
    if (barrier->hall == NULL) {
        return ENOMEM;
    }
    barrier->mark = mark_of(object);
    return 0;
}

EXPORTED int pthread_barrier_wait(pthread_barrier_t *object)
{
    struct hall *hall = hall_of(object);
    if (hall == NULL) {
        return real.pthread_barrier_wait(object);
    }
    return meeting_wait(&hall->meeting) == 0 ? PTHREAD_BARRIER_SERIAL_THREAD : 0;
}

EXPORTED int pthread_barrier_destroy(pthread_barrier_t *object)
{
    struct hall *hall = hall_of(object);
    if (hall == NULL) {
        return real.pthread_barrier_destroy(object);
    }
    if (!meeting_end(&hall->meeting)) {
        return EBUSY;
    }
    ((struct barrier *)object)->mark = 0;
    int error = errno;
    (void)munmap(hall, hall->size);
    errno = error;
    return 0;
}

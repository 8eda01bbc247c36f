/* SPDX-License-Identifier: MIT */
/*
 * pthread_spin_*: see preload.h.
 *
 * The object has four bytes, and the system's own values in it are 1 and less. So in one
 * of ours there is, above that, the number of a place where its lock lies; one that is
 * shared between processes goes through to the system's functions.
 */
#include "preload/preload.h"

enum { FIRST = 2, MOST = 1 << 20 };

struct place {
    struct piece piece;
    int number;
    struct mutex mutex;
};

/* By number; most of it is never touched. */
static struct place *_Atomic places[MOST];
static _Atomic(int) made;

static void make_place(void *piece)
{
    struct place *place = piece;
    place->number = atomic_fetch_add_explicit(&made, 1, memory_order_relaxed);
    if (place->number < MOST) {
        atomic_store_explicit(&places[place->number], place, memory_order_relaxed);
    }
}

static struct slab slab = {.size = LKS_WHOLE_LINES(sizeof(struct place)),
                           .make = make_place};

/* Returns the lock's place, or NULL if it is the system's. Relaxed: the program sees to
   it that init comes before. */
static struct place *place_of(pthread_spinlock_t *lock)
{
    int number = *lock;
    return number < FIRST
               ? NULL
               : atomic_load_explicit(&places[number - FIRST], memory_order_relaxed);
}

EXPORTED int pthread_spin_init(pthread_spinlock_t *lock, int shared)
{
    begin();
    profile_forgets((const void *)lock);
    if (settings.lock == NULL || shared != PTHREAD_PROCESS_PRIVATE) {
        return real.pthread_spin_init(lock, shared);
    }
    struct place *place = slab_take(&slab);
    if (place->number >= MOST) {
        return ENOMEM; /* and the place is lost */
    }
    *lock = place->number + FIRST;
    return 0;
}

EXPORTED int pthread_spin_destroy(pthread_spinlock_t *lock)
{
    begin();
    profile_forgets((const void *)lock);
    struct place *place = place_of(lock);
    if (place == NULL) {
        return real.pthread_spin_destroy(lock);
    }
    if (mutex_is_taken(&place->mutex)) {
        return EBUSY;
    }
    *lock = 0;
    slab_give(&slab, place);
    return 0;
}

static bool try_it(pthread_spinlock_t *lock, struct place *place)
{
    return place != NULL ? mutex_try(&place->mutex)
                         : real.pthread_spin_trylock(lock) == 0;
}

static int take_it(pthread_spinlock_t *lock, struct place *place)
{
    if (place == NULL) {
        return real.pthread_spin_lock(lock);
    }
    mutex_take(&place->mutex);
    return 0;
}

EXPORTED int pthread_spin_lock(pthread_spinlock_t *lock)
{
    begin();
    struct place *place = place_of(lock);
    if (LIKELY(way == WAY_MUTEX && place != NULL)) {
        lks_mutex_lock(&place->mutex.word);
        return 0;
    }
    if (LIKELY(!profile_on)) {
        return take_it(lock, place);
    }
    bool waits = !try_it(lock, place);
    if (waits) {
        profile_wants((const void *)lock, PROFILE_SPIN, CALLED_FROM);
        (void)take_it(lock, place);
    }
    profile_took((const void *)lock, PROFILE_SPIN, CALLED_FROM, waits);
    return 0;
}

EXPORTED int pthread_spin_trylock(pthread_spinlock_t *lock)
{
    begin();
    if (!try_it(lock, place_of(lock))) {
        return EBUSY;
    }
    profile_tried((const void *)lock, PROFILE_SPIN, CALLED_FROM);
    return 0;
}

EXPORTED int pthread_spin_unlock(pthread_spinlock_t *lock)
{
    begin();
    struct place *place = place_of(lock);
    if (LIKELY(way == WAY_MUTEX && place != NULL)) {
        lks_mutex_unlock(&place->mutex.word);
        return 0;
    }
    profile_gives((const void *)lock, PROFILE_SPIN);
    if (place == NULL) {
        return real.pthread_spin_unlock(lock);
    }
    mutex_give(&place->mutex);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* pthread_mutex_*: see preload.h. */
#include "preload/preload.h"

#include <lockstep/wait.h>
#include <string.h>

/*
 * The word `made`: 0, then MAKING while a thread makes it, then MADE with the kind;
 * all that only where a lock is not zeros. And, times DEPTH, how often more than once the
 * owner of a recursive one has it.
 */
enum { KIND = 3, MADE = 4, MAKING = 8, DEPTH = 256 };

static const uint32_t MOST_DEPTH = UINT32_MAX / DEPTH;

/* --- what is under a mutex ---------------------------------------------------------- */

/* Of settings.lock. */
static const lks_lock_class_t *class;
static uint32_t nthreads;
static bool fits;     /* its state lies in the object */
static bool is_wide;  /* it takes the kind's place */
static bool is_zeros; /* and is zeros when it is new: all that is there is a lock */
static bool queues;   /* it needs a hold */

/*
 * A lock that does not fit. It is made once: a free lock is as good as a new one, and a
 * node that lies in it may have gone to some other lock meanwhile (see clh.h).
 */
struct slot {
    struct piece piece;
    alignas(LKS_CACHE_LINE) char state[];
};

static void make_slot(void *piece)
{
    (void)class->init(((struct slot *)piece)->state, nthreads);
}

static struct slab slab = {.make = make_slot};

/* Up to where the C library has the kind. */
enum { BEFORE_KIND = offsetof(pthread_mutex_t, __data.__kind) };

/* What a new lock looks like, and whether it has no address of its own in it. */
static bool look_at_new(char *lock, size_t size)
{
    alignas(LKS_CACHE_LINE) char other[LKS_CACHE_LINE] = {0};
    (void)class->init(lock, nthreads);
    (void)class->init(other, nthreads);
    return memcmp(lock, other, size) == 0;
}

/* A lock that reaches beyond the kind's place is copied there, in words. */
static uint32_t words_of_new[sizeof((struct mutex *)NULL)->state / sizeof(uint32_t)];

static void look_whether_it_fits(size_t size)
{
    alignas(LKS_CACHE_LINE) char lock[LKS_CACHE_LINE] = {0};
    static const char zeros[LKS_CACHE_LINE];
    if (size <= sizeof words_of_new) {
        bool can_be_copied = look_at_new(lock, size);
        memcpy(words_of_new, lock, sizeof words_of_new);
        fits = size <= BEFORE_KIND || can_be_copied;
        is_wide = size > BEFORE_KIND;
        is_zeros = !is_wide && memcmp(lock, zeros, size) == 0;
    }
}

void mutex_begin(void)
{
    class = settings.lock;
    if (class == NULL) {
        return;
    }
    nthreads = settings.threads_at_most != 0 ? settings.threads_at_most : 1;
    size_t size = class->size(nthreads);
    slab.size = sizeof(struct slot) + LKS_WHOLE_LINES(size);
    look_whether_it_fits(size);
    queues = (class->traits & (LKS_LOCK_FAIR | LKS_LOCK_NEEDS_NODE)) != 0;
    holds_begin(class->node_size,
                settings_needs_threads(class) ? settings.threads_at_most : 0);
}

/* Where the C library has the kind. */
static _Atomic(int) *kind_place(struct mutex *mutex)
{
    return (_Atomic(int) *)(void *)((char *)mutex +
                                    offsetof(pthread_mutex_t, __data.__kind));
}

static int kind_there(struct mutex *mutex)
{
    return atomic_load_explicit(kind_place(mutex), memory_order_relaxed);
}

/* Whether it is the library's mutex and nothing else. */
static bool is_plain(struct mutex *mutex)
{
    return way == WAY_MUTEX && kind_there(mutex) == PTHREAD_MUTEX_NORMAL;
}

static bool is_ours(struct mutex *mutex)
{
    return class != NULL && (kind_there(mutex) & ~KIND) == 0;
}

static void *state_of(struct mutex *mutex)
{
    return fits ? mutex->state : mutex->slot->state;
}

/* Other threads may look at the kind's place meanwhile: what a lock has there, its way to
   wait, is the number of a kind, too, and so says that the mutex is ours. */
static void copy_new(struct mutex *mutex)
{
    _Atomic(uint32_t) *words = (_Atomic(uint32_t) *)(void *)mutex->state;
    for (size_t i = 0; i < sizeof words_of_new / sizeof *words_of_new; i++) {
        atomic_store_explicit(&words[i], words_of_new[i], memory_order_relaxed);
    }
}

static void give_it_a_lock(struct mutex *mutex)
{
    if (!fits) {
        mutex->slot = slab_take(&slab);
    } else if (is_wide) {
        copy_new(mutex);
    } else {
        (void)class->init(mutex->state, nthreads);
    }
}

/*
 * Makes a lock of what the initialiser left, or waits until another thread has. The word
 * says meanwhile of which kind it will be and, times DEPTH, in which process it is made:
 * what a thread had begun that a forked child does not have is begun anew there.
 */
RARE static uint32_t make(struct mutex *mutex)
{
    const uint32_t making = MAKING + forks * DEPTH;
    uint32_t word = 0;
    do {
        uint32_t kind = word == 0 ? (uint32_t)kind_there(mutex) : word & KIND;
        if (atomic_compare_exchange_strong_explicit(&mutex->made, &word, making | kind,
                                                    memory_order_relaxed,
                                                    memory_order_relaxed)) {
            give_it_a_lock(mutex);
            /* Release: all that has been made. */
            atomic_store_explicit(&mutex->made, MADE | kind, memory_order_release);
            return MADE | kind;
        }
    } while ((word & MADE) == 0 && (word & ~(uint32_t)KIND) != making);
    lks_await(
        ((word = atomic_load_explicit(&mutex->made, memory_order_acquire)) & MADE) != 0);
    return word;
}

/* Returns the kind of a mutex of ours, which is made from then on. */
static inline uint32_t kind_of(struct mutex *mutex)
{
    if (is_zeros) {
        return (uint32_t)kind_there(mutex);
    }
    /* Acquire: pairs with the release of make. */
    uint32_t word = atomic_load_explicit(&mutex->made, memory_order_acquire);
    return (LIKELY((word & MADE) != 0) ? word : make(mutex)) & KIND;
}

/* The caller has the lock, with *hold. */
static void note_hold(struct mutex *mutex, struct hold *hold)
{
    hold->mutex = mutex;
    mutex->hold = hold;
}

static inline void take(struct mutex *mutex)
{
    if (way == WAY_MUTEX) {
        lks_mutex_lock(&mutex->word);
        return;
    }
    if (!queues) {
        class->lock(state_of(mutex), NULL);
        return;
    }
    struct hold *hold = hold_take();
    class->lock(state_of(mutex), hold->node);
    note_hold(mutex, hold);
}

static inline bool try_to_take(struct mutex *mutex)
{
    if (way == WAY_MUTEX) {
        return lks_mutex_trylock(&mutex->word);
    }
    if (class->trylock == NULL) {
        give_up(class->name,
                "has no trylock, and the program calls for one (a trylock, or "
                "a lock with a time): choose another lock");
    }
    if (!queues) {
        return class->trylock(state_of(mutex), NULL);
    }
    struct hold *hold = hold_take();
    if (!class->trylock(state_of(mutex), hold->node)) {
        hold_give(hold);
        return false;
    }
    note_hold(mutex, hold);
    return true;
}

/* From the unlock on the mutex may be gone. */
static inline void give(struct mutex *mutex)
{
    if (way == WAY_MUTEX) {
        lks_mutex_unlock(&mutex->word);
        return;
    }
    void *state = state_of(mutex);
    if (!queues) {
        class->unlock(state, NULL);
        return;
    }
    struct hold *hold = mutex->hold;
    if (UNLIKELY(hold == NULL)) {
        return; /* nobody has it: the system's function bears that, and programs do it */
    }
    mutex->hold = NULL;
    hold->mutex = NULL;
    class->unlock(state, hold->node);
    hold_give(hold);
}

void mutex_take(struct mutex *mutex)
{
    (void)kind_of(mutex);
    take(mutex);
}

bool mutex_try(struct mutex *mutex)
{
    (void)kind_of(mutex);
    return try_to_take(mutex);
}

void mutex_give(struct mutex *mutex)
{
    give(mutex);
}

bool mutex_is_taken(struct mutex *mutex)
{
    (void)kind_of(mutex);
    return class->is_locked(state_of(mutex));
}

/* The old lock is given up with its nodes: the threads that are gone queue there, and
   what it has may have been another one's. */
void mutex_take_anew(struct mutex *mutex)
{
    give_it_a_lock(mutex);
    take(mutex);
}

/* --- kinds -------------------------------------------------------------------------- */

static bool has_owner(uint32_t kind)
{
    return kind == PTHREAD_MUTEX_RECURSIVE || kind == PTHREAD_MUTEX_ERRORCHECK;
}

/* Relaxed: only whether it is the caller's own number counts, which the caller wrote. */
static bool is_mine(struct mutex *mutex)
{
    return atomic_load_explicit(&mutex->owner, memory_order_relaxed) == thread_number();
}

static void set_owner(struct mutex *mutex, uint32_t owner)
{
    atomic_store_explicit(&mutex->owner, owner, memory_order_relaxed);
}

/* How often more than once the caller, who holds the mutex, has it. Relaxed, also below:
   meanwhile it is the owner's alone. */
static unsigned depth_of(struct mutex *mutex)
{
    return atomic_load_explicit(&mutex->made, memory_order_relaxed) / DEPTH;
}

static void set_depth(struct mutex *mutex, unsigned depth)
{
    uint32_t rest = atomic_load_explicit(&mutex->made, memory_order_relaxed) % DEPTH;
    atomic_store_explicit(&mutex->made, rest + depth * DEPTH, memory_order_relaxed);
}

/* The caller, who holds the mutex, wants it again. */
static int again(struct mutex *mutex, uint32_t kind, int otherwise)
{
    if (kind != PTHREAD_MUTEX_RECURSIVE) {
        return otherwise;
    }
    unsigned depth = depth_of(mutex);
    if (depth == MOST_DEPTH) {
        return EAGAIN;
    }
    set_depth(mutex, depth + 1);
    return 0;
}

/* --- locking ------------------------------------------------------------------------ */

/* The same as take, with a profile. */
RARE static void take_with_profile(struct mutex *mutex, const void *place)
{
    bool has_trylock = class->trylock != NULL;
    bool waits = has_trylock ? !try_to_take(mutex) : class->is_locked(state_of(mutex));
    if (waits) {
        profile_wants(mutex, PROFILE_MUTEX, place);
    }
    if (waits || !has_trylock) {
        take(mutex);
    }
    profile_took(mutex, PROFILE_MUTEX, place, waits);
}

static int lock_ours(struct mutex *mutex, const void *place)
{
    uint32_t kind = kind_of(mutex);
    bool is_owned = has_owner(kind);
    if (is_owned && is_mine(mutex)) {
        return again(mutex, kind, EDEADLK);
    }
    if (LIKELY(!profile_on)) {
        take(mutex);
    } else {
        take_with_profile(mutex, place);
    }
    if (is_owned) {
        set_owner(mutex, thread_number());
    }
    return 0;
}

/* Whether the caller, who has it, has it once: the profile hears of no other times. */
static bool is_outermost(const pthread_mutex_t *object)
{
    return (object->__data.__kind & KIND) != PTHREAD_MUTEX_RECURSIVE ||
           object->__data.__count <= 1;
}

static void note_system(const pthread_mutex_t *object, const void *place, bool waited)
{
    if (is_outermost(object)) {
        profile_took(object, PROFILE_MUTEX, place, waited);
    }
}

/* The system's own, with a profile perhaps. */
RARE static int lock_system(pthread_mutex_t *object, const void *place)
{
    if (!profile_on) {
        return real.pthread_mutex_lock(object);
    }
    int error = real.pthread_mutex_trylock(object);
    bool waits = error == EBUSY;
    if (waits) {
        profile_wants(object, PROFILE_MUTEX, place);
        error = real.pthread_mutex_lock(object);
    }
    if (error == 0 || error == EOWNERDEAD) {
        note_system(object, place, waits);
    } else if (waits) {
        profile_gave_up(object);
    }
    return error;
}

int mutex_lock_at(pthread_mutex_t *object, const void *place)
{
    struct mutex *mutex = (struct mutex *)object;
    begin();
    return is_ours(mutex) ? lock_ours(mutex, place) : lock_system(object, place);
}

static int trylock_ours(struct mutex *mutex, const void *place)
{
    uint32_t kind = kind_of(mutex);
    if (has_owner(kind) && is_mine(mutex)) {
        return again(mutex, kind, EBUSY);
    }
    if (!try_to_take(mutex)) {
        return EBUSY;
    }
    profile_tried(mutex, PROFILE_MUTEX, place);
    if (has_owner(kind)) {
        set_owner(mutex, thread_number());
    }
    return 0;
}

int mutex_trylock_at(pthread_mutex_t *object, const void *place)
{
    struct mutex *mutex = (struct mutex *)object;
    begin();
    if (is_ours(mutex)) {
        return trylock_ours(mutex, place);
    }
    int error = real.pthread_mutex_trylock(object);
    if ((error == 0 || error == EOWNERDEAD) && is_outermost(object)) {
        profile_tried(object, PROFILE_MUTEX, place);
    }
    return error;
}

static bool attempt(void *mutex)
{
    return try_to_take(mutex);
}

/* Returns 0, ETIMEDOUT or EINVAL. The library's mutex has a timed form. */
static int take_until(struct mutex *mutex, clockid_t clock,
                      const struct timespec *deadline)
{
    if (way != WAY_MUTEX) {
        return try_until(attempt, mutex, clock, deadline);
    }
    struct timespec instant;
    int error;
    do {
        error = until(clock, deadline, UINT64_MAX, &instant);
    } while (error == 0 && lks_mutex_timedlock(&mutex->word, &instant) != 0);
    return error;
}

static int lock_ours_until(struct mutex *mutex, clockid_t clock,
                           const struct timespec *deadline, const void *place)
{
    uint32_t kind = kind_of(mutex);
    if (has_owner(kind) && is_mine(mutex)) {
        return again(mutex, kind, EDEADLK);
    }
    bool waits = !try_to_take(mutex);
    if (waits) {
        profile_wants(mutex, PROFILE_MUTEX, place);
        int error = take_until(mutex, clock, deadline);
        if (error != 0) {
            profile_gave_up(mutex);
            return error;
        }
    }
    profile_took(mutex, PROFILE_MUTEX, place, waits);
    if (has_owner(kind)) {
        set_owner(mutex, thread_number());
    }
    return 0;
}

RARE static int lock_system_until(pthread_mutex_t *object, clockid_t clock,
                                  const struct timespec *deadline, const void *place)
{
    int error = profile_on ? real.pthread_mutex_trylock(object) : EBUSY;
    bool waits = error == EBUSY;
    if (waits) {
        profile_wants(object, PROFILE_MUTEX, place);
        error = clock == CLOCK_REALTIME
                    ? real.pthread_mutex_timedlock(object, deadline)
                    : real.pthread_mutex_clocklock(object, clock, deadline);
    }
    if (error == 0 || error == EOWNERDEAD) {
        note_system(object, place, waits);
    } else if (waits) {
        profile_gave_up(object);
    }
    return error;
}

int mutex_clocklock_at(pthread_mutex_t *object, clockid_t clock,
                       const struct timespec *deadline, const void *place)
{
    struct mutex *mutex = (struct mutex *)object;
    begin();
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) {
        return EINVAL; /* also of a mutex that is free, as the system says it */
    }
    return is_ours(mutex) ? lock_ours_until(mutex, clock, deadline, place)
                          : lock_system_until(object, clock, deadline, place);
}

/* --- giving back -------------------------------------------------------------------- */

static int unlock_ours(struct mutex *mutex)
{
    uint32_t kind = kind_of(mutex);
    if (has_owner(kind)) {
        if (!is_mine(mutex)) {
            return EPERM;
        }
        unsigned depth = depth_of(mutex);
        if (depth > 0) {
            set_depth(mutex, depth - 1);
            return 0;
        }
        set_owner(mutex, 0);
    }
    profile_gives(mutex, PROFILE_MUTEX);
    give(mutex);
    return 0;
}

RARE static int unlock_system(pthread_mutex_t *object)
{
    if (is_outermost(object)) {
        profile_gives(object, PROFILE_MUTEX);
    }
    return real.pthread_mutex_unlock(object);
}

int mutex_unlock_at(pthread_mutex_t *object)
{
    struct mutex *mutex = (struct mutex *)object;
    begin();
    return is_ours(mutex) ? unlock_ours(mutex) : unlock_system(object);
}

/* --- for a wait for a condition ----------------------------------------------------- */

int mutex_leave(pthread_mutex_t *object, unsigned *depth)
{
    struct mutex *mutex = (struct mutex *)object;
    *depth = 0;
    begin();
    if (!is_ours(mutex)) {
        return unlock_system(object);
    }
    uint32_t kind = kind_of(mutex);
    if (has_owner(kind)) {
        if (!is_mine(mutex)) {
            return EPERM;
        }
        *depth = depth_of(mutex);
        set_depth(mutex, 0);
    }
    return unlock_ours(mutex);
}

int mutex_return(pthread_mutex_t *object, unsigned depth, const void *place)
{
    int error = mutex_lock_at(object, place);
    if (depth > 0) {
        set_depth((struct mutex *)object, depth);
    }
    return error;
}

bool mutex_is_ours(const pthread_mutex_t *mutex)
{
    begin();
    return is_ours((struct mutex *)(uintptr_t)mutex);
}

/* --- beginning and end -------------------------------------------------------------- */

/* Whether a mutex with these attributes is for the system. */
static bool is_for_system(const pthread_mutexattr_t *attributes)
{
    int shared = PTHREAD_PROCESS_PRIVATE;
    int robust = PTHREAD_MUTEX_STALLED;
    int protocol = PTHREAD_PRIO_NONE;
    if (attributes != NULL) {
        (void)pthread_mutexattr_getpshared(attributes, &shared);
        (void)pthread_mutexattr_getrobust(attributes, &robust);
        (void)pthread_mutexattr_getprotocol(attributes, &protocol);
    }
    return class == NULL || shared != PTHREAD_PROCESS_PRIVATE ||
           robust != PTHREAD_MUTEX_STALLED || protocol != PTHREAD_PRIO_NONE;
}

EXPORTED int pthread_mutex_init(pthread_mutex_t *object,
                                const pthread_mutexattr_t *attributes)
{
    begin();
    profile_forgets(object);
    if (is_for_system(attributes)) {
        return real.pthread_mutex_init(object, attributes);
    }
    int kind = PTHREAD_MUTEX_NORMAL;
    if (attributes != NULL) {
        (void)pthread_mutexattr_gettype(attributes, &kind);
    }
    *object = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    object->__data.__kind = kind;
    return 0;
}

EXPORTED int pthread_mutex_destroy(pthread_mutex_t *object)
{
    struct mutex *mutex = (struct mutex *)object;
    begin();
    if (!is_ours(mutex)) {
        profile_forgets(object);
        return real.pthread_mutex_destroy(object);
    }
    if (mutex_is_taken(mutex)) {
        return EBUSY;
    }
    if (!fits && atomic_load_explicit(&mutex->made, memory_order_acquire) != 0) {
        slab_give(&slab, mutex->slot);
    }
    profile_forgets(object);
    atomic_store_explicit(&mutex->made, 0, memory_order_relaxed);
    /* The system's functions say EINVAL from now on. */
    atomic_store_explicit(kind_place(mutex), -1, memory_order_relaxed);
    return 0;
}

/* --- what programs call ------------------------------------------------------------- */

EXPORTED int pthread_mutex_lock(pthread_mutex_t *object)
{
    struct mutex *mutex = (struct mutex *)object;
    if (LIKELY(is_plain(mutex))) {
        lks_mutex_lock(&mutex->word);
        return 0;
    }
    if (LIKELY(way == WAY_SYSTEM)) {
        return real.pthread_mutex_lock(object);
    }
    return mutex_lock_at(object, CALLED_FROM);
}

EXPORTED int pthread_mutex_unlock(pthread_mutex_t *object)
{
    struct mutex *mutex = (struct mutex *)object;
    if (LIKELY(is_plain(mutex))) {
        lks_mutex_unlock(&mutex->word);
        return 0;
    }
    if (LIKELY(way == WAY_SYSTEM)) {
        return real.pthread_mutex_unlock(object);
    }
    return mutex_unlock_at(object);
}

EXPORTED int pthread_mutex_trylock(pthread_mutex_t *object)
{
    return mutex_trylock_at(object, CALLED_FROM);
}

EXPORTED int pthread_mutex_timedlock(pthread_mutex_t *object,
                                     const struct timespec *deadline)
{
    return mutex_clocklock_at(object, CLOCK_REALTIME, deadline, CALLED_FROM);
}

EXPORTED int pthread_mutex_clocklock(pthread_mutex_t *object, clockid_t clock,
                                     const struct timespec *deadline)
{
    return mutex_clocklock_at(object, clock, deadline, CALLED_FROM);
}

/* NOLINTBEGIN(bugprone-reserved-identifier) */
ALSO_CALLED(pthread_mutex_init, __pthread_mutex_init);
ALSO_CALLED(pthread_mutex_destroy, __pthread_mutex_destroy);
ALSO_CALLED(pthread_mutex_lock, __pthread_mutex_lock);
ALSO_CALLED(pthread_mutex_trylock, __pthread_mutex_trylock);
ALSO_CALLED(pthread_mutex_unlock, __pthread_mutex_unlock);
/* NOLINTEND(bugprone-reserved-identifier) */

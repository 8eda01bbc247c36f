/* SPDX-License-Identifier: MIT */
/*
 * pthread_rwlock_*: see preload.h.
 *
 * The system's default kind lets a thread that reads come in as a reader once more though
 * a writer waits; in the catalog's locks it would wait for that writer, which waits for
 * it. So a thread remembers what it has, and counts. That also tells it of a lock that it
 * would wait for in vain (EDEADLK), whether unlock is a reader's or the writer's, and
 * what a forked child has to take anew. Other kinds are no different here.
 */
#include "preload/preload.h"

#include <lockstep/wait.h>
#include <sched.h>

/* The word `made`: 0, then MAKING while a thread makes it, then a greater number, which
   no other lock has. By that a thread knows whether the lock that it had is still there:
   programs free some while they hold them, and have others in their place. */
enum { MAKING = 1 };

/* A pthread_rwlock_t, as we see it. Zeros are what the static initialisers leave, but for
   the kind; a lock is made of them as it is first used. */
struct rwlock {
    union {
        char state[24];    /* the lock itself, where it fits */
        struct slot *slot; /* or where it lies */
    };
    _Atomic(uint32_t) made;
    int shared; /* where the system has it */
};

_Static_assert(offsetof(struct rwlock, shared) ==
                   offsetof(pthread_rwlock_t, __data.__shared),
               "where the system says that a lock is shared");

/* --- what lies under it ------------------------------------------------------------- */

/* Of settings.rwlock. */
static const lks_rwlock_class_t *class;
static uint32_t nthreads;
static bool fits; /* its state lies in the object */
static size_t alignment;

/* A lock that does not fit. It is made once: a free lock is as good as a new one. */
struct slot {
    struct piece piece;
    alignas(LKS_CACHE_LINE) char state[];
};

static void make_slot(void *piece)
{
    (void)class->init(((struct slot *)piece)->state, nthreads);
}

static struct slab slots = {.make = make_slot};

static bool is_ours(const struct rwlock *lock)
{
    return class != NULL && lock->shared == 0;
}

/* The object is aligned to 8 bytes: one of 16 fits into the 24 at a multiple of 16. */
static void *state_of(struct rwlock *lock)
{
    uintptr_t at = ((uintptr_t)lock->state + alignment - 1) / alignment * alignment;
    return fits ? (char *)at : lock->slot->state;
}

static void give_it_a_lock(struct rwlock *lock)
{
    if (fits) {
        (void)class->init(state_of(lock), nthreads);
    } else {
        lock->slot = slab_take(&slots);
    }
}

/* The next one's number; after as many as there are it begins anew. */
static uint32_t new_number(void)
{
    static _Atomic(uint32_t) next = MAKING + 1;
    uint32_t number;
    do {
        number = atomic_fetch_add_explicit(&next, 1, memory_order_relaxed);
    } while (number <= MAKING);
    return number;
}

/* Makes a lock of what the initialiser left, or waits until another thread has. */
static void make(struct rwlock *lock)
{
    uint32_t word = 0;
    if (atomic_compare_exchange_strong_explicit(
            &lock->made, &word, MAKING, memory_order_relaxed, memory_order_relaxed)) {
        give_it_a_lock(lock);
        atomic_store_explicit(&lock->made, new_number(), memory_order_release);
    }
    lks_await(atomic_load_explicit(&lock->made, memory_order_acquire) > MAKING);
}

/* Returns the lock that lies under it. Acquire: pairs with the release of make. */
static void *made(struct rwlock *lock)
{
    if (UNLIKELY(atomic_load_explicit(&lock->made, memory_order_acquire) <= MAKING)) {
        make(lock);
    }
    return state_of(lock);
}

/* --- what a thread holds ------------------------------------------------------------ */

struct share {
    struct piece piece; /* in one of the lists below */
    struct rwlock *lock;
    uint32_t number; /* of the lock, if it is ours */
    uint32_t times;  /* as a reader; 0: as the writer */
    alignas(LKS_CACHE_LINE) char node[];
};

/* A share is taken as it was given. */
static void leave_as_it_is(void *share)
{
    (void)share;
}

static struct slab shares = {.make = leave_as_it_is};
THREAD_LOCAL struct share *held, *spare;
THREAD_LOCAL enum { FRESH, KNOWN, ENDING } state;
static pthread_key_t key;
static bool has_key;

static struct share *next_of(const struct share *share)
{
    return (struct share *)share->piece.next;
}

/* Destructors of the program's may come later, and keep no share. */
static void at_end(void *unused)
{
    (void)unused;
    state = ENDING;
    while (spare != NULL) {
        struct share *share = spare;
        spare = next_of(share);
        slab_give(&shares, share);
    }
}

static struct share *share_take(void)
{
    struct share *share = spare;
    if (LIKELY(share != NULL)) {
        spare = next_of(share);
        return share;
    }
    if (state == FRESH) {
        state = KNOWN;
        if (has_key) {
            (void)pthread_setspecific(key, (void *)1);
        }
    }
    return slab_take(&shares);
}

static void share_give(struct share *share)
{
    if (state == ENDING) {
        slab_give(&shares, share);
    } else {
        share->piece.next = (struct piece *)spare;
        spare = share;
    }
}

static void take_out(struct share *share)
{
    struct share **link = &held;
    while (*link != share) {
        link = (struct share **)(void *)&(*link)->piece.next;
    }
    *link = next_of(share);
}

/* Relaxed: of a lock that the thread has, it knows the number. */
static uint32_t number_of(const struct rwlock *lock)
{
    return atomic_load_explicit(&lock->made, memory_order_relaxed);
}

/* Whether it is the system's, or was freed while the thread had it. */
static bool is_gone(const struct share *share)
{
    return !is_ours(share->lock) || share->number != number_of(share->lock);
}

/* Returns the thread's share in the lock, or NULL. */
static struct share *share_in(const struct rwlock *lock)
{
    struct share *share = held;
    while (share != NULL && share->lock != lock) {
        share = next_of(share);
    }
    if (share != NULL && is_ours(lock) && is_gone(share)) {
        take_out(share);
        share_give(share);
        return NULL;
    }
    return share;
}

/* The caller has the lock. */
static void note(struct share *share, struct rwlock *lock, uint32_t times)
{
    share->lock = lock;
    share->number = is_ours(lock) ? number_of(lock) : MAKING;
    share->times = times;
    share->piece.next = (struct piece *)held;
    held = share;
}

/* In a child that was forked: what the caller held has none that wait for it. */
void rwlocks_take_anew(void)
{
    for (struct share *share = held; share != NULL; share = next_of(share)) {
        if (!is_mapped(share->lock, sizeof *share->lock) || is_gone(share)) {
            continue;
        }
        give_it_a_lock(share->lock);
        if (share->times == 0) {
            class->wrlock(state_of(share->lock));
        } else {
            class->rdlock(state_of(share->lock), share->node);
        }
    }
}

/* --- beginning and end -------------------------------------------------------------- */

static uint32_t processors(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? (uint32_t)CPU_COUNT(&set)
                                                       : CPU_SETSIZE;
}

void rwlock_begin(void)
{
    class = settings.rwlock;
    size_t node_size = 0;
    if (class != NULL) {
        nthreads =
            settings.threads_at_most != 0 ? settings.threads_at_most : processors();
        size_t size = class->size(nthreads);
        slots.size = sizeof(struct slot) + LKS_WHOLE_LINES(size);
        fits = size <= sizeof((struct rwlock *)NULL)->state;
        alignment = size <= 16 ? 16 : 8;
        node_size = class->node_size;
    }
    shares.size = sizeof(struct share) + LKS_WHOLE_LINES(node_size);
    has_key = has_key || pthread_key_create(&key, at_end) == 0;
}

EXPORTED int pthread_rwlock_init(pthread_rwlock_t *object,
                                 const pthread_rwlockattr_t *attributes)
{
    begin();
    profile_forgets(object);
    int shared = PTHREAD_PROCESS_PRIVATE;
    if (attributes != NULL) {
        (void)pthread_rwlockattr_getpshared(attributes, &shared);
    }
    if (class == NULL || shared != PTHREAD_PROCESS_PRIVATE) {
        return real.pthread_rwlock_init(object, attributes);
    }
    *object = (pthread_rwlock_t)PTHREAD_RWLOCK_INITIALIZER;
    return 0;
}

/* Whether somebody has it. A thread that gives it back may still be at it when the next
   one has had it already, and such a lock may be destroyed: so that thread gets a while
   to be done. A lock that it may look at so late lies in a slab, and stays one. */
static bool is_held(struct rwlock *lock)
{
    enum { PATIENCE = 100 };
    for (int i = 0; class->is_locked(state_of(lock)); i++) {
        if (i == PATIENCE) {
            return true;
        }
        (void)sched_yield();
    }
    return false;
}

EXPORTED int pthread_rwlock_destroy(pthread_rwlock_t *object)
{
    struct rwlock *lock = (struct rwlock *)object;
    begin();
    if (!is_ours(lock)) {
        profile_forgets(object);
        return real.pthread_rwlock_destroy(object);
    }
    if (atomic_load_explicit(&lock->made, memory_order_acquire) > MAKING) {
        if (is_held(lock)) {
            return EBUSY;
        }
        if (!fits) {
            slab_give(&slots, lock->slot);
        }
        atomic_store_explicit(&lock->made, 0, memory_order_relaxed);
    }
    profile_forgets(object);
    return 0;
}

/* --- taking it ---------------------------------------------------------------------- */

/* A call that takes a lock. */
struct call {
    struct rwlock *lock;
    struct share *share;
    enum profile_kind kind; /* PROFILE_READ or PROFILE_WRITE */
};

static pthread_rwlock_t *object_of(const struct call *call)
{
    return (pthread_rwlock_t *)call->lock;
}

static bool attempt(void *argument)
{
    const struct call *call = argument;
    bool reads = call->kind == PROFILE_READ;
    if (!is_ours(call->lock)) {
        return (reads ? real.pthread_rwlock_tryrdlock(object_of(call))
                      : real.pthread_rwlock_trywrlock(object_of(call))) == 0;
    }
    void *under = made(call->lock);
    return reads ? class->tryrdlock(under, call->share->node) : class->trywrlock(under);
}

/* Waits as long as it takes. */
static int take(const struct call *call)
{
    bool reads = call->kind == PROFILE_READ;
    if (!is_ours(call->lock)) {
        return reads ? real.pthread_rwlock_rdlock(object_of(call))
                     : real.pthread_rwlock_wrlock(object_of(call));
    }
    if (reads) {
        class->rdlock(made(call->lock), call->share->node);
    } else {
        class->wrlock(made(call->lock));
    }
    return 0;
}

static int take_until(struct call *call, clockid_t clock, const struct timespec *deadline)
{
    if (is_ours(call->lock)) {
        return try_until(attempt, call, clock, deadline);
    }
    if (clock == CLOCK_REALTIME) {
        return call->kind == PROFILE_READ
                   ? real.pthread_rwlock_timedrdlock(object_of(call), deadline)
                   : real.pthread_rwlock_timedwrlock(object_of(call), deadline);
    }
    return call->kind == PROFILE_READ
               ? real.pthread_rwlock_clockrdlock(object_of(call), clock, deadline)
               : real.pthread_rwlock_clockwrlock(object_of(call), clock, deadline);
}

/* The thread has the lock already. Returns 0 if it has it once more. */
static int again(struct share *share, enum profile_kind kind, int otherwise)
{
    if (kind == PROFILE_WRITE || share->times == 0) {
        return otherwise;
    }
    if (share->times == UINT32_MAX) {
        return EAGAIN;
    }
    share->times++;
    return 0;
}

/* How long it waits. */
enum patience { AS_LONG_AS_IT_TAKES, UNTIL, NOT };

static int lock_it(pthread_rwlock_t *object, enum profile_kind kind,
                   enum patience patience, clockid_t clock,
                   const struct timespec *deadline, const void *place)
{
    struct call call = {.lock = (struct rwlock *)object, .kind = kind};
    struct share *mine = share_in(call.lock);
    if (patience == UNTIL && clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) {
        return EINVAL; /* also of a lock that is free, as the system says it */
    }
    if (mine != NULL && is_ours(call.lock)) {
        return again(mine, kind, patience == NOT ? EBUSY : EDEADLK);
    }
    call.share = share_take();
    int error = 0;
    bool waits = (profile_on || patience == NOT) && !attempt(&call);
    if (patience == NOT) {
        error = waits ? EBUSY : 0;
    } else if (!profile_on || waits) {
        if (waits) {
            profile_wants(object, kind, place);
        }
        error = patience == UNTIL ? take_until(&call, clock, deadline) : take(&call);
        if (waits && error != 0) {
            profile_gave_up(object);
        }
    }
    if (error != 0) {
        share_give(call.share);
        return error;
    }
    if (patience == NOT) {
        profile_tried(object, kind, place);
    } else {
        profile_took(object, kind, place, waits);
    }
    note(call.share, call.lock, kind == PROFILE_READ ? 1 : 0);
    return 0;
}

/* Whether the system's own is called, and nobody asks what a thread holds. */
static bool is_systems(const pthread_rwlock_t *object)
{
    begin();
    return !profile_on && !is_ours((const struct rwlock *)object);
}

EXPORTED int pthread_rwlock_rdlock(pthread_rwlock_t *object)
{
    return is_systems(object)
               ? real.pthread_rwlock_rdlock(object)
               : lock_it(object, PROFILE_READ, AS_LONG_AS_IT_TAKES, 0, NULL, CALLED_FROM);
}

EXPORTED int pthread_rwlock_wrlock(pthread_rwlock_t *object)
{
    return is_systems(object) ? real.pthread_rwlock_wrlock(object)
                              : lock_it(object, PROFILE_WRITE, AS_LONG_AS_IT_TAKES, 0,
                                        NULL, CALLED_FROM);
}

EXPORTED int pthread_rwlock_tryrdlock(pthread_rwlock_t *object)
{
    return is_systems(object) ? real.pthread_rwlock_tryrdlock(object)
                              : lock_it(object, PROFILE_READ, NOT, 0, NULL, CALLED_FROM);
}

EXPORTED int pthread_rwlock_trywrlock(pthread_rwlock_t *object)
{
    return is_systems(object) ? real.pthread_rwlock_trywrlock(object)
                              : lock_it(object, PROFILE_WRITE, NOT, 0, NULL, CALLED_FROM);
}

EXPORTED int pthread_rwlock_timedrdlock(pthread_rwlock_t *object,
                                        const struct timespec *deadline)
{
    return is_systems(object) ? real.pthread_rwlock_timedrdlock(object, deadline)
                              : lock_it(object, PROFILE_READ, UNTIL, CLOCK_REALTIME,
                                        deadline, CALLED_FROM);
}

EXPORTED int pthread_rwlock_timedwrlock(pthread_rwlock_t *object,
                                        const struct timespec *deadline)
{
    return is_systems(object) ? real.pthread_rwlock_timedwrlock(object, deadline)
                              : lock_it(object, PROFILE_WRITE, UNTIL, CLOCK_REALTIME,
                                        deadline, CALLED_FROM);
}

EXPORTED int pthread_rwlock_clockrdlock(pthread_rwlock_t *object, clockid_t clock,
                                        const struct timespec *deadline)
{
    return is_systems(object)
               ? real.pthread_rwlock_clockrdlock(object, clock, deadline)
               : lock_it(object, PROFILE_READ, UNTIL, clock, deadline, CALLED_FROM);
}

EXPORTED int pthread_rwlock_clockwrlock(pthread_rwlock_t *object, clockid_t clock,
                                        const struct timespec *deadline)
{
    return is_systems(object)
               ? real.pthread_rwlock_clockwrlock(object, clock, deadline)
               : lock_it(object, PROFILE_WRITE, UNTIL, clock, deadline, CALLED_FROM);
}

/* --- giving it back ----------------------------------------------------------------- */

/* From here on the lock may be gone. */
static int give(struct rwlock *lock, struct share *share)
{
    if (!is_ours(lock)) {
        return real.pthread_rwlock_unlock((pthread_rwlock_t *)lock);
    }
    if (share->times == 0) {
        class->wrunlock(state_of(lock));
    } else {
        class->rdunlock(state_of(lock), share->node);
    }
    return 0;
}

EXPORTED int pthread_rwlock_unlock(pthread_rwlock_t *object)
{
    if (is_systems(object)) {
        return real.pthread_rwlock_unlock(object);
    }
    struct rwlock *lock = (struct rwlock *)object;
    struct share *share = share_in(lock);
    if (share == NULL) {
        return is_ours(lock) ? EPERM : real.pthread_rwlock_unlock(object);
    }
    if (share->times > 1) {
        share->times--;
        return 0;
    }
    profile_gives(object, share->times == 0 ? PROFILE_WRITE : PROFILE_READ);
    take_out(share);
    int error = give(lock, share);
    share_give(share);
    return error;
}

/* NOLINTBEGIN(bugprone-reserved-identifier) */
ALSO_CALLED(pthread_rwlock_init, __pthread_rwlock_init);
ALSO_CALLED(pthread_rwlock_destroy, __pthread_rwlock_destroy);
ALSO_CALLED(pthread_rwlock_rdlock, __pthread_rwlock_rdlock);
ALSO_CALLED(pthread_rwlock_wrlock, __pthread_rwlock_wrlock);
ALSO_CALLED(pthread_rwlock_tryrdlock, __pthread_rwlock_tryrdlock);
ALSO_CALLED(pthread_rwlock_trywrlock, __pthread_rwlock_trywrlock);
ALSO_CALLED(pthread_rwlock_unlock, __pthread_rwlock_unlock);
/* NOLINTEND(bugprone-reserved-identifier) */

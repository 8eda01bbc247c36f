/* SPDX-License-Identifier: MIT */
/* What a thread holds: see preload.h. */
#include "preload/preload.h"

/* A thread is known by the address of this while it lives. It keeps the holds that it has
   given back for its next locks; at its end they are everybody's again. */
struct thread {
    struct hold *free;
    bool is_counted;
    bool is_ending;
};

THREAD_LOCAL struct thread self;

_Thread_local uint32_t own_number;

uint32_t new_thread_number(void)
{
    static _Atomic(uint32_t) next = 1;
    own_number = atomic_fetch_add_explicit(&next, 1, memory_order_relaxed);
    return own_number;
}

/* --- the beginning and the end of a thread ------------------------------------------ */

/* As a hold was given back it is taken: what a class leaves in a node is for its next
   use. */
static void leave_as_it_is(void *hold)
{
    (void)hold;
}

static struct slab slab = {.make = leave_as_it_is};
static pthread_key_t key;
static bool has_key;
static uint32_t at_most; /* threads; 0: any number */
static _Atomic(uint32_t) threads;

static void count_in(void)
{
    /* Acquire: pairs with count_out. */
    uint32_t others = atomic_fetch_add_explicit(&threads, 1, memory_order_acquire);
    if (at_most != 0 && others >= at_most) {
        give_up(
            settings.lock->name,
            "has too few places: --threads-at-most (LOCKSTEP_THREADS_AT_MOST) is less "
            "than the program has threads");
    }
}

/* Release: the thread that comes instead has this one's unlocks in its past. */
static void count_out(void)
{
    (void)atomic_fetch_sub_explicit(&threads, 1, memory_order_release);
}

/* Relaxed: a thread asks which are its own. */
static bool is_mine(const struct hold *hold)
{
    return atomic_load_explicit(&hold->thread, memory_order_relaxed) == &self;
}

static void set_thread(struct hold *hold, struct thread *thread)
{
    atomic_store_explicit(&hold->thread, thread, memory_order_relaxed);
}

/* A hold of a thread that ends counts as a thread; the first takes the thread's place. */
static void count_if_mine(void *piece)
{
    struct hold *hold = piece;
    if (is_mine(hold)) {
        set_thread(hold, NULL); /* its address may be another thread's */
        hold->counts = true;
        if (self.is_counted) {
            self.is_counted = false;
        } else {
            count_in();
        }
    }
}

/* Destructors of the program's may still take locks: what they hold counts, too, and is
   not kept. */
static void at_end(void *unused)
{
    (void)unused;
    while (self.free != NULL) {
        struct hold *hold = self.free;
        self.free = (struct hold *)hold->piece.next;
        slab_give(&slab, hold);
    }
    self.is_ending = true;
    if (at_most != 0) {
        slab_visit(&slab, count_if_mine);
    }
    if (self.is_counted) {
        self.is_counted = false;
        count_out();
    }
}

static struct hold *new_hold(void)
{
    if (!self.is_counted && !self.is_ending) {
        self.is_counted = true;
        count_in();
        if (has_key) {
            (void)pthread_setspecific(key, &self);
        }
    }
    struct hold *hold = slab_take(&slab);
    hold->counts = self.is_ending;
    if (hold->counts) {
        count_in();
    }
    return hold;
}

void holds_begin(size_t node_size, uint32_t threads_at_most)
{
    slab.size = sizeof(struct hold) + LKS_WHOLE_LINES(node_size);
    at_most = threads_at_most;
    /* Values of the first keys have their place in the thread: setting one allocates
       nothing. */
    has_key = has_key || pthread_key_create(&key, at_end) == 0;
}

/* --- holds -------------------------------------------------------------------------- */

/* A signal handler may come between any two steps, and gives back what it takes: to it
   what is in the list is free, and nothing else. */
struct hold *hold_take(void)
{
    struct hold *hold = self.free;
    if (LIKELY(hold != NULL)) {
        self.free = (struct hold *)hold->piece.next;
    } else {
        hold = new_hold();
    }
    atomic_signal_fence(memory_order_seq_cst);
    set_thread(hold, &self);
    return hold;
}

void hold_give(struct hold *hold)
{
    set_thread(hold, NULL);
    if (UNLIKELY(hold->counts)) {
        hold->counts = false;
        count_out();
    }
    if (UNLIKELY(self.is_ending)) {
        slab_give(&slab, hold);
        return;
    }
    hold->piece.next = (struct piece *)self.free;
    atomic_signal_fence(memory_order_seq_cst);
    self.free = hold;
}

static struct hold *held;

static void collect_if_mine(void *piece)
{
    struct hold *hold = piece;
    if (!is_mine(hold)) {
        set_thread(hold, NULL); /* its address may become another thread's */
    } else if (hold->mutex != NULL) {
        hold->piece.next = (struct piece *)held;
        held = hold;
    }
    if (hold->counts) {
        (void)atomic_fetch_add_explicit(&threads, 1, memory_order_relaxed);
    }
}

void holds_visit(void (*visit)(struct mutex *mutex))
{
    held = NULL;
    /* Of all threads there is one; and there are the places of those that ended. */
    atomic_store_explicit(&threads, self.is_counted ? 1 : 0, memory_order_relaxed);
    slab_visit(&slab, collect_if_mine);
    for (; held != NULL; held = (struct hold *)held->piece.next) {
        struct mutex *mutex = held->mutex;
        held->mutex = NULL;
        /* One that was freed while it was held, or made anew, is no more. */
        if (is_mapped(mutex, sizeof *mutex) && mutex->hold == held) {
            visit(mutex);
        }
    }
}

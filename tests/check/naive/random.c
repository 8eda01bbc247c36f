/* SPDX-License-Identifier: MIT */
/* Random programs: of many characters, and all of them small. */
#include "tests/check/naive/program.h"

#include <stdatomic.h>

/* How the orders of a program's operations are chosen. */
enum orders {
    RELAXED,
    ACQUIRE_RELEASE,
    SEQ_CST,
    ONE_SIDED,   /* acquire or release, as it falls; relaxed where that makes no sense */
    MIXED,       /* any of these, for each operation */
    BY_LOCATION, /* any of the first four, for each location */
    BY_THREAD,   /* any of the first four, for each thread */
    BY_BOTH,     /* any of the first four, for each location in each thread */
    STYLES,
};

struct maker {
    uint64_t state;
    int locations;
    const int *weights; /* of each kind of operation */
    int mutexes;        /* so many locations are locks that are taken */
    bool locks;         /* location x is a lock: it holds 0 and 1 only */
    enum orders style;
    enum orders orders[PROGRAM_LOCATIONS]; /* one of the first five, in this thread */
    int fences;         /* of a cycle: 0 none, 1 some, 2 wherever it matters */
    bool strong_fences; /* all seq_cst */
    int spare;          /* operations that may be added to the plan of a cycle */
};

/* splitmix64 */
static uint64_t next_random(struct maker *maker)
{
    uint64_t z = maker->state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static int below(struct maker *maker, int count)
{
    return (int)(next_random(maker) % (uint64_t)count);
}

/* What kinds of operations a program has: the weight of each. */
static const int mixtures[][PROGRAM_KINDS] = {
    /* load, store, exchange, add, cas, fence, light, heavy, await, lock, spin, count,
       take, peek, poke, watch, skip, borrow, both, poll, scan, retry, rewrite */
    {5, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, /* loads and stores */
    {4, 4, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, /* fences */
    {4, 4, 1, 1, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, /* fences, read-modify-writes */
    {8, 8, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0}, /* asymmetric fences */
    {8, 8, 1, 1, 0, 2, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0}, /* these and others */
    {2, 2, 3, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, /* read-modify-writes */
    {2, 2, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, /* compare-and-swap */
    {2, 5, 1, 1, 0, 1, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0}, /* awaits */
    {2, 2, 0, 0, 1, 0, 0, 0, 1, 5, 0, 0, 0, 0, 0, 0, 0}, /* locks */
    {4, 4, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4}, /* what is read decides */
    {3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1}, /* everything */
    {1, 6, 0, 0, 0, 0, 0, 0, 0, 0, 5, 3, 0, 0, 0, 0, 1}, /* spins that end */
    {1, 4, 1, 1, 2, 2, 0, 0, 0, 0, 5, 3, 0, 0, 0, 0, 1}, /* … among others */
    {3, 3, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0}, /* locks that the tool knows */
    {2, 4, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0,
     0, 2, 3, 3, 1, 0, 0, 0, 0, 0, 2}, /* plain data */
    {2, 4, 1, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 1, 2, 4, 2, 0, 0, 0, 0, 0, 2}, /* … spins */
    {3, 4, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 5},    /* what is taken back */
    {3, 3, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5}, /* several locks at once */
    {3, 6, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 3, 0, 0, 0, 0, 5, 3}, /* what is polled */
    {1, 4, 1, 1, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0}, /* several wait for one word */
    {3, 5, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 2, 0, 1, 0, 0, 0, 0, 4}, /* once more */
};

static int pick_kind(struct maker *maker)
{
    int sum = 0;
    for (int kind = 0; kind < PROGRAM_KINDS; kind++) {
        sum += maker->weights[kind];
    }
    int rest = below(maker, sum), kind = 0;
    while (rest >= maker->weights[kind]) {
        rest -= maker->weights[kind++];
    }
    return kind;
}

static enum orders first_four(struct maker *maker)
{
    return (enum orders)below(maker, MIXED);
}

/* At the start of the program, or of another thread of it. */
static void choose_orders(struct maker *maker, bool start)
{
    enum orders one = maker->style < BY_LOCATION ? maker->style : first_four(maker);
    for (int location = 0; location < PROGRAM_LOCATIONS; location++) {
        bool by_location = maker->style == BY_LOCATION || maker->style == BY_BOTH;
        if (start || maker->style == BY_THREAD || maker->style == BY_BOTH) {
            maker->orders[location] = by_location ? first_four(maker) : one;
        }
    }
}

static int pick_order(struct maker *maker, int location, bool reads, bool writes)
{
    enum orders orders = maker->orders[location];
    switch (orders == MIXED ? (enum orders)below(maker, MIXED) : orders) {
    case RELAXED:
        return memory_order_relaxed;
    case ACQUIRE_RELEASE:
        return reads && writes ? memory_order_acq_rel
               : reads         ? memory_order_acquire
                               : memory_order_release;
    case ONE_SIDED:
        if (below(maker, 2) == 0) {
            return reads ? memory_order_acquire : memory_order_relaxed;
        }
        return writes ? memory_order_release : memory_order_relaxed;
    default:
        return memory_order_seq_cst;
    }
}

/* A relaxed fence would be none. */
static int pick_fence(struct maker *maker)
{
    static const int orders[] = {memory_order_acquire, memory_order_release,
                                 memory_order_acq_rel, memory_order_seq_cst};
    return maker->strong_fences ? memory_order_seq_cst : orders[below(maker, 4)];
}

/* Mostly 1, so that values meet. */
static int pick_value(struct maker *maker)
{
    static const int values[] = {1, 1, 1, 2, 2, 0};
    return values[below(maker, 6)];
}

static bool is_fence(int kind)
{
    return kind == PROGRAM_FENCE || kind == PROGRAM_LIGHT || kind == PROGRAM_HEAVY;
}

/* A kind of fence that the program has; a full one if it has none. */
static int pick_fence_kind(struct maker *maker)
{
    int weights[] = {maker->weights[PROGRAM_FENCE], maker->weights[PROGRAM_LIGHT],
                     maker->weights[PROGRAM_HEAVY]};
    int sum = weights[0] + weights[1] + weights[2];
    int rest = sum > 0 ? below(maker, sum) : 0;
    return rest < weights[0] || sum == 0    ? PROGRAM_FENCE
           : rest < weights[0] + weights[1] ? PROGRAM_LIGHT
                                            : PROGRAM_HEAVY;
}

/* Fills in an operation of a kind. */
static struct program_operation operation_of(struct maker *maker, int kind, int location)
{
    struct program_operation operation = {.kind = kind};
    if (is_fence(kind)) {
        operation.order = pick_fence(maker);
        return operation;
    }
    if (kind == PROGRAM_SKIP) {
        operation.expected = below(maker, 3);
        operation.count = 1 + below(maker, 2);
        return operation;
    }
    if (program_is_plain(&operation)) {
        operation.location = (uint8_t)location;
        return operation;
    }
    bool locked = maker->locks && location == 0;
    bool spins = program_is_spin(&operation);
    bool writes = kind != PROGRAM_LOAD && kind != PROGRAM_AWAIT &&
                  kind != PROGRAM_WATCH && kind != PROGRAM_REWRITE && !spins;
    bool borrows = kind == PROGRAM_BORROW;
    operation.count = spins ? 2 + below(maker, 2) : borrows ? 1 + below(maker, 8) / 7 : 0;
    if (kind == PROGRAM_ADD && locked) {
        operation.kind = PROGRAM_EXCHANGE;
    }
    operation.location = (uint8_t)(kind == PROGRAM_LOCK ? 0 : location);
    operation.order = pick_order(maker, location, kind != PROGRAM_STORE, writes);
    operation.failure = pick_order(maker, location, true, false);
    operation.expected =
        locked || kind == PROGRAM_CAS ? below(maker, 2) : pick_value(maker);
    operation.constant = borrows  ? 1 + below(maker, 2)
                         : locked ? below(maker, 2)
                                  : pick_value(maker);
    operation.add_last = !locked && !borrows && below(maker, 4) == 0;
    if (borrows) {
        operation.failure = pick_order(maker, location, true, true);
        operation.expected = below(maker, 3);
    }
    return operation;
}

static void append(struct program_thread *thread, struct program_operation operation)
{
    int events = 0;
    for (int i = 0; i < thread->operations; i++) {
        events += program_events(&thread->operation[i]);
    }
    if (events + program_events(&operation) <= PROGRAM_OPERATIONS) {
        thread->operation[thread->operations++] = operation;
    }
}

static void append_any(struct maker *maker, struct program_thread *thread)
{
    int kind = pick_kind(maker);
    append(thread, operation_of(maker, kind, below(maker, maker->locations)));
}

enum need { ANY, READS, WRITES };

static void append_access(struct maker *maker, struct program_thread *thread,
                          int location, enum need need)
{
    int kind;
    bool loads;
    do {
        kind = pick_kind(maker);
        loads = kind == PROGRAM_LOAD || kind == PROGRAM_AWAIT || kind == PROGRAM_SPIN ||
                kind == PROGRAM_COUNT || kind == PROGRAM_WATCH || kind == PROGRAM_REWRITE;
    } while (is_fence(kind) || kind == PROGRAM_SKIP || kind == PROGRAM_LOCK ||
             kind == PROGRAM_PEEK || kind == PROGRAM_POKE ||
             (need == READS && kind == PROGRAM_STORE) || (need == WRITES && loads));
    append(thread, operation_of(maker, kind, location));
}

/* What another thread has to do to the same location so that the two have to do with each
   other; after a store mostly a read. */
static enum need partner(struct maker *maker, const struct program_operation *operation)
{
    switch (operation->kind) {
    case PROGRAM_LOAD:
    case PROGRAM_AWAIT:
    case PROGRAM_WATCH:
    case PROGRAM_REWRITE:
    case PROGRAM_SPIN:
    case PROGRAM_COUNT:
        return WRITES;
    case PROGRAM_STORE:
        return below(maker, 4) != 0 ? READS : ANY;
    default:
        return ANY;
    }
}

/* Operations without a plan. */
static void scatter(struct maker *maker, struct program *program)
{
    int total = 8 - below(maker, 4);
    for (int i = 0; i < total; i++) {
        int t = i < program->threads ? i : below(maker, program->threads);
        append_any(maker, &program->thread[t]);
    }
}

static bool spare(struct maker *maker)
{
    if (maker->spare == 0 || below(maker, 4) != 0) {
        return false;
    }
    maker->spare--;
    return true;
}

/* One thread of a cycle: from one location to another. */
static void walk(struct maker *maker, struct program_thread *thread, int from,
                 enum need first, int to, enum need last)
{
    append_access(maker, thread, from, first);
    if (spare(maker)) {
        append_access(maker, thread, from, ANY);
    }
    if (to != from && below(maker, 2) < maker->fences) {
        append(thread, operation_of(maker, pick_fence_kind(maker), 0));
    }
    if (to != from) {
        append_access(maker, thread, to, last);
    }
    if (spare(maker)) {
        append_access(maker, thread, to, ANY);
    }
    if (spare(maker)) {
        append_any(maker, thread);
    }
}

/*
 * Like a litmus test: where one thread ends the next begins, and the last ends where the
 * first began. This is what it takes for orders and fences to matter.
 */
static void cycle(struct maker *maker, struct program *program)
{
    maker->spare = PROGRAM_THREADS - program->threads;
    enum need need = ANY;
    int location = 0;
    for (int t = 0; t < program->threads - 1; t++) {
        struct program_thread *thread = &program->thread[t];
        bool stay = below(maker, program->threads == PROGRAM_THREADS ? 2 : 4) == 0;
        int step = stay ? 0 : 1 + below(maker, maker->locations - 1);
        int next = (location + step) % maker->locations;
        choose_orders(maker, false);
        walk(maker, thread, location, need, next, ANY);
        need = partner(maker, &thread->operation[thread->operations - 1]);
        location = next;
    }
    enum need last = partner(maker, &program->thread[0].operation[0]);
    choose_orders(maker, false);
    walk(maker, &program->thread[program->threads - 1], location, need, 0, last);
}

/* An operation that must be there, or mostly: its value and what it expects are 1. */
static void append_one(struct maker *maker, struct program_thread *thread, int kind,
                       int location)
{
    struct program_operation operation = operation_of(maker, kind, location);
    operation.add_last = false;
    operation.constant = operation.expected = 1;
    if (kind == PROGRAM_SKIP) {
        operation.expected = 0;
        operation.count = 1;
    }
    append(thread, operation);
}

/*
 * One thread waits for another one, and tells it when the wait is over; then that touches
 * what the wait has touched, or a third thread does. Others do anything in between.
 */
static void relay(struct maker *maker, struct program *program)
{
    choose_orders(maker, false);
    append_one(maker, &program->thread[0],
               below(maker, 2) == 0 ? PROGRAM_WATCH : PROGRAM_REWRITE, 0);
    append_one(maker, &program->thread[0], PROGRAM_STORE, 1);
    choose_orders(maker, false);
    append_one(maker, &program->thread[1], PROGRAM_STORE, 0);
    for (int i = below(maker, 3); i > 0; i--) {
        append_any(maker, &program->thread[below(maker, program->threads)]);
    }
    struct program_thread *last =
        &program->thread[1 + below(maker, program->threads - 1)];
    append_one(maker, last, below(maker, 3) == 0 ? PROGRAM_AWAIT : PROGRAM_LOAD, 1);
    append_one(maker, last, PROGRAM_SKIP, 0);
    append_one(maker, last, below(maker, 6) == 0 ? PROGRAM_PEEK : PROGRAM_POKE, 0);
}

/* Most locks are unlocked again. */
static void unlock(struct maker *maker, struct program_thread *thread)
{
    bool locked = false;
    for (int i = 0; i < thread->operations; i++) {
        locked = locked || thread->operation[i].kind == PROGRAM_LOCK;
    }
    if (locked && below(maker, 4) != 0) {
        struct program_operation store = operation_of(maker, PROGRAM_STORE, 0);
        store.constant = 0;
        append(thread, store);
    }
}

/* Some threads become like others. */
static void copy_threads(struct maker *maker, struct program *program)
{
    for (int t = 1; t < program->threads; t++) {
        if (below(maker, 3) != 0) {
            program->thread[t] = program->thread[below(maker, t)];
        }
    }
}

/* One operation on what is no lock. */
static void append_data(struct maker *maker, struct program_thread *thread)
{
    int kind;
    do {
        kind = pick_kind(maker);
    } while (kind == PROGRAM_TAKE || kind == PROGRAM_BOTH || kind >= PROGRAM_POLL);
    int data = PROGRAM_LOCATIONS - maker->mutexes;
    append(thread, operation_of(maker, kind, maker->mutexes + below(maker, data)));
}

/* A lock is taken, or it is tried to, and given back; between that something is done, or
   another lock is taken. */
static void section(struct maker *maker, struct program_thread *thread, int held)
{
    int mutex = held < 0 ? below(maker, maker->mutexes) : 1 - held;
    bool tries = below(maker, 4) == 0;
    bool nests = held < 0 && maker->mutexes > 1 && below(maker, 2) == 0;
    int room = PROGRAM_OPERATIONS - thread->operations;
    if (room < 2 + tries + (nests ? 3 : 1)) {
        return;
    }
    append(thread, (struct program_operation){.kind = tries ? PROGRAM_CAS : PROGRAM_TAKE,
                                              .location = (uint8_t)mutex,
                                              .order = memory_order_acquire,
                                              .failure = memory_order_relaxed,
                                              .constant = 1});
    int skip = thread->operations;
    if (tries) {
        append(thread, (struct program_operation){.kind = PROGRAM_SKIP, .expected = 1});
    }
    if (nests) {
        section(maker, thread, mutex);
    } else if (below(maker, 2) == 0) {
        append_data(maker, thread);
    }
    append(thread, (struct program_operation){.kind = PROGRAM_STORE,
                                              .location = (uint8_t)mutex,
                                              .order = memory_order_release});
    if (tries) {
        thread->operation[skip].count = thread->operations - skip - 1;
    }
}

static void sections(struct maker *maker, struct program *program)
{
    maker->mutexes = 1 + below(maker, 2);
    for (int t = 0; t < program->threads; t++) {
        struct program_thread *thread = &program->thread[t];
        int parts = program->threads > 3 ? 1 : 1 + below(maker, 2);
        for (int i = 0; i < parts; i++) {
            if (below(maker, 3) == 0) {
                append_data(maker, thread);
            }
            section(maker, thread, -1);
        }
        if (below(maker, 3) == 0) {
            append_data(maker, thread);
        } else if (below(maker, 6) == 0) {
            append(thread, operation_of(maker, PROGRAM_LOAD, 0));
        }
    }
}

static void give_back(struct program_thread *thread, int mutex)
{
    append(thread, (struct program_operation){.kind = PROGRAM_STORE,
                                              .location = (uint8_t)mutex,
                                              .order = memory_order_release});
}

/* Both locks are taken at once, or one alone; few forget to give one back. */
static void sections_of_both(struct maker *maker, struct program *program)
{
    maker->mutexes = 2;
    for (int t = 0; t < program->threads; t++) {
        struct program_thread *thread = &program->thread[t];
        int mutex = below(maker, 2);
        bool both = below(maker, 4) != 0;
        if (below(maker, 4) == 0) {
            append_data(maker, thread);
        }
        append(thread,
               (struct program_operation){.kind = both ? PROGRAM_BOTH : PROGRAM_TAKE,
                                          .location = (uint8_t)mutex,
                                          .order = memory_order_acquire,
                                          .failure = memory_order_relaxed,
                                          .constant = 1});
        if (below(maker, 2) == 0) {
            append_data(maker, thread);
        }
        if (below(maker, 12) != 0) {
            give_back(thread, mutex);
        }
        if (both) {
            give_back(thread, 1 - mutex);
        }
    }
}

/* Some poll under a lock; others, or the same ones behind that, have something to do with
   it, mostly under the lock. Few look at the lock itself. */
static void polls(struct maker *maker, struct program *program)
{
    bool waits = below(maker, 2) == 0, weak = below(maker, 8) == 0;
    bool looks = below(maker, 4) == 0;
    maker->mutexes = 1 + below(maker, 8) / 7;
    int spare = 4; /* operations that may be added */
    program->threads = program->threads > 3 ? 3 : program->threads;
    for (int t = 0; t < program->threads; t++) {
        struct program_thread *thread = &program->thread[t];
        int location = below(maker, maker->mutexes);
        bool polls = t == 0 || below(maker, 8) == 0, scans = below(maker, 2) == 0;
        int take = weak ? pick_order(maker, location, true, false) : memory_order_acquire;
        int give = weak ? pick_order(maker, location, false, true) : memory_order_release;
        if (polls) {
            append(thread,
                   (struct program_operation){.kind = scans ? PROGRAM_SCAN : PROGRAM_POLL,
                                              .location = (uint8_t)location,
                                              .order = take,
                                              .failure = give,
                                              .constant = !waits,
                                              .expected = 1 - below(maker, 8) / 7,
                                              .count = 1});
        }
        for (int i = below(maker, polls ? 3 : 2); i > 0 && spare > 0; i--, spare--) {
            append_data(maker, thread);
        }
        if (looks && below(maker, 2) == 0) {
            int kind = below(maker, 2) == 0 ? PROGRAM_LOAD
                       : waits              ? PROGRAM_CAS
                                            : PROGRAM_EXCHANGE;
            append_one(maker, thread, kind, location);
        }
        int room = PROGRAM_OPERATIONS - thread->operations;
        if (polls || room < 4) {
            continue;
        }
        append(thread,
               (struct program_operation){.kind = waits ? PROGRAM_TAKE : PROGRAM_LOCK,
                                          .location = (uint8_t)location,
                                          .order = take,
                                          .failure = memory_order_relaxed,
                                          .constant = 1});
        if (below(maker, 4) != 0) {
            append_one(maker, thread, PROGRAM_STORE, PROGRAM_LOCATIONS - 1);
        } else {
            append_data(maker, thread);
        }
        if (below(maker, 3) == 0) {
            append_one(maker, thread, below(maker, 2) == 0 ? PROGRAM_POKE : PROGRAM_PEEK,
                       location);
        }
        append(thread, (struct program_operation){.kind = PROGRAM_STORE,
                                                  .location = (uint8_t)location,
                                                  .order = give});
    }
}

/* Some write a word in each try to find what they look for; others, or the same ones
   behind that, have something to do with both. */
static void retries(struct maker *maker, struct program *program)
{
    int spare = 5; /* operations that may be added */
    program->threads = program->threads > 3 ? 3 : program->threads;
    for (int t = 0; t < program->threads; t++) {
        struct program_thread *thread = &program->thread[t];
        bool tries = t == 0 || below(maker, 3) == 0;
        int location = below(maker, PROGRAM_LOCATIONS - 1);
        if (tries) {
            append(thread, (struct program_operation){
                               .kind = PROGRAM_RETRY,
                               .location = (uint8_t)location,
                               .order = pick_order(maker, 2, true, false),
                               .failure = pick_order(maker, location, false, true),
                               .constant = pick_value(maker),
                               .expected = 1 - below(maker, 8) / 7,
                               .count = 1});
        }
        for (int i = below(maker, 3); i > 0 && spare > 0; i--, spare--) {
            append_data(maker, thread);
        }
        if (!tries || below(maker, 4) == 0) {
            append_one(maker, thread, PROGRAM_STORE, PROGRAM_LOCATIONS - 1);
        }
        if (!tries && below(maker, 2) == 0) {
            append_one(maker, thread, PROGRAM_STORE, below(maker, PROGRAM_LOCATIONS - 1));
        }
    }
}

/* Several threads wait for what one word becomes, and others change it to and fro; or
   they are locked out of it by exchanges. */
static void crowd(struct maker *maker, struct program *program)
{
    program->threads = 3 + below(maker, 2);
    maker->locks = below(maker, 3) == 0;
    for (int i = program->threads + 4 - below(maker, 3); i > 0; i--) {
        struct program_thread *thread =
            &program
                 ->thread[i > program->threads ? below(maker, program->threads) : i - 1];
        int kind = pick_kind(maker);
        bool locks = maker->locks && kind == PROGRAM_AWAIT;
        int last = thread->operations == 0
                       ? PROGRAM_SKIP
                       : thread->operation[thread->operations - 1].kind;
        if (last == PROGRAM_AWAIT && kind == PROGRAM_AWAIT) {
            continue; /* two that are like a spin */
        }
        append(thread, operation_of(maker, locks ? PROGRAM_LOCK : kind,
                                    below(maker, 8) == 0 && !maker->locks));
    }
}

void random_program(struct program *program, uint64_t seed)
{
    struct maker maker = {.state = seed};
    *program = (struct program){.threads = 2 + below(&maker, 3)};
    maker.locations = 1 + below(&maker, PROGRAM_LOCATIONS);
    maker.weights = mixtures[below(&maker, (int)(sizeof mixtures / sizeof *mixtures))];
    maker.locks = maker.weights[PROGRAM_LOCK] != 0;
    maker.fences = below(&maker, 3);
    maker.strong_fences = below(&maker, 2) == 0;
    if (maker.weights[PROGRAM_LIGHT] > 1) { /* what this is about */
        maker.fences = 2;
        maker.strong_fences = below(&maker, 4) != 0;
    }
    maker.style = (enum orders)below(&maker, STYLES);
    choose_orders(&maker, true);
    bool plain = maker.weights[PROGRAM_LOCK] + maker.weights[PROGRAM_SKIP] < 4;
    if (maker.weights[PROGRAM_AWAIT] > 4) {
        crowd(&maker, program);
    } else if (maker.weights[PROGRAM_RETRY] != 0) {
        retries(&maker, program);
    } else if (maker.weights[PROGRAM_POLL] != 0) {
        polls(&maker, program);
    } else if (maker.weights[PROGRAM_BOTH] != 0) {
        sections_of_both(&maker, program);
    } else if (maker.weights[PROGRAM_TAKE] != 0) {
        sections(&maker, program);
    } else if (maker.weights[PROGRAM_WATCH] > 0 && below(&maker, 4) != 0) {
        maker.locations = maker.locations == 1 ? 2 : maker.locations;
        relay(&maker, program);
    } else if (!plain ||
               below(&maker, 4) == 0) { /* a cycle has no use for locks and skips */
        scatter(&maker, program);
    } else {
        maker.locations = maker.locations == 1 ? 2 : maker.locations;
        cycle(&maker, program);
    }
    for (int t = 0; t < program->threads; t++) {
        unlock(&maker, &program->thread[t]);
    }
    if (below(&maker, 3) == 0) {
        copy_threads(&maker, program);
    }
}

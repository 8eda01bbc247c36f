/* SPDX-License-Identifier: MIT */
#include "sim/workload.h"

#include <lockstep/barrier.h>
#include <lockstep/lock.h>
#include <lockstep/rwlock.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common/tool.h"
#include "sim/measure.h"
#include "sim/own.h"
#include "virtual/instrument.h"
#include "virtual/program/program.h"
#include "virtual/program/tool.h"

/* --- the catalog -------------------------------------------------------------------- */

/* A class of any family has its name in front. */
static const void *(*next_class[OWN_FAMILIES])(const void *);

static const char *name_of(const void *class)
{
    return *(const char *const *)class;
}

static bool is_own(enum own_family family, const void *class)
{
    const void *const *own = own_classes(family);
    while (*own != NULL && *own != class) {
        own++;
    }
    return *own != NULL;
}

void workload_load(const struct options *with)
{
    static const char *const walks[] = {[OWN_LOCK] = "lks_lock_class_next",
                                        [OWN_RWLOCK] = "lks_rwlock_class_next",
                                        [OWN_BARRIER] = "lks_barrier_class_next"};
    bool own = with != NULL && with->sources != NULL;
    if (!(own ? own_load(with) : vm_load_catalog())) {
        exit(STATUS_CANNOT);
    }
    for (int family = 0; family < OWN_FAMILIES; family++) {
        *(void **)&next_class[family] = vm_symbol(walks[family]);
    }
}

/* The class after `previous`, the user's before the catalog's; the first one for NULL. */
static const void *class_after(enum own_family family, const void *previous)
{
    const void *const *own = own_classes(family);
    while (previous != NULL && *own != NULL && *own++ != previous) {
    }
    return *own != NULL ? *own
                        : next_class[family](is_own(family, previous) ? NULL : previous);
}

static const void *find_class(enum own_family family, const char *name)
{
    const void *class = class_after(family, NULL);
    while (class != NULL && strcmp(name_of(class), name) != 0) {
        class = class_after(family, class);
    }
    return class;
}

bool workload_has_own(enum own_family family)
{
    return *own_classes(family) != NULL;
}

const char *const *workload_names(enum own_family family)
{
    enum { MOST = 64 };
    static const char *names[OWN_FAMILIES][MOST + 1];
    unsigned count = 0;
    for (const void *class = NULL;
         count < MOST && (class = class_after(family, class)) != NULL;) {
        names[family][count++] = name_of(class);
    }
    return names[family];
}

bool workload_sleeps(const char *name)
{
#define NAME(name, other) #name,
    static const char *const sleeping[] = {LKS_EACH_SLEEPING_LOCK(NAME)
                                               LKS_EACH_SLEEPING_BARRIER(NAME) NULL};
#undef NAME
    unsigned i = 0;
    while (sleeping[i] != NULL && strcmp(sleeping[i], name) != 0) {
        i++;
    }
    return sleeping[i] != NULL;
}

/* --- the machine's memory ----------------------------------------------------------- */

/* Always at the same place, so that a run is the same in each process. */
static unsigned char *memory;
static size_t memory_used;
enum { MEMORY_BITS = 30 };

static void memory_begin(void)
{
    if (memory == NULL) {
        memory =
            vm_reserve(VM_INSTRUMENT, (size_t)1 << MEMORY_BITS, PROT_READ | PROT_WRITE);
        if (memory == NULL) {
            perror("locksim: no address space");
            exit(STATUS_CANNOT);
        }
    }
    memset(memory, 0, memory_used);
    memory_used = 0;
}

/* Whole pages of zeros. */
static void *memory_take(size_t size)
{
    size_t unit = machine.page > 2 * machine.line ? machine.page : 2 * machine.line;
    unsigned char *taken = memory + memory_used;
    memory_used += (size + unit - 1) / unit * unit;
    if (memory_used > (size_t)1 << MEMORY_BITS) {
        (void)fputs("locksim: the locks need more than a gigabyte\n", stderr);
        exit(STATUS_CANNOT);
    }
    return taken;
}

/* `processor` is the first to touch these bytes. */
static void place(const unsigned char *bytes, size_t size, unsigned processor)
{
    for (size_t i = 0; i < size; i += machine.line) {
        (void)line_of(bytes + i, processor);
    }
}

/* Memory that belongs to all: each processor touches its share of it first, in the order
   of the addresses. So an array of a row a thread lies where the rows are used. */
static void *take_shared(size_t size, const char *name)
{
    unsigned char *bytes = memory_take(size);
    lines_name(bytes, size, name, -1);
    for (size_t i = 0; i < size; i += machine.line) {
        place(bytes + i, 1, (unsigned)(i * processors / size));
    }
    return bytes;
}

static void *take_own(size_t size, const char *name, unsigned processor)
{
    unsigned char *bytes = memory_take(size);
    lines_name(bytes, size, name, (int)processor);
    place(bytes, size, processor);
    return bytes;
}

/* --- what all workloads know -------------------------------------------------------- */

static const struct options *options;
static struct result *result;

/* An access of any kind to any place, and back: an upper bound. */
static cycles round_trip(void)
{
    cycles most =
        machine.bus_memory + machine.bus_cache + machine.bus_upgrade + machine.bus_update;
    most += 4 *
            (machine.network + machine.module + machine.directory + machine.memory +
             machine.cache + machine.link) *
            (machine.structure == NUMA && machine.nodes > 0 ? 4 : 1);
    for (unsigned i = 0; i < USES * FOUNDS * DISTANCES; i++) {
        cycles latency = (&machine.latency[0][0][0])[i];
        most = latency > most ? latency : most;
    }
    return most + machine.hit + machine.atomic + machine.pause;
}

static cycles outside_work(void)
{
    if (options->arrival == FIXED_ARRIVAL || result->outside == 0) {
        return result->outside;
    }
    if (options->arrival == VARIED_ARRIVAL) {
        cycles quarter = result->outside / 4;
        return result->outside - quarter + random_below(2 * quarter + 1);
    }
    double uniform = (double)(random_below(1 << 30) + 1) / (1 << 30);
    return (cycles)(-log(uniform) * (double)result->outside + 0.5);
}

/* --- locks and reader-writer locks -------------------------------------------------- */

static struct {
    const lks_lock_class_t *class; /* or NULL, and: */
    const lks_rwlock_class_t *rwlock;
    void *lock;
    void *nodes[VM_PROCESSORS];
    uint64_t *data;             /* one a line */
    cycles settle;              /* long enough for a newcomer to have queued */
    unsigned turn;              /* latency: of which processor */
    uint64_t warming, measured; /* releases: before, and in, the measurement */
    unsigned readers;           /* inside */
    bool taken;                 /* by a processor that is to be alone */
} lock_run;

static void touch_data(enum side side)
{
    for (unsigned i = 0; i < result->data; i++) {
        uint64_t *word = &lock_run.data[(size_t)i * machine.line / sizeof *word];
        instrument_plain(word, sizeof *word, VM_PLAIN_READ, NULL);
        if (side == WRITING) {
            instrument_plain(word, sizeof *word, VM_PLAIN_STORE, NULL);
            ++*word;
        }
    }
}

/* A processor gets on. None does for long where arbitration starves the one
   that should. */
static void get_on(void)
{
    const cycles patience = 100000000;
    simulation_deadline = processor_now() + patience + result->inside +
                          64 * result->outside + (processors + 1) * lock_run.settle;
}

/* Locks have writers only. */
static enum side choose_side(void)
{
    const uint64_t whole = UINT64_C(1) << 30;
    bool reads = lock_run.rwlock != NULL &&
                 (double)random_below(whole) >= options->writes / 100 * (double)whole;
    return reads ? READING : WRITING;
}

static void take(unsigned self, enum side side)
{
    if (lock_run.rwlock == NULL) {
        lock_run.class->lock(lock_run.lock, lock_run.nodes[self]);
    } else if (side == READING) {
        lock_run.rwlock->rdlock(lock_run.lock, lock_run.nodes[self]);
    } else {
        lock_run.rwlock->wrlock(lock_run.lock);
    }
}

static void give(unsigned self, enum side side)
{
    if (lock_run.rwlock == NULL) {
        lock_run.class->unlock(lock_run.lock, lock_run.nodes[self]);
    } else if (side == READING) {
        lock_run.rwlock->rdunlock(lock_run.lock, lock_run.nodes[self]);
    } else {
        lock_run.rwlock->wrunlock(lock_run.lock);
    }
}

static void enter(enum side side)
{
    if (lock_run.taken) {
        instrument_wrong(VM_ASSERTION, NULL,
                         side == READING ? "a reader is let in beside a writer"
                         : lock_run.rwlock == NULL
                             ? "two processors hold the lock"
                             : "a writer is let in beside another one");
    }
    if (side == READING) {
        lock_run.readers++;
        return;
    }
    if (lock_run.readers > 0) {
        instrument_wrong(VM_ASSERTION, NULL, "a writer is let in beside a reader");
    }
    lock_run.taken = true;
}

static void leave(enum side side)
{
    if (side == READING) {
        lock_run.readers--;
    } else {
        lock_run.taken = false;
    }
}

/* From request to release. `stay`: cycles in the critical section. */
static void acquire_and_release(unsigned self, enum side side, cycles stay)
{
    get_on();
    measure_request(self, side);
    processor_phase(WAITING);
    take(self, side);
    processor_work(0); /* let every processor whose clock is behind run first */
    get_on();
    measure_entry(self);
    processor_phase(HOLDING);
    enter(side);
    touch_data(side);
    processor_work(stay);
    leave(side);
    measure_release(self, stay);
    give(self, side);
    processor_work(0);
    measure_released(self);
    processor_phase(WORKING);
}

static bool over; /* a processor has come to the end of what it is to do */

static void end(unsigned self)
{
    (void)self;
    over = true;
    processor_phase(DONE);
    instrument_exit();
}

/* Processors take turns at a free lock. */
static void run_latency(void *argument)
{
    unsigned self = *(unsigned *)argument;
    uint64_t last = lock_run.warming + lock_run.measured;
    for (uint64_t turn = self; turn < last; turn += processors) {
        while (lock_run.turn != self) {
            processor_sleep();
        }
        acquire_and_release(self, choose_side(), result->inside);
        lock_run.turn = (self + 1) % processors;
        processor_work(result->outside);
        processor_wake(lock_run.turn);
    }
    end(self);
}

/* Processor 0 stays inside until the others have come, one after the other. It writes:
   readers would not wait for another one. */
static void run_queue(void *argument)
{
    unsigned self = *(unsigned *)argument;
    if (self == 0) {
        acquire_and_release(self, WRITING,
                            lock_run.settle * (processors + 1) + result->inside);
    } else {
        acquire_and_release(self, choose_side(), result->inside);
    }
    end(self);
}

static void run_steady(void *argument)
{
    unsigned self = *(unsigned *)argument;
    for (;;) {
        acquire_and_release(self, choose_side(), result->inside);
        processor_work(outside_work());
    }
}

static bool begin_lock(unsigned count)
{
    const lks_lock_class_t *lock = lock_run.class;
    const lks_rwlock_class_t *rwlock = lock_run.rwlock;
    lock_run.lock =
        take_shared((lock != NULL ? lock->size : rwlock->size)(count), "lock");
    lock_run.taken = false;
    lock_run.readers = 0;
    lock_run.turn = 0;
    bool by_index = lock != NULL ? (lock->traits & LKS_LOCK_NEEDS_INDEX) != 0
                                 : (rwlock->traits & LKS_RWLOCK_NEEDS_INDEX) != 0;
    size_t node = lock != NULL ? lock->node_size : rwlock->node_size;
    for (unsigned i = 0; i < count; i++) {
        lock_run.nodes[i] =
            by_index ? (void *)(uintptr_t)i : take_own(node == 0 ? 1 : node, "node", i);
    }
    if (result->data > 0) {
        lock_run.data = memory_take((size_t)result->data * machine.line);
        lines_name(lock_run.data, (size_t)result->data * machine.line, "data", -1);
    }
    return (lock != NULL ? lock->init : rwlock->init)(lock_run.lock, count) == 0;
}

/* 16 of each processor, but at least 256 in all. With many processors each one is long,
   and the next one much like it: there are no more than 2048 then, or twice as many where
   chance says who writes; but 4 of each. */
static uint64_t passages_by_default(uint64_t count)
{
    enum { OF_EACH = 16, FEW = 256, MANY = 2048, LEAST = 4 };
    uint64_t many = lock_run.rwlock != NULL ? 2 * MANY : MANY;
    uint64_t each = OF_EACH;
    if (each * count < FEW) {
        each = (FEW + count - 1) / count;
    } else if (each * count > many) {
        each = many / count > LEAST ? many / count : LEAST;
    }
    return each * count;
}

static void plan_lock(unsigned count)
{
    enum { INSIDE = 100, OUTSIDE = 50, DATA = 2 };
    result->inside = options->inside_given ? options->inside : INSIDE;
    result->outside = options->outside_given || options->scenario != STEADY
                          ? options->outside
                          : OUTSIDE;
    result->data =
        options->data_given || options->scenario != STEADY ? options->data : DATA;
    lock_run.settle = 6 * round_trip();
    lock_run.warming = 0;
    lock_run.measured = count;
    /* Without caches nothing ever settles, and each try is simulated. */
    bool settles = machine.protocol != NO_CACHES;
    /* Of a reader-writer lock each one that comes, or reads, may write where all that
       wait look: they look again. */
    cycles looks = settles && lock_run.rwlock != NULL ? count : 0;
    if (options->scenario == QUEUE) {
        lock_run.settle += looks * round_trip();
    }
    if (options->scenario == QUEUE && !options->inside_given) {
        result->inside = ((settles ? (4 + looks) * count : 0) + 16) * round_trip();
    }
    if (options->scenario != QUEUE) {
        lock_run.measured = options->passages > 0 ? options->passages * count
                                                  : passages_by_default(count);
        lock_run.warming = 4 * (uint64_t)count;
    }
}

static void start_locks(unsigned count)
{
    static unsigned numbers[VM_PROCESSORS];
    static void (*const bodies[])(void *) = {
        [LATENCY] = run_latency, [QUEUE] = run_queue, [STEADY] = run_steady};
    for (unsigned i = 0; i < count; i++) {
        numbers[i] = i;
        cycles time = options->scenario == QUEUE ? i * lock_run.settle : 0;
        processor_start(i, bodies[options->scenario], &numbers[i], time);
    }
}

/* --- barriers ----------------------------------------------------------------------- */

static struct {
    const lks_barrier_class_t *class;
    void *barrier;
    uint64_t warming, measured; /* episodes */
} barrier_run;

static void run_barrier(void *argument)
{
    unsigned self = *(unsigned *)argument;
    for (uint64_t episode = 0;; episode++) {
        measure_arrival(self, episode);
        if (episode == barrier_run.warming + barrier_run.measured) {
            break;
        }
        processor_phase(WAITING);
        barrier_run.class->wait(barrier_run.barrier, self);
        processor_work(0);
        get_on();
        measure_leaving(self);
        processor_phase(WORKING);
        processor_work(outside_work());
    }
    end(self);
}

static bool start_barriers(unsigned count)
{
    static unsigned numbers[VM_PROCESSORS];
    uint64_t episodes = options->passages > 0 ? options->passages : 16;
    result->outside = options->outside;
    lock_run.settle = 0; /* no processor queues */
    barrier_run.warming = options->scenario == QUEUE ? 0 : 4;
    barrier_run.measured = options->scenario == QUEUE ? 1 : episodes;
    barrier_run.barrier = take_shared(barrier_run.class->size(count), "barrier");
    if (barrier_run.class->init(barrier_run.barrier, count) != 0) {
        return false;
    }
    measure_begin_barrier(barrier_run.warming, barrier_run.measured);
    for (unsigned i = 0; i < count; i++) {
        numbers[i] = i;
        processor_start(i, run_barrier, &numbers[i], 0);
    }
    return true;
}

/* --- tries -------------------------------------------------------------------------- */

static bool opposite; /* a try of a free lock takes it, and returns 0 */

/* By two processors' nodes. Of a lock that is right only the first try is made. */
static void try_alone(void *argument)
{
    void *lock = lock_run.lock, **nodes = lock_run.nodes;
    (void)argument;
    if (lock_run.class != NULL) {
        bool (*trylock)(void *, void *) = lock_run.class->trylock;
        opposite = !trylock(lock, nodes[0]) && trylock(lock, nodes[1]) &&
                   trylock(lock, nodes[1]);
    } else {
        bool (*trywrlock)(void *) = lock_run.rwlock->trywrlock;
        opposite = !trywrlock(lock) && trywrlock(lock) && trywrlock(lock);
    }
    simulation_stop();
}

static bool begin_tries(unsigned count)
{
    opposite = false;
    bool tries = lock_run.class != NULL ? lock_run.class->trylock != NULL
                                        : lock_run.rwlock->trywrlock != NULL;
    if (!tries || !begin_lock(count)) {
        return false;
    }
    processor_start(0, try_alone, NULL, 0);
    return true;
}

/* --- a run -------------------------------------------------------------------------- */

/* Sets all up. Returns whether the primitive is for so many processors. */
static bool begin(unsigned count)
{
    over = false;
    if (result->family == OWN_BARRIER) {
        return start_barriers(count);
    }
    plan_lock(count);
    if (!begin_lock(count)) {
        return false;
    }
    measure_begin_lock(lock_run.warming, lock_run.measured, options->scenario == LATENCY);
    start_locks(count);
    return true;
}

/* Says what is wrong; of one of the user's in which line. */
static void tell_failure(enum ending ending, const char *primitive, unsigned count)
{
    struct vm_source source;
    (void)fputs("locksim: ", vm_err);
    if (ending != ENDED && simulation.site != NULL &&
        vm_source_of(simulation.site, &source)) {
        (void)fprintf(vm_err, "%s:%d: ", source.file, source.line);
    }
    (void)fprintf(vm_err, "%s, %u processor%s: %s\n", primitive, count,
                  count == 1 ? "" : "s",
                  ending == ENDED ? "it has ended the program" : simulation.message);
}

/* What observers see is in the order of time. */
static bool try_private_stacks(void)
{
    return observer == NULL && options->machine.protocol != NO_CACHES;
}

/* `start` is begin, and returns what that does, or begin_tries. */
static bool simulate(bool (*start)(unsigned count), unsigned count, bool own,
                     bool private_stacks, enum ending *ending)
{
    vm_reset();
    simulation_begin(&options->machine, count, options->seed);
    all_seen = !own;
    stacks = private_stacks ? PRIVATE : SHARED_STACKS;
    memory_begin();
    if (!start(count)) {
        return false;
    }
    *ending = simulation_run();
    return true;
}

/* No scenario tries; but it is worth knowing. */
static bool tries_are_right(const char *name, const char *place)
{
    enum ending ending;
    const struct observer *observing = observer;
    observer = NULL;
    (void)simulate(begin_tries, 2, true, false, &ending);
    observer = observing;
    if (opposite) {
        (void)fprintf(vm_err,
                      "locksim: %s: a try returns 0 when it takes the lock, and must "
                      "return whether it has it (%s); it is not simulated\n",
                      name, place);
    }
    return !opposite;
}

bool workload_run(const struct options *chosen, const struct primitive *primitive,
                  unsigned count, struct result *into, int *status)
{
    options = chosen;
    result = into;
    const enum own_family family = primitive->family;
    const void *class = find_class(family, primitive->name);
    lock_run.class = family == OWN_LOCK ? class : NULL;
    lock_run.rwlock = family == OWN_RWLOCK ? class : NULL;
    barrier_run.class = family == OWN_BARRIER ? class : NULL;
    *result = (struct result){.machine = &options->machine,
                              .primitive = primitive->name,
                              .family = family,
                              .writes = options->writes,
                              .scenario = (enum scenario)options->scenario,
                              .processors = count,
                              .seed = options->seed};
    bool own = is_own(family, class);
    const char *place = lock_run.class != NULL    ? lock_run.class->summary
                        : lock_run.rwlock != NULL ? lock_run.rwlock->summary
                                                  : NULL;
    if (own && place != NULL && !tries_are_right(primitive->name, place)) {
        *status = STATUS_WRONG;
        return false;
    }
    enum ending ending = STOPPED;
    bool fits = simulate(begin, count, own, !own && try_private_stacks(), &ending);
    if (stacks == WERE_NOT_PRIVATE && ending != INTERRUPTED) {
        fits = simulate(begin, count, own, false, &ending);
    }
    bool good = (ending == ENDED && over) || ending == STOPPED || ending == INTERRUPTED;
    if (!fits) {
        (void)fprintf(vm_err,
                      "locksim: %s: by its mark or its init not for %u processor%s: left "
                      "out\n",
                      primitive->name, count, count == 1 ? "" : "s");
    } else if (!good) {
        tell_failure(ending, primitive->name, count);
        *status = STATUS_WRONG;
    }
    if (!own && (!fits || !good)) {
        exit(STATUS_CANNOT);
    }
    if (!fits || !good) {
        return false;
    }
    measure_end(result);
    if (checking) {
        check_end();
    }
    return true;
}

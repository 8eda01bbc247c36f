/* SPDX-License-Identifier: MIT */
/*
 * Waits. A thread whose try of a wait has failed would try again and again; what the
 * tries cost is known, and what they find is the same until a line that they touch
 * changes hands. So the thread is parked on these lines, and goes on with the first try
 * that comes after one of them has been disturbed. The tries in between are counted, not
 * run. Where they are not all in its cache, or it has none, each of a try's steps is made
 * again, in its time, and only what the thread computes in between is not run; nor when a
 * parked thread goes on. The thread itself runs when a step finds a value that it has not
 * found there: it is then told what the steps before have found, and goes on from there.
 *
 * That a try would repeat itself is seen, not believed: it has changed nothing, and the
 * thread's own state (registers and stack) is the same after it as it was before. So if
 * it finds the same again it does the same again. What it finds may lead several ways
 * from one state back to it, such as of ttas: the lock is held; it is free, and another
 * thread takes it first. The last few of them are known.
 *
 * A try that counts, or draws random numbers, does not end in the state it began in.
 * Where it looks at the same, and all that differs is how long it pauses, the thread
 * runs on ahead of time: it is told in each try what it has found in the last one, and
 * how long it pauses is noted. These tries are then made step by step, as above. When a
 * step finds something else the thread is put back to where it began to run ahead, and
 * is told what has really been found.
 *
 * So a thread also finds out which values to come will make it fail, where they have
 * grown evenly so far, such as those of a ticket lock. It is told each of them twice, as
 * what it leaves behind must be the same both times.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "sim/thread.h"
#include "virtual/instrument.h"

uint64_t epoch;
bool polling;

unsigned alone_count;
static unsigned hopeless_count; /* of threads that have found nothing in this epoch */
static uint64_t hopeless_epoch;

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9fb21c651e98df25);
    return hash ^ hash >> 29;
}

/* --- tries -------------------------------------------------------------------------- */

static void begin(struct wait_try *try)
{
    memset(try, 0, offsetof(struct wait_try, needs));
    try->epoch = epoch;
}

static void try_begin(struct thread *thread)
{
    begin(&thread->try);
    thread->turn_site = NULL;
    thread->step_count = 0;
}

static void add_access(struct wait_try *try, struct thread *thread, struct line *line,
                       const void *address, enum use use, uint64_t value)
{
    unsigned processor = thread->processor;
    try->shape = mix(try->shape, (uintptr_t)address * USES + use);
    try->signature = mix(mix(try->signature, (uintptr_t)address), value * USES + use);
    try->accesses++;
    const cycles after = try->cost;
    try->cost += machine.hit + (use == MODIFY ? machine.atomic : 0);
    try->writes |= use != READ;
    try->remote += line->place != (int)processor;
    for (unsigned i = 0; i < try->count; i++) {
        struct need *need = &try->needs[i];
        if (need->address == address && need->value != value) {
            try->sees = true;
        }
        if (need->line == line) {
            need->times++;
            need->use = use == READ ? need->use : use;
            need->writes = line->writes;
            return;
        }
    }
    if (try->count == TRY_LINES) {
        try->changes = true; /* for all that is known */
        return;
    }
    try->needs[try->count++] =
        (struct need){line, use, value, address, line->writes, 1, after};
}

void try_does_more(struct thread *thread)
{
    try_is_over(thread);
    thread->step_count = TRY_STEPS + 1;
}

static void add_step(struct thread *thread, const struct request *request)
{
    /* The program or a thread library may do more than is seen. */
    const struct vm_operation *operation = request->operation;
    bool is_seen = operation != NULL && (operation->name == NULL || operation->awaits);
    if (!is_seen || thread->step_count >= TRY_STEPS) {
        try_does_more(thread);
        return;
    }
    thread->steps[thread->step_count++] = (struct step){.operation = *request->operation,
                                                        .line = request->line,
                                                        .use = request->use,
                                                        .value = request->value};
}

void try_access(struct thread *thread, const struct request *request)
{
    add_step(thread, request);
    add_access(&thread->try, thread, request->line, request->address, request->use,
               request->value);
    if (thread->turn_site != NULL) {
        add_access(&thread->turn, thread, request->line, request->address, request->use,
                   request->value);
    }
}

void try_private(struct thread *thread)
{
    try_does_more(thread);
    thread->try.cost += machine.hit;
    thread->try.accesses++;
    thread->turn.cost += machine.hit;
    thread->turn.accesses++;
}

static _Noreturn void stop_foreseeing(struct thread *thread);

void try_is_over(struct thread *thread)
{
    if (thread->foresight == FORESEEING) {
        stop_foreseeing(thread);
    }
}

void try_changes(struct thread *thread)
{
    try_is_over(thread);
    thread->try.changes = true;
    thread->turn.changes = true;
}

void try_delay(struct thread *thread, cycles duration)
{
    thread->try.cost += duration;
    thread->try.delays = mix(thread->try.delays, duration);
    thread->turn.cost += duration;
    thread->turn.delays = mix(thread->turn.delays, duration);
    if (thread->step_count < TRY_STEPS && duration > 0) {
        thread->steps[thread->step_count++] = (struct step){.delay = duration};
    } else {
        try_does_more(thread);
    }
}

/* What a thread knows beside memory: where it called, and what its calls have on the
   stack. Where even the first bytes change from try to try and again no more are kept. */
enum { FIRST_BYTES = 192, OFTEN = 8 };
static struct known {
    unsigned char first[FIRST_BYTES];
    const void *call;
    uint64_t registers[sizeof vm_registers.saved / sizeof *vm_registers.saved];
    unsigned char *bytes;
    size_t size, room; /* size 0: the rest is not known */
    unsigned changes;  /* one after the other, of the first bytes */
    bool begun;
} at_tries[VM_PROCESSORS], at_turns[VM_PROCESSORS];

/* Tries that are foreseen, each with one pause. */
enum { MOST_AHEAD = 127, MOST_FAILURES = 4, EVEN = 2, MOST_VALUES = 64 };
static struct ahead {
    unsigned tries;          /* that are to be foreseen, once they are worth it */
    unsigned failures;       /* not even one could be */
    struct vm_moment moment; /* before the first */
    unsigned pause;          /* the number of that step */
    unsigned count, done;    /* foreseen; of those made */
    cycles pauses[MOST_AHEAD];
    bool there; /* the thread has paused at the end of the last one */

    bool foretells, again; /* it finds out about a value; for the second time */
    uint64_t value, more;  /* the last one that is known, and what came to it */
    unsigned even;         /* how often the same has */
    unsigned reached;      /* of those that are foretold, the thread has found so many */
} ahead[VM_PROCESSORS];

/* Notes what the running thread knows; returns whether that is what had been noted. */
static bool knows_the_same(struct known *known)
{
    const struct thread *thread = self();
    const size_t registers = sizeof known->registers;
    const unsigned char *from = vm_registers.stack;
    if (from == NULL || from < thread->stack_low ||
        from + FIRST_BYTES > thread->stack_high) {
        bool same = !known->begun;
        known->begun = false;
        known->size = 0;
        return same;
    }
    size_t size = (size_t)(thread->stack_high - from);
    bool first = known->begun && memcmp(known->first, from, FIRST_BYTES) == 0;
    known->begun = true;
    known->changes = first ? 0 : known->changes + 1;
    memcpy(known->first, from, first ? 0 : FIRST_BYTES);
    if (known->changes > OFTEN) {
        known->size = 0;
        return false;
    }
    if (first && size == known->size && vm_registers.call == known->call &&
        memcmp(known->registers, vm_registers.saved, registers) == 0 &&
        memcmp(known->bytes, from, size) == 0) {
        return true;
    }
    if (known->room < size) {
        known->room = 2 * size;
        known->bytes = sure(realloc(known->bytes, known->room));
    }
    known->size = size;
    known->call = vm_registers.call;
    memcpy(known->registers, vm_registers.saved, registers);
    memcpy(known->bytes, from, size);
    return false;
}

void thread_begins(struct thread *thread)
{
    at_tries[thread - threads].begun = at_turns[thread - threads].begun = false;
    ahead[thread - threads].tries = ahead[thread - threads].failures = 0;
    ahead[thread - threads].even = 0;
    try_begin(thread);
}

/* Whether another try would find the same, in the cache. A line may have been updated
   since it was read. */
static bool still_hits(const struct thread *thread)
{
    for (unsigned i = 0; i < thread->waiting->count; i++) {
        const struct need *need = &thread->waiting->needs[i];
        if (need->writes != need->line->writes ||
            !line_hits(need->line, thread->processor, need->use)) {
            return false;
        }
    }
    return thread->waiting->count > 0 && machine.protocol != NO_CACHES;
}

/* Nothing has changed since the try began. When that is so for all, it will remain so,
   and the run is over. */
static bool is_hopeless(struct thread *thread)
{
    if (thread->waiting->epoch != epoch || thread->hopeless == epoch) {
        return false;
    }
    if (hopeless_epoch != epoch) {
        hopeless_epoch = epoch;
        hopeless_count = 0;
    }
    thread->hopeless = epoch;
    hopeless_count++;
    return hopeless_count + alone_count >= awake_count;
}

/* --- parking ------------------------------------------------------------------------ */

static const struct need *need_of(const struct thread *thread, const struct line *line)
{
    for (unsigned i = 0; i < thread->waiting->count; i++) {
        if (thread->waiting->needs[i].line == line) {
            return &thread->waiting->needs[i];
        }
    }
    return NULL;
}

static void see_repeated(const struct thread *thread, const struct need *need,
                         uint64_t tries)
{
    enum state state = line_state(need->line, thread->processor);
    observer->access(&(struct seen){.time = thread->parked_at,
                                    .end = thread->parked_at + tries * thread->period,
                                    .processor = thread->processor,
                                    .use = need->use,
                                    .address = need->address,
                                    .line = need->line,
                                    .site = thread->request.site,
                                    .value = need->value,
                                    .before = state,
                                    .after = state,
                                    .hit = true,
                                    .repeated = tries});
}

/* How many tries a parked thread begins before `time`. */
static uint64_t tries_before(const struct thread *thread, cycles time)
{
    return time <= thread->parked_at
               ? 0
               : (time - thread->parked_at + thread->period - 1) / thread->period;
}

/* Counts the tries that it has begun before `time`, or in that cycle if it is `first`
   there; the next one is yet to come. */
static void count_tries(struct thread *thread, const struct need *need, cycles time,
                        bool first)
{
    const uint64_t tries = tries_before(thread, time + first);
    struct counts *counted = &counts[thread->processor];
    if (tries == 0) {
        return;
    }
    counted->accesses += tries * thread->waiting->accesses;
    if (thread->alone) {
        counted->misses += tries;
        rules->looked(thread->processor, tries,
                      thread->parked_at + (tries - 1) * thread->period, time);
    } else {
        counted->hits += tries * thread->waiting->accesses;
    }
    if (observer != NULL && observer->access != NULL) {
        see_repeated(thread, need, tries);
    }
    thread->parked_at += tries * thread->period;
}

void count_waiting(cycles time)
{
    for (unsigned i = 0; i < threads_count; i++) {
        struct thread *thread = &threads[i];
        if (thread->doing == PARKED) {
            bool first = (int)i < vm_self(); /* of those in the same cycle */
            count_tries(thread, &thread->waiting->needs[0], time, first);
        }
    }
}

/* Parks the thread until it is disturbed, or the time is `limit`. */
static void park(struct thread *thread, cycles limit, cycles pause)
{
    thread->period = thread->waiting->cost + pause;
    thread->parked_at = thread->clock;
    if (limit != UINT64_MAX) {
        resume_at(thread, limit);
    }
    pause_as(PARKED);
    if (thread->doing == PARKED) { /* nobody has disturbed it */
        count_tries(thread, &thread->waiting->needs[0], limit, false);
        thread->doing = RUNNABLE;
    }
}

/* --- repeating ---------------------------------------------------------------------- */

/* Of a try that has not begun, as its thread is parked. */
static const uint64_t NO_EPOCH = UINT64_MAX;

static bool is_again(const struct wait_try *try, const struct last_try *last)
{
    return !try->changes && !try->sees && try->accesses > 0 && try->shape == last->shape;
}

static bool finds_the_same(const struct wait_try *try, const struct last_try *last)
{
    return try->signature == last->signature && try->delays == last->delays;
}

/* A try is over: what is said of those that are made again. */
static void note_try(const struct thread *thread, const struct wait_try *try,
                     struct last_try *last, bool again)
{
    last->shape = try->shape;
    last->signature = try->signature;
    last->delays = try->delays;
    counts[thread->processor].spins_cc |= again && try->writes;
    counts[thread->processor].spins_dsm |= again && try->remote > 0;
}

/* Without caches: what a look costs, if the next tries, of one each, will find the same,
   in an ideal cache too, until another processor comes in their way; else 0. */
static cycles cost_alone(const struct thread *thread)
{
    const struct way *way = thread->way;
    const struct step *look = &way->steps[0];
    bool looks = machine.protocol == NO_CACHES && rules->settle != NULL &&
                 observer == NULL && way->try.accesses == 1 && look->delay == 0 &&
                 look->use == READ &&
                 set_has(&look->line->ideal_holders, thread->processor) &&
                 vm_peek(look->operation.address, look->operation.size) == look->value;
    return looks ? rules->settle(thread->processor, look->line, thread->clock,
                                 way->try.cost - machine.hit + machine.pause)
                 : 0;
}

/* The module counts for it. What it has found is found again, in whatever epoch. */
static void be_alone(struct thread *thread)
{
    thread->alone = true;
    alone_count++;
    if (thread->hopeless == epoch && hopeless_epoch == epoch) {
        hopeless_count--;
    }
    thread->hopeless = 0;
}

/* The thread begins a try; or is parked, if its last two have looked at the same. */
static void park_or_go_on(struct thread *thread, bool again)
{
    struct wait_try *try = &thread->way->try;
    try->epoch = epoch;
    cycles look = again ? cost_alone(thread) : 0;
    if (look > 0) {
        be_alone(thread);
    } else if (again && still_hits(thread)) {
        look = machine.hit;
    } else {
        return;
    }
    try->epoch = NO_EPOCH;
    thread->period = try->cost - machine.hit + look + machine.pause;
    thread->parked_at = thread->clock;
    thread->doing = PARKED;
}

/* The way that the try has gone is one that begins where it has ended. */
static struct way *add_way(struct thread *thread)
{
    unsigned number = thread->way_count;
    if (number < WAYS) {
        thread->way_count++;
    } else {
        number = thread->way_next++ % WAYS;
    }
    struct way *way = &thread->ways[number];
    memcpy(&way->try, &thread->try,
           offsetof(struct wait_try, needs) + thread->try.count * sizeof(struct need));
    way->step_count = thread->step_count;
    way->foretold = 0;
    memcpy(way->steps, thread->steps, thread->step_count * sizeof *way->steps);
    return way;
}

static uint64_t most_value(const struct way *way)
{
    return UINT64_MAX >> (64 - 8 * way->steps[0].operation.size);
}

/* Whether the values that its one look finds grow evenly. */
static bool grows_evenly(struct ahead *own, const struct way *way)
{
    const struct step *look = &way->steps[0];
    if (!all_seen || stacks != PRIVATE || way->step_count != 1 || look->use != READ ||
        look->operation.part != 0) {
        own->even = 0;
        return false;
    }
    uint64_t more = (look->value - own->value) & most_value(way);
    own->even = more > 0 && more == own->more ? own->even + 1 : 0;
    own->more = more;
    own->value = look->value;
    return own->even >= EVEN && more <= most_value(way) / MOST_VALUES / 2;
}

/* Finds out which values, if they come one after the other, will make further tries fail,
   and not change the thread any more when they are found again. Returns whether it has
   done so: the thread has to go and find out, or is put back to find what has come. */
static bool foretell(struct thread *thread)
{
    struct ahead *own = &ahead[thread - threads];
    struct way *way = thread->way;
    if (!grows_evenly(own, way)) {
        return true;
    }
    const struct vm_registers here = vm_registers;
    thread->step = 0;
    own->count = 0;
    own->again = false;
    own->foretells = true;
    if (!vm_moment_take(&own->moment)) {
        thread->foresight = FORESEEING;
        return false;
    }
    vm_registers = here;
    at_tries[thread - threads].begun = false;
    bool put_back = !own->foretells;
    thread->foresight = NO_FORESIGHT;
    if (put_back) {
        return false;
    }
    own->foretells = false;
    own->reached = 0;
    way->foretold = own->count;
    way->from = own->value;
    way->more = own->more;
    own->value += own->count * own->more;
    own->even = own->count == 0 ? 0 : own->even;
    return true;
}

/* The look has found the next value that is foretold: the thread would be as foreseen. */
static bool is_foretold(struct thread *thread)
{
    struct way *way = thread->way;
    struct ahead *own = &ahead[thread - threads];
    if (way->foretold == 0 || own->reached == way->foretold ||
        thread->request.value != way->from + (own->reached + 1) * way->more) {
        return false;
    }
    own->reached++;
    way->steps[0].value = way->try.needs[0].value = thread->request.value;
    return true;
}

/* The thread stands where it stood before its try: it need not run for the next ones.
   Comes back within one that goes another way. */
static void repeat(struct thread *thread, bool again)
{
    thread->way = add_way(thread);
    if (!foretell(thread)) {
        return;
    }
    thread->waiting = &thread->way->try;
    thread->try.changes = false;
    thread->repeating = true;
    thread->missed = false;
    thread->step = 0;
    thread->wait_site = thread->request.site;
    park_or_go_on(thread, again);
    if (thread->doing != PARKED) {
        resume_at(thread, thread->clock);
    }
    vm_pause();
    if (thread->foresight == FORESEEN) {
        vm_moment_return(&ahead[thread - threads].moment);
    }
}

static bool is_step(const struct step *step, const struct step *other)
{
    return step->delay == other->delay && step->value == other->value;
}

/* Whether a way begins with the steps that have been made, the last of which has found
   this value. */
static bool leads_on(const struct way *way, const struct thread *thread)
{
    bool leads = thread->step < way->step_count &&
                 way->steps[thread->step].value == thread->request.value;
    for (unsigned i = 0; leads && i < thread->step; i++) {
        leads = is_step(&way->steps[i], &thread->way->steps[i]);
    }
    return leads;
}

/* Whether it is to be put back, to find values that were foretold. */
static bool has_gone_on(const struct thread *thread)
{
    return thread->way->foretold > 0 && ahead[thread - threads].reached > 0;
}

/* Goes a way, and takes along what is known of lines. */
static void change_way(struct thread *thread, struct way *way)
{
    const struct wait_try *old = thread->waiting;
    for (unsigned i = 0; i < way->try.count; i++) {
        const struct need *need = need_of(thread, way->try.needs[i].line);
        if (need != NULL) {
            way->try.needs[i].writes = need->writes;
        }
    }
    way->try.epoch = old->epoch;
    thread->way = way;
    thread->waiting = &way->try;
}

/* The step has been made. Returns whether a way is known that goes on from there; what
   is known of its line is renewed. */
static bool goes_on(struct thread *thread)
{
    if (thread->missed) {
        return false;
    }
    const struct step *step = &thread->way->steps[thread->step];
    struct line *line = step->line;
    if (thread->request.value != step->value && !is_foretold(thread)) {
        if (has_gone_on(thread)) {
            return false;
        }
        unsigned i = 0;
        while (i < thread->way_count && !leads_on(&thread->ways[i], thread)) {
            i++;
        }
        if (i == thread->way_count) {
            return false;
        }
        change_way(thread, &thread->ways[i]);
    }
    for (unsigned i = 0; i < thread->way->try.count; i++) {
        struct need *need = &thread->way->try.needs[i];
        need->writes = need->line == line ? line->writes : need->writes;
    }
    return true;
}

/* Whether all that was foreseen has been made, and no more needs to be known of it. */
static bool is_there(const struct thread *thread)
{
    const struct ahead *own = &ahead[thread - threads];
    return own->there && own->done + 1 == own->count &&
           thread->step == thread->way->step_count;
}

/* The thread will run from the beginning of its try on, or of the first that has been
   foreseen. So many steps of this one have been made; the last is the only one that may
   have changed memory. */
static void go_another_way(struct thread *thread, unsigned known)
{
    const struct way *way = thread->way;
    const bool changes = thread->try.changes;
    thread->told = 0;
    thread->known = known;
    if (thread->foresight == FORESEEN) {
        bool there = is_there(thread);
        thread->foresight = there ? NO_FORESIGHT : FORESEEN;
        thread->known =
            there ? 0 : known + ahead[thread - threads].done * way->step_count;
    }
    thread->repeating = false;
    try_begin(thread);
    thread->try.epoch = way->try.epoch;
    for (unsigned i = 0; i < known; i++) {
        const struct step *step = &way->steps[i];
        const bool last = i + 1 == known;
        const uint64_t value = last ? thread->request.value : step->value;
        if (step->delay > 0) {
            try_delay(thread, step->delay);
        } else {
            try_access(thread, &(struct request){.use = step->use,
                                                 .line = step->line,
                                                 .address = step->operation.address,
                                                 .operation = &step->operation,
                                                 .value = value});
        }
    }
    thread->try.changes |= changes;
}

static void begin_foreseen(struct thread *thread, unsigned number)
{
    struct ahead *own = &ahead[thread - threads];
    own->done = number;
    thread->way->steps[own->pause].delay = own->pauses[number];
    thread->way->try.epoch = epoch;
}

static bool is_last_foreseen(const struct thread *thread)
{
    const struct ahead *own = &ahead[thread - threads];
    return thread->foresight == FORESEEN && own->done + 1 == own->count;
}

/* The last step of a try has been made. Returns false when the thread has to wait for
   others to change something, or the run is over. */
static bool begin_again(struct thread *thread)
{
    const struct wait_try *try = &thread->way->try;
    bool again = is_again(try, &thread->last_try);
    note_try(thread, try, &thread->last_try, again);
    thread->step = 0;
    thread->request.site = thread->wait_site;
    thread->clock += machine.pause;
    if (thread->foresight == FORESEEN) {
        begin_foreseen(thread, ahead[thread - threads].done + 1);
        return true;
    }
    if (again && is_hopeless(thread)) {
        deadlock();
        return false;
    }
    park_or_go_on(thread, again);
    return thread->doing != PARKED;
}

bool step_ends_try(struct thread *thread, cycles time)
{
    if (!goes_on(thread) || thread->step + 1 < thread->way->step_count ||
        is_last_foreseen(thread)) {
        return false;
    }
    thread->accessing = false;
    thread->clock = time;
    if (begin_again(thread)) {
        resume_at(thread, thread->clock);
    }
    return true;
}

static void begin_step(struct thread *thread, const struct step *step)
{
    thread->request = (struct request){.processor = thread->processor,
                                       .use = step->use,
                                       .line = step->line,
                                       .address = step->operation.address,
                                       .operation = &step->operation,
                                       .site = step->operation.site,
                                       .issued = thread->clock};
    thread->accessing = true;
    if (!access_begin(thread)) {
        thread->doing = MISSING;
    }
}

bool repeat_tries(struct thread *thread)
{
    if (thread->way->try.epoch == NO_EPOCH) {
        thread->way->try.epoch = epoch;
    }
    if (thread->missed && thread->step == 0 && !thread->accessing) {
        go_another_way(thread, 0);
        return true;
    }
    for (;;) {
        const struct step *step = &thread->way->steps[thread->step];
        if (thread->accessing) {
            thread->accessing = false;
            if (!goes_on(thread)) {
                go_another_way(thread, thread->step + 1);
                return true;
            }
            thread->step++;
        } else if (thread->step == thread->way->step_count) {
            if (is_last_foreseen(thread)) {
                go_another_way(thread, thread->step);
                return true;
            }
            if (!begin_again(thread)) {
                return false;
            }
        } else if (others_first(thread)) {
            resume_at(thread, thread->clock);
            return false;
        } else if (step->delay > 0) {
            thread->clock += step->delay;
            thread->step++;
            if (thread->foresight != FORESEEN && others_first(thread)) {
                resume_at(thread, thread->clock);
                return false;
            }
        } else {
            begin_step(thread, step);
            if (thread->doing == MISSING) {
                return false;
            }
        }
    }
}

bool step_is_known(struct thread *thread, const void *address, uint64_t *value)
{
    if (thread->told == thread->known) {
        return false;
    }
    const unsigned left = thread->known - thread->told++; /* this one with them */
    const bool now_made = left <= thread->step_count;
    const struct step *step =
        now_made ? &thread->steps[thread->step_count - left]
                 : &thread->way->steps[(thread->told - 1) % thread->way->step_count];
    if (step->operation.address != address) {
        instrument_refuse(NULL,
                          "a mistake in locksim: a wait has done something else when "
                          "it was repeated; --poll does without");
    }
    const struct way *way = thread->way;
    *value = now_made || way->foretold == 0 ? step->value
                                            : way->from + thread->told * way->more;
    return true;
}

/* --- the end of a try --------------------------------------------------------------- */

/* Whether a turn looks but once at what others may change, so that it is known which turn
   is the first to see a change. The other lines are its own. */
static bool is_one_look(const struct thread *thread)
{
    unsigned looks = 0;
    for (unsigned i = 0; i < thread->waiting->count; i++) {
        const struct need *need = &thread->waiting->needs[i];
        enum state state = line_state(need->line, thread->processor);
        looks += state == EXCLUSIVE || state == MODIFIED ? 0 : need->times;
    }
    return looks <= 1;
}

/* The thread waits: will the next tries be the same as this one? Returns whether it has
   repeated them, and is within the next one. */
static bool judge(struct thread *thread, struct last_try *last, bool again, bool same,
                  cycles limit, cycles pause)
{
    const struct wait_try *try = thread->waiting;
    note_try(thread, try, last, again);
    thread->clock += pause;
    if (same && again && limit == UINT64_MAX && is_hopeless(thread)) {
        deadlock();
        vm_stop();
    }
    bool of_wait = try == &thread->try;
    bool steps = of_wait && limit == UINT64_MAX && thread->step_count <= TRY_STEPS;
    if (same && !polling && steps) {
        repeat(thread, again);
        return true;
    }
    if (same && again && !polling && thread->clock < limit && still_hits(thread) &&
        (of_wait || is_one_look(thread))) {
        park(thread, limit, pause);
    }
    return false;
}

/* --- tries that are foreseen -------------------------------------------------------- */

/* Comes back when they are made, or one has gone another way: FORESEEN, if the thread is
   to be put back. */
static void make_foreseen(struct thread *thread)
{
    thread->foresight = FORESEEN;
    thread->try.changes = false;
    thread->repeating = true;
    thread->missed = false;
    thread->step = 0;
    begin_foreseen(thread, 0);
    resume_at(thread, thread->clock);
    const struct vm_registers here = vm_registers;
    vm_pause();
    vm_registers = here;
}

static _Noreturn void stop_foreseeing(struct thread *thread)
{
    struct ahead *own = &ahead[thread - threads];
    own->there = false;
    if (own->foretells) {
        vm_moment_return(&own->moment);
    }
    if (own->count > 0) {
        make_foreseen(thread);
    } else {
        own->failures++;
    }
    vm_moment_return(&own->moment);
}

static bool is_same_operation(const struct vm_operation *one,
                              const struct vm_operation *other)
{
    return one->kind == other->kind && one->address == other->address &&
           one->size == other->size && one->part == other->part &&
           one->shift == other->shift && one->operand == other->operand &&
           one->expected == other->expected;
}

/* The next step of the try, if it has one more. */
static struct step *next_step(struct thread *thread)
{
    if (thread->step == thread->way->step_count) {
        stop_foreseeing(thread);
    }
    return &thread->way->steps[thread->step++];
}

uint64_t step_foreseen(struct thread *thread, const struct vm_operation *operation)
{
    const struct step *step = next_step(thread);
    if (operation == NULL || step->delay > 0 ||
        !is_same_operation(operation, &step->operation)) {
        stop_foreseeing(thread);
    }
    const struct ahead *own = &ahead[thread - threads];
    return own->foretells ? own->value + (own->count + 1) * own->more : step->value;
}

void delay_foreseen(struct thread *thread, cycles duration)
{
    const struct step *step = next_step(thread);
    if (step->delay == 0 || duration == 0) {
        stop_foreseeing(thread);
    }
    ahead[thread - threads].pauses[ahead[thread - threads].count] = duration;
}

/* A try has failed. Returns whether that is nothing new, or not yet so. */
static bool is_known_or_foreseen(struct thread *thread, cycles limit)
{
    if (thread->told < thread->known) {
        return true;
    }
    if (thread->foresight != FORESEEING) {
        return false;
    }
    if (limit != UINT64_MAX || thread->step < thread->way->step_count) {
        stop_foreseeing(thread);
    }
    struct ahead *own = &ahead[thread - threads];
    thread->step = 0;
    if (own->foretells) {
        bool same = knows_the_same(&at_tries[thread - threads]);
        own->count += own->again && same;
        if ((own->again && !same) || own->count == MOST_VALUES) {
            stop_foreseeing(thread);
        }
        own->again = !own->again;
        return true;
    }
    own->there = ++own->count == own->tries;
    if (own->there) {
        make_foreseen(thread);
        if (thread->foresight == FORESEEN) {
            vm_moment_return(&own->moment);
        }
    }
    return !own->there;
}

static bool has_one_pause(struct thread *thread)
{
    unsigned pauses = 0;
    for (unsigned i = 0; i < thread->step_count; i++) {
        if (thread->steps[i].delay > 0) {
            ahead[thread - threads].pause = i;
            pauses++;
        }
    }
    return pauses == 1;
}

/* The thread has found the same in another state than before. Short waits are not worth
   it. Returns whether it has tried to. */
static bool foresee(struct thread *thread)
{
    enum { FEW = 4 };
    struct ahead *own = &ahead[thread - threads];
    own->tries = own->tries < MOST_AHEAD ? 2 * own->tries + 1 : MOST_AHEAD;
    if (own->tries < FEW || own->failures >= MOST_FAILURES || !has_one_pause(thread)) {
        return false;
    }
    at_tries[thread - threads].begun = false; /* not the state before the next one's */
    thread->way_count = thread->way_next = 0;
    thread->way = add_way(thread);
    thread->waiting = &thread->way->try;
    thread->wait_site = thread->request.site;
    thread->step = 0;
    own->count = 0;
    try_begin(thread);
    bool put_back = vm_moment_take(&own->moment);
    thread->foresight = put_back ? NO_FORESIGHT : FORESEEING;
    own->tries = put_back ? 0 : own->tries;
    return true;
}

static void try_failed(const void *site, cycles limit)
{
    struct thread *thread = self();
    if (is_known_or_foreseen(thread, limit)) {
        hear(thread);
        return;
    }
    struct last_try *last = &thread->last_try;
    bool again = is_again(&thread->try, last);
    /* Then neither what it finds matters nor, if all that it does is seen, which way it
       has gone. */
    bool same = knows_the_same(&at_tries[thread - threads]);
    bool seen = all_seen && vm_registers.stack != NULL;
    same &= again || (seen && !thread->try.changes && thread->try.accesses > 0);
    if (!same || !seen) {
        thread->way_count = thread->way_next = 0;
    }
    thread->waiting = &thread->try;
    thread->request.site = site;
    const bool wandering = seen && !same && !polling && stacks == PRIVATE && again &&
                           limit == UINT64_MAX && thread->step_count <= TRY_STEPS &&
                           at_tries[thread - threads].changes > OFTEN;
    if (!judge(thread, last, again, same, limit, machine.pause)) {
        if (!wandering || !foresee(thread)) {
            try_begin(thread);
        }
    }
    hear(thread);
}

/* A loop that reads and reads, such as while (atomic_load(&flag)) {}, says nothing of
   waiting. Its turn begins with the same access as the one before; a loop that counts
   has another state in each turn. */
void turn_access(const void *site)
{
    enum { LONGEST = 12 }; /* accesses of a turn */
    struct thread *thread = self();
    struct last_try *last = &thread->last_turn;
    if (thread->foresight == FORESEEING || thread->told < thread->known) {
        return;
    }
    if (site != thread->turn_site && thread->turn_site != NULL &&
        thread->turn_left-- > 0) {
        return;
    }
    if (site == thread->turn_site) {
        bool again = is_again(&thread->turn, last) && finds_the_same(&thread->turn, last);
        struct known *known = &at_turns[thread - threads];
        bool same = again && knows_the_same(known) && known->begun;
        known->begun &= again;
        thread->waiting = &thread->turn;
        thread->request.site = site;
        (void)judge(thread, last, same, same, UINT64_MAX, 0);
    } else {
        thread->turn_site = site;
        *last = (struct last_try){0, 0, 0};
        at_turns[thread - threads].begun = false;
    }
    thread->turn_left = LONGEST;
    begin(&thread->turn);
}

void instrument_await_failed(const void *site)
{
    try_failed(site, UINT64_MAX);
}

bool instrument_await_failed_until(uint64_t limit, const void *site)
{
    try_failed(site, limit);
    return self()->clock < limit;
}

/* What it has read there was nobody's business, and is not among what its tries look
   at. */
void stack_is_seen(struct thread *thread, cycles time)
{
    thread->stack_seen = true;
    thread->missed = true;
    stacks = stacks == PRIVATE ? WERE_NOT_PRIVATE : stacks;
    if (thread->doing == PARKED) {
        bool first = thread < self(); /* in the same cycle */
        count_tries(thread, &thread->waiting->needs[0], time, first);
        resume_at(thread, thread->parked_at);
    }
}

void disturb(struct line *line, unsigned processor)
{
    if (running_on[processor] == NOBODY) {
        return;
    }
    struct thread *thread = &threads[running_on[processor]];
    if (thread->doing != PARKED) {
        return;
    }
    const struct need *need = need_of(thread, line);
    if (need == NULL ||
        (!protocol_updates(machine.protocol) && line_hits(line, processor, need->use))) {
        return;
    }
    /* A look that is due in this very cycle has come first, as all processors do. The try
       whose look comes later begins again, where all before that look is as it was. */
    cycles looked = now + 1 > need->after ? now + 1 - need->after : 0;
    count_tries(thread, need, looked, false);
    resume_at(thread, thread->parked_at);
}

/* All that it has begun until now comes before the other's access. */
void disturb_alone(unsigned processor, int other)
{
    if (running_on[processor] == NOBODY) {
        return;
    }
    struct thread *thread = &threads[running_on[processor]];
    if (thread->alone) {
        bool first = other == NOBODY || running_on[processor] < running_on[other];
        count_tries(thread, &thread->waiting->needs[0], now, first);
        resume_at(thread, thread->parked_at);
    }
}

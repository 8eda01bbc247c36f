/* SPDX-License-Identifier: MIT */
/*
 * Waits. A thread whose try of a wait has failed would try again and again; what the
 * tries cost is known, and what they find is the same until a line that they touch
 * changes hands. So the thread is parked on these lines, and goes on with the first try
 * that comes after one of them has been disturbed. The tries in between are counted, not
 * run. Where they are not all in its cache, or it has none, each of a try's steps is made
 * again, in its time, and only what the thread computes in between is not run; nor when a
 * parked thread goes on. The thread itself runs when a step finds another value: it is
 * then told what the steps before have found, and goes on from there.
 *
 * That a try would repeat itself is seen, not believed: it has changed nothing, and the
 * thread's own state (registers and stack) is the same after it as it was before. So if
 * it finds the same again it does the same again. The first try of a wait is never taken
 * for one, as the thread has come to it in another state.
 */
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "sim/thread.h"
#include "virtual/instrument.h"

uint64_t epoch;
bool polling;

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
    *try = (struct wait_try){.repeats = true, .epoch = epoch};
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
            try->repeats = false; /* it has seen the value change */
        }
        if (need->line == line) {
            need->times++;
            need->use = use == READ ? need->use : use;
            need->writes = line->writes;
            return;
        }
    }
    if (try->count == TRY_LINES) {
        try->repeats = false;
        return;
    }
    try->needs[try->count++] =
        (struct need){line, use, value, address, line->writes, 1, after};
}

/* The try cannot be repeated step by step. */
static void is_more(struct thread *thread)
{
    thread->step_count = TRY_STEPS + 1;
}

static void add_step(struct thread *thread, const struct request *request)
{
    /* The program or a thread library may do more than is seen. */
    bool is_seen = request->operation != NULL && request->operation->name == NULL;
    if (!is_seen || thread->step_count >= TRY_STEPS) {
        is_more(thread);
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
    is_more(thread);
    thread->try.cost += machine.hit;
    thread->try.accesses++;
    thread->turn.cost += machine.hit;
    thread->turn.accesses++;
}

void try_changes(struct thread *thread)
{
    thread->try.repeats = false;
    thread->turn.repeats = false;
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
        is_more(thread);
    }
}

/* What a thread knows beside memory: where it called, and what its calls have on the
   stack. Where even the first bytes change from try to try and again no more are kept. */
enum { FIRST_BYTES = 192, OFTEN = 8 };
static struct known {
    unsigned char first[FIRST_BYTES];
    uint64_t registers[sizeof vm_registers.saved / sizeof *vm_registers.saved];
    unsigned char *bytes;
    size_t size, room; /* size 0: the rest is not known */
    unsigned changes;  /* one after the other, of the first bytes */
    bool begun;
} at_tries[VM_PROCESSORS], at_turns[VM_PROCESSORS];

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
    if (first && size == known->size &&
        memcmp(known->registers, vm_registers.saved, registers) == 0 &&
        memcmp(known->bytes, from, size) == 0) {
        return true;
    }
    if (known->room < size) {
        known->room = 2 * size;
        known->bytes = sure(realloc(known->bytes, known->room));
    }
    known->size = size;
    memcpy(known->registers, vm_registers.saved, registers);
    memcpy(known->bytes, from, size);
    return false;
}

void thread_begins(struct thread *thread)
{
    at_tries[thread - threads].begun = at_turns[thread - threads].begun = false;
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
    return hopeless_count >= awake_count;
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

/* It has made that many tries, and the next one is yet to come. */
static void count_tries(struct thread *thread, const struct need *need, uint64_t tries)
{
    counts[thread->processor].accesses += tries * thread->waiting->accesses;
    counts[thread->processor].hits += tries * thread->waiting->accesses;
    if (tries > 0 && observer != NULL && observer->access != NULL) {
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
            count_tries(thread, &thread->waiting->needs[0],
                        tries_before(thread, time + first));
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
        count_tries(thread, &thread->waiting->needs[0], tries_before(thread, limit));
        thread->doing = RUNNABLE;
    }
}

/* --- repeating ---------------------------------------------------------------------- */

/* Of a try that has not begun, as its thread is parked. */
static const uint64_t NO_EPOCH = UINT64_MAX;

static void park_or_go_on(struct thread *thread)
{
    thread->try.epoch = epoch;
    if (still_hits(thread)) {
        thread->try.epoch = NO_EPOCH;
        thread->period = thread->try.cost + machine.pause;
        thread->parked_at = thread->clock;
        thread->doing = PARKED;
    }
}

/* The thread has gone through a try once more than it needed to run. Comes back when one
   has gone another way. */
static void repeat(struct thread *thread)
{
    thread->repeating = true;
    thread->step = 0;
    thread->wait_site = thread->request.site;
    park_or_go_on(thread);
    if (thread->doing != PARKED) {
        resume_at(thread, thread->clock);
    }
    vm_pause();
}

/* The step has been made. What is known of its line is renewed; returns whether it has
   found what it had found before. */
static bool step_repeats(struct thread *thread, const struct step *step)
{
    for (unsigned i = 0; i < thread->try.count; i++) {
        struct need *need = &thread->try.needs[i];
        need->writes = need->line == step->line ? step->line->writes : need->writes;
    }
    return thread->request.value == step->value;
}

/* The thread will run from the beginning of its try on; `step` was the last that has been
   made, and the only one that may have changed memory. */
static void go_another_way(struct thread *thread)
{
    bool repeats = thread->try.repeats;
    uint64_t began = thread->try.epoch;
    thread->known = thread->step + 1;
    thread->told = 0;
    thread->steps[thread->step].value = thread->request.value;
    thread->repeating = false;
    try_begin(thread);
    thread->try.epoch = began;
    for (unsigned i = 0; i < thread->known; i++) {
        struct step step = thread->steps[i];
        if (step.delay > 0) {
            try_delay(thread, step.delay);
        } else {
            try_access(thread, &(struct request){.use = step.use,
                                                 .line = step.line,
                                                 .address = step.operation.address,
                                                 .operation = &step.operation,
                                                 .value = step.value});
        }
    }
    thread->try.repeats &= repeats;
}

/* The last step of a try has been made. Returns false when the thread has to wait for
   others to change something, or the run is over. */
static bool begin_again(struct thread *thread)
{
    thread->step = 0;
    thread->request.site = thread->wait_site;
    thread->clock += machine.pause;
    if (is_hopeless(thread)) {
        deadlock();
        return false;
    }
    park_or_go_on(thread);
    return thread->doing != PARKED;
}

bool step_ends_try(struct thread *thread, cycles time)
{
    if (thread->step + 1 < thread->step_count ||
        !step_repeats(thread, &thread->steps[thread->step])) {
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
    if (thread->try.epoch == NO_EPOCH) {
        thread->try.epoch = epoch;
    }
    for (;;) {
        const struct step *step = &thread->steps[thread->step];
        if (thread->accessing) {
            thread->accessing = false;
            if (!step_repeats(thread, step)) {
                go_another_way(thread);
                return true;
            }
            thread->step++;
        } else if (thread->step == thread->step_count) {
            if (!begin_again(thread)) {
                return false;
            }
        } else if (others_first(thread)) {
            resume_at(thread, thread->clock);
            return false;
        } else if (step->delay > 0) {
            thread->clock += step->delay;
            thread->step++;
            if (others_first(thread)) {
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
    const struct step *step = &thread->steps[thread->told++];
    if (step->operation.address != address) {
        instrument_refuse(NULL,
                          "a mistake in locksim: a wait has done something else when "
                          "it was repeated; --poll does without");
    }
    *value = step->value;
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

/* The thread waits: is this try the same as the one before, so that the next ones will
   be, too? Returns whether it has repeated them, and is within the next one. */
static bool judge(struct thread *thread, struct last_try *last, bool again, bool same,
                  cycles limit, cycles pause)
{
    const struct wait_try *try = thread->waiting;
    last->shape = try->shape;
    last->signature = try->signature;
    last->delays = try->delays;
    thread->clock += pause;
    if (again) {
        counts[thread->processor].spins_cc |= try->writes;
        counts[thread->processor].spins_dsm |= try->remote > 0;
    }
    if (same && limit == UINT64_MAX && is_hopeless(thread)) {
        deadlock();
        vm_stop();
    }
    bool of_wait = try == &thread->try;
    bool steps = of_wait && limit == UINT64_MAX && thread->step_count <= TRY_STEPS;
    if (same && !polling && steps) {
        repeat(thread);
        return true;
    }
    if (same && !polling && thread->clock < limit && still_hits(thread) &&
        (of_wait || is_one_look(thread))) {
        park(thread, limit, pause);
    }
    return false;
}

static bool is_again(const struct wait_try *try, const struct last_try *last)
{
    return try->repeats && try->accesses > 0 && try->shape == last->shape;
}

static bool finds_the_same(const struct wait_try *try, const struct last_try *last)
{
    return try->signature == last->signature && try->delays == last->delays;
}

static void try_failed(const void *site, cycles limit)
{
    struct thread *thread = self();
    struct last_try *last = &thread->last_try;
    bool again = is_again(&thread->try, last);
    /* Then what it finds does not matter. */
    bool same = knows_the_same(&at_tries[thread - threads]) && again;
    thread->waiting = &thread->try;
    thread->request.site = site;
    if (!judge(thread, last, again, same, limit, machine.pause)) {
        try_begin(thread);
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
    count_tries(thread, need, tries_before(thread, looked));
    resume_at(thread, thread->parked_at);
}

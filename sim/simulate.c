/* SPDX-License-Identifier: MIT */
#include "sim/simulate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/thread.h"
#include "virtual/instrument.h"

struct machine machine;
unsigned processors;
cycles now;
struct simulation simulation;
volatile bool simulation_interrupted;
cycles simulation_deadline;
bool all_seen;
enum stacks stacks;
const struct observer *observer;

const struct rules *rules;

struct thread threads[VM_PROCESSORS];
unsigned threads_count, awake_count;
int running_on[VM_PROCESSORS];

/* --- processors --------------------------------------------------------------------- */

void resume_at(struct thread *thread, cycles time)
{
    uint32_t number = (uint32_t)(thread - threads);
    awake_count += thread->doing == ASLEEP || thread->doing == ABSENT;
    alone_count -= thread->alone;
    thread->alone = false;
    thread->doing = RUNNABLE;
    vm_unheard.size = 0; /* of the running thread: somebody may come before it now */
    event_of_thread(time, number, ++thread->generation);
}

void pause_as(enum doing doing)
{
    self()->doing = doing;
    awake_count -= doing == ASLEEP || doing == OVER;
    vm_pause();
}

void let_others(struct thread *thread)
{
    if (others_first(thread)) {
        resume_at(thread, thread->clock);
        vm_pause();
    }
}

/* Threads that wait for a processor, first come, first served. */
static unsigned queue[VM_PROCESSORS], queue_first, queue_count;

static void give_processor(struct thread *thread, unsigned processor, cycles time)
{
    running_on[processor] = (int)(thread - threads);
    thread->processor = processor;
    resume_at(thread, time);
}

static int free_processor(void)
{
    for (unsigned i = 0; i < processors; i++) {
        if (running_on[i] == NOBODY) {
            return (int)i;
        }
    }
    return NOBODY;
}

void release_processor(struct thread *thread)
{
    running_on[thread->processor] = NOBODY;
    if (queue_count > 0) {
        unsigned next = queue[queue_first];
        queue_first = (queue_first + 1) % VM_PROCESSORS;
        queue_count--;
        give_processor(&threads[next], thread->processor, thread->clock);
    }
}

static void want_processor(struct thread *thread, cycles time)
{
    int processor = free_processor();
    if (processor != NOBODY) {
        give_processor(thread, (unsigned)processor, time);
    } else {
        queue[(queue_first + queue_count++) % VM_PROCESSORS] =
            (unsigned)(thread - threads);
    }
}

void take_processor(struct thread *thread)
{
    thread->doing = ASLEEP;
    awake_count--;
    want_processor(thread, thread->clock);
    vm_pause();
}

static void prepare(unsigned number, void (*body)(void *), void *argument)
{
    struct thread *thread = &threads[number];
    vm_spawn(number, body, argument);
    struct vm_stack stack = vm_stack(number);
    *thread = (struct thread){.generation = thread->generation,
                              .joined_by = NOBODY,
                              .stack_low = stack.low,
                              .stack_high = stack.high};
    if (number >= threads_count) {
        threads_count = number + 1;
    }
    thread_begins(thread);
}

void processor_start(unsigned processor, void (*body)(void *), void *argument,
                     cycles time)
{
    prepare(processor, body, argument);
    give_processor(&threads[processor], processor, time);
}

unsigned instrument_create(void (*body)(void *), void *argument, unsigned kind, int again,
                           const void *site)
{
    (void)kind;
    if (again == VM_NOBODY && threads_count == VM_PROCESSORS) {
        instrument_refuse(site, "more than %d threads", VM_PROCESSORS);
    }
    unsigned number = again == VM_NOBODY ? threads_count : (unsigned)again;
    prepare(number, body, argument);
    want_processor(&threads[number], self()->clock);
    epoch++;
    return number;
}

/* --- a run -------------------------------------------------------------------------- */

static uint64_t random_state;
static enum ending how;
static bool going;
static int stopped_by; /* a thread, or NOBODY */

uint64_t scattered(uint64_t value)
{
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

uint64_t random_below(uint64_t count)
{
    uint64_t value = scattered(random_state += SCATTER_STEP);
    return (uint64_t)((unsigned __int128)value * count >> 64);
}

void simulation_begin(const struct machine *which, unsigned count, uint64_t seed)
{
    static const struct rules *const all[] = {
        [SMP] = &smp_rules, [DANCEHALL] = &dancehall_rules, [NUMA] = &numa_rules};
    memset(counts, 0, processors * sizeof *counts); /* of the run before */
    machine = *which;
    processors = count;
    rules = all[machine.structure];
    lines_reset(machine.line, machine.page);
    memset(&busy, 0, sizeof busy);
    memset(&simulation, 0, sizeof simulation);
    for (unsigned i = 0; i < threads_count; i++) {
        threads[i].doing = ABSENT;
        threads[i].alone = false;
    }
    alone_count = 0;
    for (unsigned i = 0; i < VM_PROCESSORS; i++) {
        running_on[i] = NOBODY;
    }
    threads_count = awake_count = 0;
    queue_first = queue_count = 0;
    simulation_deadline = UINT64_MAX;
    all_seen = false;
    stacks = SHARED_STACKS;
    events_begin();
    now = 0;
    epoch++;
    random_state = seed;
    vm_seed = seed - 1; /* the default is that of lockcheck */
    cache_begin();
    rules->begin();
}

_Noreturn void stop_run(enum ending ending)
{
    how = ending;
    going = false;
    stopped_by = vm_running;
    vm_stop();
}

_Noreturn void simulation_stop(void)
{
    stop_run(STOPPED);
}

/* Says which threads wait, for the first few. */
static void tell_deadlock(void)
{
    size_t length = 0;
    size_t room = sizeof simulation.message;
    unsigned named = 0;
    for (unsigned i = 0; i < threads_count && length < room - 1; i++) {
        const struct thread *thread = &threads[i];
        if (thread->doing == OVER || thread->doing == ABSENT) {
            continue;
        }
        if (named == 0) {
            simulation.site = thread->request.site;
        }
        if (++named > 4) {
            (void)snprintf(simulation.message + length, room - length, ", …");
            return;
        }
        char name[96] = "another thread";
        if (thread->doing != ASLEEP && thread->waiting != NULL &&
            thread->waiting->count > 0) {
            address_name(thread->waiting->needs[0].address, name, sizeof name);
        }
        length += (size_t)snprintf(simulation.message + length, room - length,
                                   "%sthread %u waits for %s",
                                   named == 1 ? "deadlock: " : ", ", i, name);
    }
    if (queue_count > 0 && length < room - 1) {
        (void)snprintf(simulation.message + length, room - length,
                       "; %u thread%s no processor: a thread keeps its own until it "
                       "ends or joins another",
                       queue_count, queue_count == 1 ? " has" : "s have");
    }
}

static bool is_over(void)
{
    for (unsigned i = 0; i < threads_count; i++) {
        if (threads[i].doing != OVER) {
            return false;
        }
    }
    return true;
}

void deadlock(void)
{
    how = DEADLOCKED;
    going = false;
    tell_deadlock();
}

void simulation_interrupt(void)
{
    simulation_interrupted = true;
    due = 0; /* so that a thread that goes on and on is stopped, too */
}

/* Others that wait may be ahead of who stops a run: how far, only who looks at their
   tries knows. */
cycles simulation_time(void)
{
    if (stopped_by != NOBODY) {
        return threads[stopped_by].clock;
    }
    cycles latest = now;
    for (unsigned i = 0; i < threads_count; i++) {
        latest = threads[i].clock > latest ? threads[i].clock : latest;
    }
    return latest;
}

enum ending simulation_run(void)
{
    how = ENDED;
    going = true;
    stopped_by = NOBODY;
    while (going) {
        const struct event *event = event_next();
        if (event == NULL) {
            if (!is_over()) {
                deadlock();
            }
            break;
        }
        struct thread *thread = event->function != NULL ? NULL : &threads[event->order];
        if (thread != NULL && event->generation != thread->generation) {
            continue;
        }
        now = event->time;
        if (now > simulation_deadline) {
            how = DEADLOCKED;
            (void)snprintf(simulation.message, sizeof simulation.message,
                           "starvation: nobody has got on for long, in cycle %llu",
                           (unsigned long long)now);
            break;
        }
        if (thread == NULL) {
            event->function(event->argument);
        } else {
            thread->clock = now;
            bool runs = thread->repeating   ? repeat_tries(thread)
                        : thread->postponed ? access_postponed(thread)
                                            : true;
            if (runs) {
                hear(thread);
                vm_run((unsigned)(thread - threads));
                vm_unheard.size = 0;
            }
        }
        if (simulation_interrupted) {
            how = INTERRUPTED;
            break;
        }
        if (stacks == WERE_NOT_PRIVATE) {
            break;
        }
    }
    return how;
}

/* --- what workloads do -------------------------------------------------------------- */

cycles processor_now(void)
{
    return self()->clock;
}

void processor_work(cycles duration)
{
    try_is_over(self());
    self()->clock += duration;
    let_others(self());
    hear(self());
}

void processor_sleep(void)
{
    pause_as(ASLEEP);
}

void processor_wake(unsigned processor)
{
    struct thread *thread = &threads[running_on[processor]];
    if (thread->doing == ASLEEP) {
        cycles time = self()->clock;
        resume_at(thread, thread->clock > time ? thread->clock : time);
    }
}

void processor_phase(enum phase phase)
{
    try_does_more(self());
    if (observer != NULL && observer->phase != NULL) {
        observer->phase(self()->processor, phase, self()->clock);
    }
}

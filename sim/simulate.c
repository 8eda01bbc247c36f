/* SPDX-License-Identifier: MIT */
#include "sim/simulate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "sim/thread.h"
#include "virtual/instrument.h"

struct machine machine;
unsigned processors;
cycles now;
struct simulation simulation;
volatile bool simulation_interrupted;
cycles simulation_deadline;
const struct observer *observer;

const struct rules *rules;

struct thread threads[VM_PROCESSORS];
unsigned threads_count, awake_count;
int running_on[VM_PROCESSORS];

/* --- events ------------------------------------------------------------------------- */

/* In the order of their times; at the same time threads by number, then the rest as they
   were asked for. */
struct event {
    cycles time;
    uint64_t order;
    void (*function)(void *); /* NULL: a thread goes on */
    void *argument;
    uint32_t thread, generation;
};

static struct event *heap;
static size_t heap_size, heap_room;
static uint64_t asked; /* functions, at all times */
static cycles due;     /* the time of the first event */

static bool before(const struct event *one, const struct event *other)
{
    return one->time < other->time ||
           (one->time == other->time && one->order < other->order);
}

static void push(struct event event)
{
    if (heap_size == heap_room) {
        heap_room = heap_room == 0 ? 256 : 2 * heap_room;
        heap = sure(realloc(heap, heap_room * sizeof *heap));
    }
    size_t i = heap_size++;
    for (; i > 0 && before(&event, &heap[(i - 1) / 2]); i = (i - 1) / 2) {
        heap[i] = heap[(i - 1) / 2];
    }
    heap[i] = event;
    due = heap[0].time;
}

static struct event pop(void)
{
    struct event first = heap[0], last = heap[--heap_size];
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < heap_size; i = child) {
        child += child + 1 < heap_size && before(&heap[child + 1], &heap[child]);
        if (!before(&heap[child], &last)) {
            break;
        }
        heap[i] = heap[child];
    }
    heap[i] = last;
    due = heap_size > 0 ? heap[0].time : UINT64_MAX;
    return first;
}

void at(cycles time, void (*function)(void *), void *argument)
{
    push((struct event){.time = time,
                        .order = (UINT64_C(1) << 32) + asked++,
                        .function = function,
                        .argument = argument});
}

void resume_at(struct thread *thread, cycles time)
{
    uint32_t number = (uint32_t)(thread - threads);
    awake_count += thread->doing == ASLEEP || thread->doing == ABSENT;
    thread->doing = RUNNABLE;
    push((struct event){.time = time,
                        .order = number,
                        .thread = number,
                        .generation = ++thread->generation});
}

/* --- processors --------------------------------------------------------------------- */

void pause_as(enum doing doing)
{
    self()->doing = doing;
    awake_count -= doing == ASLEEP || doing == OVER;
    vm_pause();
}

bool others_first(const struct thread *thread)
{
    bool tie = thread->clock == due && heap[0].order < (uint64_t)(thread - threads);
    return thread->clock > due || tie;
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
    try_begin(thread);
}

void processor_start(unsigned processor, void (*body)(void *), void *argument,
                     cycles time)
{
    prepare(processor, body, argument);
    give_processor(&threads[processor], processor, time);
}

unsigned instrument_create(void (*body)(void *), void *argument, unsigned kind,
                           const void *site)
{
    (void)kind;
    if (threads_count == VM_PROCESSORS) {
        instrument_refuse(site, "more than %d threads", VM_PROCESSORS);
    }
    unsigned number = threads_count;
    prepare(number, body, argument);
    want_processor(&threads[number], self()->clock);
    epoch++;
    return number;
}

/* --- a run -------------------------------------------------------------------------- */

static uint64_t random_state;
static enum ending how;
static bool going;

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
    machine = *which;
    processors = count;
    rules = all[machine.structure];
    lines_reset(machine.line, machine.page);
    memset(counts, 0, sizeof counts);
    memset(&busy, 0, sizeof busy);
    memset(&simulation, 0, sizeof simulation);
    for (unsigned i = 0; i < threads_count; i++) {
        threads[i].doing = ABSENT;
    }
    for (unsigned i = 0; i < VM_PROCESSORS; i++) {
        running_on[i] = NOBODY;
    }
    threads_count = awake_count = 0;
    queue_first = queue_count = 0;
    heap_size = 0;
    due = simulation_deadline = UINT64_MAX;
    asked = 0;
    now = 0;
    epoch++;
    random_state = seed;
    cache_begin();
    rules->begin();
}

_Noreturn void stop_run(enum ending ending)
{
    how = ending;
    going = false;
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
                       "; %u threads have no processor: a thread keeps its own until it "
                       "ends or joins another",
                       queue_count);
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

cycles simulation_time(void)
{
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
    while (going) {
        if (heap_size == 0) {
            if (!is_over()) {
                deadlock();
            }
            break;
        }
        struct event event = pop();
        struct thread *thread = &threads[event.thread];
        if (event.function == NULL && event.generation != thread->generation) {
            continue;
        }
        now = event.time;
        if (now > simulation_deadline) {
            how = DEADLOCKED;
            (void)snprintf(simulation.message, sizeof simulation.message,
                           "starvation: nobody has got on for long, in cycle %llu",
                           (unsigned long long)now);
            break;
        }
        if (event.function != NULL) {
            event.function(event.argument);
        } else {
            thread->clock = now;
            if (!thread->repeating || repeat_tries(thread)) {
                vm_run(event.thread);
            }
        }
        if (simulation_interrupted) {
            how = INTERRUPTED;
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
    self()->clock += duration;
    let_others(self());
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
    if (observer != NULL && observer->phase != NULL) {
        observer->phase(self()->processor, phase, self()->clock);
    }
}

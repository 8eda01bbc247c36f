/* SPDX-License-Identifier: MIT */
/*
 * Events of the next cycles stand in a wheel, each in the slot of its cycle; those that
 * are farther off, which are few, in a heap.
 */
#include "sim/events.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "sim/simulate.h"

cycles due;
uint64_t due_order;

/* Threads have their numbers; functions come after them. */
static const uint64_t FUNCTIONS = UINT64_C(1) << 32;
static uint64_t asked; /* functions, at all times */

static bool before(cycles time, uint64_t order, cycles other, uint64_t other_order)
{
    return time < other || (time == other && order < other_order);
}

/* --- the heap ----------------------------------------------------------------------- */

static struct event **heap;
static size_t heap_size, heap_room;

static bool sooner(const struct event *one, const struct event *other)
{
    return before(one->time, one->order, other->time, other->order);
}

static void heap_add(struct event *event)
{
    if (heap_size == heap_room) {
        heap_room = heap_room == 0 ? 256 : 2 * heap_room;
        heap = sure(realloc((void *)heap, heap_room * sizeof(void *)));
    }
    size_t i = heap_size++;
    for (; i > 0 && sooner(event, heap[(i - 1) / 2]); i = (i - 1) / 2) {
        heap[i] = heap[(i - 1) / 2];
    }
    heap[i] = event;
}

static struct event *heap_take(void)
{
    struct event *first = heap[0], *last = heap[--heap_size];
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < heap_size; i = child) {
        child += child + 1 < heap_size && sooner(heap[child + 1], heap[child]);
        if (!sooner(heap[child], last)) {
            break;
        }
        heap[i] = heap[child];
    }
    heap[i] = last;
    return first;
}

/* --- the wheel ---------------------------------------------------------------------- */

enum { WORDS = 64, SLOTS = WORDS * 64 };

/* Of each slot, in their order: events of threads, and those of functions, which come
   after them. */
enum { OF_THREADS, OF_FUNCTIONS, KINDS };
static struct list {
    struct event *first, *last; /* `last` if there is a first */
} wheel[SLOTS][KINDS];
static uint64_t full[WORDS]; /* slots with events */
static uint64_t full_words;
static cycles base; /* no event of the wheel is earlier, none as late as SLOTS after it */

static struct list *list_of(const struct event *event)
{
    return &wheel[event->time % SLOTS]
                 [event->order < FUNCTIONS ? OF_THREADS : OF_FUNCTIONS];
}

static void wheel_add(struct event *event)
{
    unsigned number = event->time % SLOTS;
    struct list *list = list_of(event);
    struct event **link = &list->first;
    full[number / 64] |= UINT64_C(1) << number % 64;
    full_words |= UINT64_C(1) << number / 64;
    if (list->first != NULL && list->last->order < event->order) {
        link = &list->last->next;
    }
    while (*link != NULL && (*link)->order < event->order) {
        link = &(*link)->next;
    }
    event->next = *link;
    *link = event;
    list->last = event->next == NULL ? event : list->last;
}

static struct event *first_of(unsigned number)
{
    const struct list *lists = wheel[number];
    return lists[OF_THREADS].first != NULL ? lists[OF_THREADS].first
                                           : lists[OF_FUNCTIONS].first;
}

/* The first event of its slot. */
static void wheel_take(const struct event *event)
{
    unsigned number = event->time % SLOTS;
    list_of(event)->first = event->next;
    if (first_of(number) == NULL) {
        full[number / 64] &= ~(UINT64_C(1) << number % 64);
        if (full[number / 64] == 0) {
            full_words &= ~(UINT64_C(1) << number / 64);
        }
    }
}

/* The first event, from `base` on and round; there is one. */
static struct event *wheel_first(void)
{
    unsigned number = base % SLOTS, word = number / 64;
    uint64_t bits = full[word] >> number % 64 << number % 64;
    if (bits == 0) {
        uint64_t after = full_words & ~UINT64_C(1) << word;
        word = (unsigned)__builtin_ctzll(after != 0 ? after : full_words);
        bits = full[word];
    }
    return first_of(word * 64 + (unsigned)__builtin_ctzll(bits));
}

/* --- both --------------------------------------------------------------------------- */

static struct event *first; /* of both, or NULL */
static struct event *unused;

/* An interrupt (simulation_interrupt) that comes meanwhile is not forgotten. */
static void is_first(struct event *event)
{
    first = event;
    due = event == NULL ? UINT64_MAX : event->time;
    due_order = event == NULL ? 0 : event->order;
    atomic_signal_fence(memory_order_seq_cst);
    due = simulation_interrupted ? 0 : due;
}

static void find_first(void)
{
    struct event *event = full_words == 0 ? NULL : wheel_first();
    bool in_heap = heap_size > 0 && (event == NULL || sooner(heap[0], event));
    is_first(in_heap ? heap[0] : event);
}

static struct event *add(cycles time, uint64_t order)
{
    struct event *event = unused;
    if (event != NULL) {
        unused = event->next;
    } else {
        event = sure(malloc(sizeof *event));
    }
    event->time = time;
    event->order = order;
    if (time - base < SLOTS) {
        wheel_add(event);
    } else {
        heap_add(event);
    }
    if (before(time, order, due, due_order)) {
        is_first(event);
    }
    return event;
}

void at(cycles time, void (*function)(void *), void *argument)
{
    struct event *event = add(time, FUNCTIONS + asked++);
    event->function = function;
    event->argument = argument;
}

void event_of_thread(cycles time, uint32_t thread, uint32_t generation)
{
    struct event *event = add(time, thread);
    event->function = NULL;
    event->generation = generation;
}

const struct event *event_next(void)
{
    struct event *event = first;
    if (event == NULL) {
        return NULL;
    }
    if (heap_size > 0 && event == heap[0]) {
        (void)heap_take();
    } else {
        wheel_take(event);
    }
    event->next = unused;
    unused = event;
    base = event->time > base ? event->time : base;
    find_first();
    return event;
}

void events_begin(void)
{
    while (event_next() != NULL) {
    }
    base = 0;
    asked = 0;
    find_first();
}

/* SPDX-License-Identifier: MIT */
#include "check/show/words.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "virtual/program/program.h"

enum { NAME = 160 };

/* --- text that grows ---------------------------------------------------------------- */

void words_add(struct words *words, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    size_t needed = words->length + (size_t)(length > 0 ? length : 0) + 1;
    if (needed > words->room) {
        words->room = needed + needed / 2;
        words->text = grow(words->text, words->room);
    }
    va_start(arguments, format);
    (void)vsnprintf(words->text + words->length, words->room - words->length, format,
                    arguments);
    va_end(arguments);
    words->length = needed - 1;
}

const char *words_text(const struct words *words)
{
    return words->text == NULL ? "" : words->text;
}

void words_free(struct words *words)
{
    free(words->text);
    *words = (struct words){NULL, 0, 0};
}

/* --- variables and values ----------------------------------------------------------- */

/* Starts of the blocks that have been named. */
static const unsigned char **blocks;
static unsigned block_count;

void words_begin(void)
{
    block_count = 0;
}

unsigned words_blocks(void)
{
    return block_count;
}

const void *words_block(unsigned number)
{
    return blocks[number - 1];
}

static unsigned block_number(const unsigned char *start)
{
    for (unsigned i = 0; i < block_count; i++) {
        if (blocks[i] == start) {
            return i + 1;
        }
    }
    blocks = grow(blocks, (block_count + 1) * sizeof *blocks);
    blocks[block_count++] = start;
    return block_count;
}

static bool find_block(const unsigned char *address, char *name, size_t size)
{
    struct vm_heap_block block;
    if (vm_block_of(address, &block) == VM_NOT_HEAP || block.start == NULL) {
        return false;
    }
    unsigned number = block_number(block.start);
    long offset = address - block.start;
    if (offset == 0) {
        (void)snprintf(name, size, "block%u", number);
    } else {
        (void)snprintf(name, size, "block%u%+ld", number, offset);
    }
    return true;
}

static void find_name(const unsigned char *address, char *name, size_t size)
{
    if ((uintptr_t)address < 4096) {
        (void)snprintf(name, size, "*(NULL + %u)", (unsigned)(uintptr_t)address);
    } else if (!find_block(address, name, size)) {
        vm_variable_name(address, name, size);
    }
}

void words_variable(struct words *words, const void *address)
{
    char name[NAME];
    find_name(address, name, sizeof name);
    words_add(words, "%s", name);
}

bool words_is_inside(const void *address)
{
    Dl_info there, here;
    return dladdr(address, &there) != 0 && dladdr(&block_count, &here) != 0 &&
           there.dli_fbase == here.dli_fbase;
}

/* A pointer to a structure is one to its first member too: goes out to the outermost
   structure that begins at the address. */
static void leave_first_members(char *name, const unsigned char *address)
{
    char before[NAME];
    vm_variable_name(address - 1, before, sizeof before);
    for (char *dot; (dot = strrchr(name, '.')) != NULL;) {
        size_t length = (size_t)(dot - name);
        bool inside = strncmp(before, name, length) == 0 &&
                      (before[length] == '.' || before[length] == '\0');
        if (inside || strchr(dot, '[') != NULL) {
            break;
        }
        *dot = '\0';
    }
}

/* The function that begins at the address. */
static bool find_function(const unsigned char *address, char *name, size_t size)
{
    struct vm_source source, before;
    bool begins = vm_source_of(address + 1, &source) &&
                  (!vm_source_of(address, &before) || before.function != source.function);
    if (begins) {
        (void)snprintf(name, size, "%s", source.function);
    }
    return begins;
}

/* Whether the value is an address of something that has a name. */
static bool find_pointer(uint64_t value, char *name, size_t size)
{
    const unsigned char *address = (const unsigned char *)(uintptr_t)value;
    if (value < 65536 || value >> 63 != 0) {
        return false;
    }
    find_name(address, name, size);
    if (strncmp(name, "0x", 2) == 0) {
        return find_function(address, name, size);
    }
    leave_first_members(name, address);
    return true;
}

bool words_points(uint64_t value)
{
    char name[NAME];
    return find_pointer(value, name, sizeof name);
}

bool words_is_pointer(const struct graph *graph, uint32_t location)
{
    const struct location *at = &graph->location[location];
    if (vm_holds_pointer(at->address)) {
        return true;
    }
    for (long i = -1; i < (long)at->writes && at->size == 8; i++) {
        uint64_t value = graph_value(graph, location, graph_write_at(graph, location, i));
        if (words_points(value)) {
            return true;
        }
    }
    return false;
}

void words_value(struct words *words, uint64_t value, unsigned size, bool pointer)
{
    char name[NAME];
    struct vm_heap_block block;
    bool is_block =
        size == 8 && vm_block_of((void *)(uintptr_t)value, &block) != VM_NOT_HEAP;
    uint64_t top = size < 8 ? UINT64_C(1) << (8 * size - 1) : UINT64_C(1) << 63;
    int64_t signed_value = (int64_t)((value ^ top) - top);
    if (pointer && value == 0) {
        words_add(words, "NULL");
    } else if (size == 8 && find_pointer(value, name, sizeof name)) {
        words_add(words, is_block ? "%s" : "&%s", name);
    } else if (signed_value < 0 && signed_value > -65536) {
        words_add(words, "%" PRId64, signed_value);
    } else if (value < 100000000) {
        words_add(words, "%" PRIu64, value);
    } else {
        words_add(words, "0x%" PRIx64, value);
    }
}

/* --- operations --------------------------------------------------------------------- */

/* "rlx", "acq", "rel", "acq_rel", "sc"; of a plain access, "plain". */
static const char *order_name(enum vm_order order, bool plain)
{
    static const char *const names[] = {
        [VM_RELAXED] = "rlx", [VM_CONSUME] = "con",     [VM_ACQUIRE] = "acq",
        [VM_RELEASE] = "rel", [VM_ACQ_REL] = "acq_rel", [VM_SEQ_CST] = "sc",
    };
    return plain ? "plain" : names[order];
}

static void add_access(struct words *words, const struct graph *graph,
                       const struct event *event)
{
    const struct location *at = &graph->location[event->location];
    bool update = event->kind == EVENT_UPDATE;
    if (event->name != NULL) { /* how a thread library does it is its own affair */
        words_add(words, "%s", event->name);
        if (!words_is_inside(at->address)) {
            words_add(words, "  ");
            words_variable(words, at->address);
        }
        return;
    }
    bool pointer = words_is_pointer(graph, event->location);
    words_add(words, "%s %s  ",
              update                       ? "RMW"
              : event->kind == EVENT_WRITE ? "W"
                                           : "R",
              order_name((enum vm_order)event->order, event->plain));
    words_variable(words, at->address);
    if (reads(event)) {
        words_add(words, update ? ": " : " → ");
        words_value(words, event->read, at->size, pointer);
    }
    if (event->kind != EVENT_READ) {
        words_add(words, update ? " → " : " = ");
        words_value(words, event->value, at->size, pointer);
    }
}

/* What a thread has seen of another one, whose last event before that is `last`. */
static void add_waited(struct words *words, const struct graph *graph, event_id last)
{
    if (is_initial(last)) {
        words_add(words, "sees no thread wait");
        return;
    }
    const struct thread *thread = &graph->thread[last.thread];
    if (event_of(graph, last)->kind == EVENT_END) {
        words_add(words, "sees that thread %u has ended", last.thread);
        return;
    }
    words_add(words, "sees that thread %u waits", last.thread);
    if (last.index + 1U < thread->events) {
        words_add(words, " at ");
        words_place(words, thread->event[last.index + 1].site);
    }
}

void words_event(struct words *words, const struct graph *graph, event_id id)
{
    const struct event *event = event_of(graph, id);
    switch ((enum event_kind)event->kind) {
    case EVENT_BEGIN:
        words_add(words, "begins");
        break;
    case EVENT_END:
        words_add(words, "ends");
        break;
    case EVENT_CREATE:
        words_add(words, "create thread %u", event->choice);
        break;
    case EVENT_JOIN:
        words_add(words, "join thread %u", event->choice);
        break;
    case EVENT_WAITED:
        add_waited(words, graph, event->source);
        break;
    case EVENT_CHOICE:
        words_add(words, "%s: choice %u of %u", event->name, event->choice + 1U,
                  event->choices);
        break;
    case EVENT_FENCE:
        words_add(words, "fence %s", order_name((enum vm_order)event->order, false));
        break;
    case EVENT_LIGHT_FENCE:
        words_add(words, "light fence %s",
                  order_name((enum vm_order)event->order, false));
        break;
    case EVENT_HEAVY_FENCE:
        words_add(words, "heavy fence (membarrier)");
        break;
    case EVENT_READ:
    case EVENT_WRITE:
    case EVENT_UPDATE:
        add_access(words, graph, event);
        break;
    }
}

void words_place(struct words *words, const void *site)
{
    struct vm_source source;
    if (site != NULL && vm_source_of(site, &source)) {
        words_add(words, "%s:%d", last_part(source.file), source.line);
    }
}

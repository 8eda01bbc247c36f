/* SPDX-License-Identifier: MIT */
#include "check/show/rows.h"

#include <string.h>

#include "check/show/whole.h"
#include "common/memory.h"
#include "virtual/program/program.h"

enum { FEW = 40 }; /* rows: then all plain accesses are shown that threads share */

static struct story *story;

static bool is_kind(const char *kind)
{
    return strcmp(story->failure.kind, kind) == 0;
}

/* --- which steps are rows ----------------------------------------------------------- */

static bool meets(const struct step *step, const unsigned char *address, size_t size)
{
    return address < step->address + step->size && step->address < address + size;
}

/* Whether a plain access, or malloc or free, is to the place that is accessed wrongly. */
static bool is_about_failure(const struct step *step)
{
    const struct failure *failure = &story->failure;
    return step->failing || meets(step, failure->address, failure->size);
}

/* Whether another thread makes plain accesses to the same bytes. */
static bool is_shared(const struct step *step)
{
    for (size_t i = 0; i < story->count; i++) {
        const struct step *other = &story->step[i];
        if (other->kind == STEP_PLAIN && !other->library &&
            other->thread != step->thread && meets(other, step->address, step->size)) {
            return true;
        }
    }
    return false;
}

/* Whether it is to what a client has set up for its threads, and none of them changes:
   it says nothing of the lock. The first thread sets up. */
static bool is_set_up(const struct step *step)
{
    for (size_t i = 0; step->client && i < story->count; i++) {
        const struct step *other = &story->step[i];
        if (other->kind == STEP_PLAIN && meets(other, step->address, step->size) &&
            (!other->client || (other->writes && other->thread != 0))) {
            return false;
        }
    }
    return step->client;
}

/* Whether a thread does no more than to start threads, and to wait for them. */
static bool only_starts(unsigned thread)
{
    for (size_t i = 0; i < story->count; i++) {
        const struct step *step = &story->step[i];
        if (step->thread == thread && step->kind == STEP_EVENT) {
            const struct event *event = event_of(story->graph, step->event);
            if (event->kind >= EVENT_CHOICE) {
                return false;
            }
        } else if (step->thread == thread && step->kind != STEP_WAITS && step->row > 0) {
            return false;
        }
    }
    return true;
}

static bool is_operation(const struct step *step)
{
    const struct event *event = event_of(story->graph, step->event);
    return event->kind != EVENT_BEGIN && event->kind != EVENT_END && !event->again;
}

static bool is_row(const struct step *step, bool few)
{
    switch (step->kind) {
    case STEP_EVENT:
        return is_operation(step);
    case STEP_PLAIN:
        return is_about_failure(step) ||
               (few && !step->library && is_shared(step) && !is_set_up(step));
    case STEP_ALLOCATE:
    case STEP_FREE:
        return is_about_failure(step) || (few && is_kind(VM_DOUBLE_FREE));
    default:
        return true;
    }
}

static unsigned count_rows(bool few)
{
    unsigned count = 0;
    for (size_t i = 0; i < story->count; i++) {
        count += is_row(&story->step[i], few);
    }
    return count;
}

/* --- rows that repeat others -------------------------------------------------------- */

/* Rows that are repeated together: at most this many. */
enum { LONGEST_TURN = 8 };

/* Whether two steps do the same, and neither is looked for by others: it is no write of
   which there is an order. */
static bool is_same(const struct step *a, const struct step *b)
{
    if (a->kind != b->kind || a->thread != b->thread || a->site != b->site || a->marked ||
        b->marked || a->whole != 0 || b->whole != 0 || a->stale != b->stale) {
        return false;
    }
    if (a->kind == STEP_PLAIN) {
        return a->address == b->address && a->size == b->size && a->reads == b->reads &&
               a->writes == b->writes && a->read == b->read && a->value == b->value;
    }
    if (a->kind != STEP_EVENT) {
        return false;
    }
    const struct event *one = event_of(story->graph, a->event);
    const struct event *two = event_of(story->graph, b->event);
    return (one->kind == EVENT_READ || is_fence(one)) && one->kind == two->kind &&
           one->order == two->order && one->location == two->location &&
           same_event(one->source, two->source) && one->read == two->read &&
           one->name == two->name && one->spurious == two->spurious;
}

/* How often the first `turn` of these steps come in a row. */
static size_t count_turns(struct step *const *steps, size_t count, size_t turn)
{
    size_t same = 0;
    while (turn + same < count && is_same(steps[same], steps[turn + same])) {
        same++;
    }
    return 1 + same / turn;
}

/* Gives rows to steps, one to those that repeat each other. Returns how many. */
static unsigned give_rows(struct step *const *steps, size_t count)
{
    unsigned rows = 0;
    for (size_t at = 0; at < count;) {
        size_t turn = 1, times = 1;
        for (size_t t = 1; t <= LONGEST_TURN && at + t <= count; t++) {
            size_t turns = count_turns(steps + at, count - at, t);
            if (t * (turns - 1) > turn * (times - 1)) {
                turn = t;
                times = turns;
            }
        }
        if (turn * (times - 1) < 2) { /* it saves next to nothing */
            turn = times = 1;
        }
        for (size_t i = 0; i < turn * times; i++) {
            struct step *step = steps[at + i];
            step->row = rows + 1 + (unsigned)(i % turn);
            step->times = i < turn ? (unsigned)times : 0;
            step->first = rows + 1;
            step->last = rows + (unsigned)turn;
        }
        rows += (unsigned)turn;
        at += turn * times;
    }
    return rows;
}

static void add_times(struct words *words, const struct step *step)
{
    if (step->times > 1 && step->first < step->last) {
        words_add(words, "  (rows" TIE "%u" TIE "to" TIE "%u, %u" TIE "times)",
                  step->first, step->last, step->times);
    } else if (step->times > 1) {
        words_add(words, "  (%u" TIE "times)", step->times);
    }
}

/* Each call of a thread library has one row: that of the step in which it takes effect.
   */
static void choose_shown(void)
{
    for (unsigned i = 0; i < story->wholes; i++) {
        story->whole[i].shown = NULL;
    }
    for (size_t i = 0; i < story->count; i++) {
        struct step *step = &story->step[i];
        struct whole *whole = story_whole(story, step);
        step->marked = step->failing;
        if (whole != NULL &&
            (whole->shown == NULL || !whole_takes_effect(story, whole->shown))) {
            whole->shown = step;
        }
    }
    for (size_t i = 0; i < story->count; i++) {
        const struct step *step = &story->step[i];
        const struct whole *whole = story_whole(story, step);
        if (whole != NULL && step->failing) {
            whole->shown->marked = true;
        }
    }
}

static bool is_shown(const struct step *step)
{
    const struct whole *whole = story_whole(story, step);
    return whole == NULL || whole->shown == step;
}

unsigned rows_number(struct story *of)
{
    story = of;
    choose_shown();
    bool few = story->count / 50 < FEW && count_rows(true) <= FEW;
    for (size_t i = 0; i < story->count; i++) {
        story->step[i].row = is_row(&story->step[i], few);
    }
    bool hidden[MAX_THREADS];
    for (unsigned t = 0; t < MAX_THREADS; t++) {
        hidden[t] = only_starts(t);
    }
    struct step **shown = zeroed(story->count + 1, sizeof(struct step *));
    size_t count = 0;
    for (size_t i = 0; i < story->count; i++) {
        struct step *step = &story->step[i];
        if (step->row > 0 && !hidden[step->thread] && is_shown(step)) {
            shown[count++] = step;
        }
        step->row = step->times = 0;
    }
    unsigned rows = give_rows(shown, count);
    free(shown);
    for (size_t i = 0; i < story->count; i++) {
        struct step *step = &story->step[i];
        if (!is_shown(step)) {
            step->row = story_whole(story, step)->shown->row;
        }
    }
    return rows;
}

/* --- the text of a row -------------------------------------------------------------- */

unsigned rows_of(event_id id)
{
    const struct step *step = story_step(story, id);
    return step == NULL ? 0 : step->row;
}

/* What an operation of a thread library reads is of interest only if it must wait. */
static void add_source(struct words *words, const struct step *step,
                       const struct event *event)
{
    unsigned row = rows_of(event->source);
    const char *separator = "  (";
    if (reads(event) && row > 0) {
        const char *how = event->name == NULL           ? "from"
                          : event->kind == EVENT_UPDATE ? "after"
                                                        : "sees";
        words_add(words, "%s%s" TIE "%u", separator, how, row);
        separator = "; ";
    } else if (reads(event) && event->name == NULL) {
        words_add(words, "%sinitial", separator);
        separator = "; ";
    }
    if (step->stale || step->early) {
        words_add(words,
                  step->stale ? "%sstale:" TIE "%u" TIE "is" TIE "newer"
                              : "%sbefore" TIE "%u in the order of ",
                  separator, rows_of(step->newer));
        separator = "; ";
    }
    if (step->early) {
        words_variable(words, story->graph->location[event->location].address);
    }
    if (event->spurious) {
        words_add(words, "%sfails without cause", separator);
        separator = "; ";
    }
    if (step->failing && is_kind(KIND_HANG)) {
        words_add(words, "%swaits for ever", separator);
        separator = "; ";
    }
    if (separator[0] == ';') {
        words_add(words, ")");
    }
}

/* The row of the write that a plain read reads, if it is shown; or 0. */
static unsigned plain_source(const struct step *read)
{
    unsigned row = 0;
    for (const struct step *step = story->step; step < read; step++) {
        if (step->kind == STEP_PLAIN && step->writes && step->row > 0 &&
            meets(step, read->address, read->size)) {
            row = step->row;
        }
    }
    return row;
}

/* Whether a plain access is to a pointer: one by its type, or to where the address of
   something has been. */
static bool is_pointer(const struct step *step)
{
    if (step->size != sizeof(void *)) {
        return false;
    }
    bool found = vm_holds_pointer(step->address);
    for (size_t i = 0; i < story->count && !found; i++) {
        const struct step *other = &story->step[i];
        found = other->kind == STEP_PLAIN && other->address == step->address &&
                other->size == step->size &&
                (words_points(other->read) || words_points(other->value));
    }
    return found;
}

static void add_plain(struct words *words, const struct step *step)
{
    unsigned size = (unsigned)step->size;
    bool number = size == 1 || size == 2 || size == 4 || size == 8;
    words_add(words, "%s%s plain  ", step->reads ? "R" : "", step->writes ? "W" : "");
    words_variable(words, step->address);
    if (step->failing && step->thread == story->failure.thread) {
        return; /* it has not been made */
    }
    if (!number) {
        words_add(words, " (%zu bytes)", step->size);
        return;
    }
    if (step->reads) {
        words_add(words, step->writes ? ": " : " → ");
        words_value(words, step->read, size, is_pointer(step));
    }
    if (step->writes) {
        words_add(words, step->reads ? " → " : " = ");
        words_value(words, step->value, size, is_pointer(step));
    }
    unsigned source = step->reads ? plain_source(step) : 0;
    if (source > 0) {
        words_add(words, "  (from" TIE "%u)", source);
    }
}

/* What is wrong, in a few words: for assertions, what was asserted. */
static void what_is_wrong(struct words *words)
{
    const struct failure *failure = &story->failure;
    const char *text = failure->text, *end = strstr(text, "' failed");
    const char *assertion = strstr(text, "Assertion `");
    if (is_kind(VM_ASSERTION) && assertion != NULL && end != NULL) {
        assertion += strlen("Assertion `");
        words_add(words, "assertion failed: %.*s", (int)(end - assertion), assertion);
    } else {
        words_add(words, "%s: %s", story->failure.kind, text);
    }
}

void rows_headline(struct words *words)
{
    if (is_kind(KIND_RACE)) {
        words_add(words, "data race on ");
        words_variable(words, story->failure.address);
    } else {
        what_is_wrong(words);
    }
}

static void add_wrong(struct words *words, const struct step *step)
{
    if (step->size > 0) {
        bool is_free = is_kind(VM_USE_AFTER_FREE) && story->failure.other_site != NULL &&
                       story->failure.other != VM_NOBODY;
        struct vm_heap_block block;
        bool of_stack = vm_block_of(step->address, &block) == VM_NOT_HEAP;
        words_add(words, "%s",
                  is_free        ? (of_stack ? "end of  " : "free  ")
                  : step->writes ? "W  "
                                 : "R  ");
        words_variable(words, step->address);
        words_add(words, ": %s", story->failure.kind);
    } else {
        what_is_wrong(words);
    }
}

void rows_wait(struct words *words, unsigned thread)
{
    int joins = story->failure.joins[thread];
    if (joins != VM_NOBODY) {
        words_add(words, "waits for thread %d to end", joins);
    } else {
        words_add(words, "waits");
    }
}

void rows_text(struct words *words, const struct step *step, bool sources)
{
    switch (step->kind) {
    case STEP_EVENT: {
        const struct event *event = event_of(story->graph, step->event);
        if (step->whole > 0) {
            whole_text(words, story, step, sources);
            break;
        }
        words_event(words, story->graph, step->event);
        if (accesses(event) && sources) {
            add_source(words, step, event);
        }
        break;
    }
    case STEP_PLAIN:
        add_plain(words, step);
        break;
    case STEP_ALLOCATE:
    case STEP_FREE:
        words_add(words, step->kind == STEP_FREE ? "free  " : "allocate  ");
        words_variable(words, step->address);
        break;
    case STEP_WRONG:
        add_wrong(words, step);
        break;
    case STEP_WAITS:
        rows_wait(words, step->thread);
        break;
    }
    add_times(words, step);
}

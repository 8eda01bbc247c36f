/* SPDX-License-Identifier: MIT */
#include "check/show/bound.h"

#include <stdio.h>
#include <string.h>

#include "check/explore/recent.h"
#include "check/show/words.h"
#include "common/memory.h"
#include "virtual/program/program.h"

/* What a thread has done, in its order: atomic events, or plain accesses. */
struct turn {
    const void *site;
    const unsigned char *address; /* NULL: it is no access */
    unsigned size;
    uint64_t value;
    bool write, own;
};

struct turns {
    struct turn *all;
    size_t count;
};

enum { TURNS = 3, LONGEST = 80, SHOWN = 4 };

static struct turns of_plain(unsigned thread)
{
    struct turns turns = {NULL, recent_count(thread)};
    turns.all = zeroed(turns.count + 1, sizeof *turns.all);
    for (size_t i = 0; i < turns.count; i++) {
        const struct recent *recent = recent_at(i);
        turns.all[i] = (struct turn){.site = recent->site,
                                     .address = recent->address,
                                     .size = (unsigned)recent->size,
                                     .value = recent->value,
                                     .write = recent->write,
                                     .own = recent->own};
    }
    return turns;
}

static struct turns of_events(const struct graph *graph, unsigned thread)
{
    const struct thread *of = &graph->thread[thread];
    struct turns turns = {zeroed(of->events + 1, sizeof *turns.all), of->events};
    for (size_t i = 0; i < turns.count; i++) {
        const struct event *event = &of->event[i];
        turns.all[i].site = event->site;
        if (accesses(event)) {
            const struct location *at = &graph->location[event->location];
            turns.all[i].address = at->address;
            turns.all[i].size = at->size;
            turns.all[i].write = event->kind != EVENT_READ;
            turns.all[i].value = event->kind == EVENT_READ ? event->read : event->value;
        }
    }
    return turns;
}

/* After how many steps the thread is back at the same place, for three turns; or 0. */
static size_t find_period(const struct turns *turns)
{
    for (size_t period = 1; period <= LONGEST; period++) {
        size_t same = 0, wanted = (TURNS - 1) * period;
        if (turns->count < TURNS * period) {
            break;
        }
        const struct turn *last = &turns->all[turns->count - 1];
        while (same < wanted && (last - same)->site == (last - same - period)->site) {
            same++;
        }
        if (same == wanted) {
            return period;
        }
    }
    return 0;
}

/* --- where -------------------------------------------------------------------------- */

static void add_place(struct words *words, const void *site)
{
    struct vm_source source;
    words_place(words, site);
    if (site != NULL && vm_source_of(site, &source)) {
        words_add(words, " in %s", source.function);
    }
}

static void add_calls(struct words *words, unsigned thread)
{
    const struct vm_calls *calls = &vm_calls[thread];
    struct vm_source source;
    for (unsigned i = calls->depth <= VM_CALLS ? calls->depth : 0; i-- > 1;) {
        if (vm_source_of(calls->sites[i], &source) &&
            strstr(source.file, "/c++/") == NULL) {
            words_add(words, ", called from ");
            add_place(words, calls->sites[i]);
            return;
        }
    }
}

/* The first line of the loop in the function that the thread is in. */
static void add_beginning(struct words *words, const struct turns *turns, size_t period)
{
    struct vm_source here, first, other;
    const struct turn *last = &turns->all[turns->count - 1];
    const void *site = last->site;
    if (site == NULL || !vm_source_of(site, &here)) {
        return;
    }
    first = here;
    for (const struct turn *turn = last; turn > last - period; turn--) {
        if (turn->site != NULL && vm_source_of(turn->site, &other) &&
            strcmp(other.function, here.function) == 0 && other.line < first.line) {
            first = other;
            site = turn->site;
        }
    }
    words_add(words, "; its loop begins at ");
    words_place(words, site);
}

/* --- what changes ------------------------------------------------------------------- */

static const char *way(uint64_t first, uint64_t second, uint64_t third)
{
    return first < second && second < third   ? "grows"
           : first > second && second > third ? "falls"
                                              : "changes";
}

/* Whether a later step of the same turn is of the same variable. */
static bool is_again(const struct turn *turn, const struct turn *last)
{
    for (const struct turn *later = turn + 1; later <= last; later++) {
        if (later->address == turn->address) {
            return true;
        }
    }
    return false;
}

/* A variable that had other values in the two turns before, or the parts of one. Returns
   whether it is one. */
static bool add_change(struct words *words, const struct turn *turn, size_t period)
{
    const struct turn *second = turn - period, *first = second - period;
    if (first->address != second->address && second->address != turn->address) {
        words_add(words, "it goes from ");
        words_variable(words, first->address);
        words_add(words, " to ");
        words_variable(words, second->address);
        words_add(words, " to ");
        words_variable(words, turn->address);
        return true;
    }
    bool changes = first->address == turn->address && second->address == turn->address &&
                   (first->value != second->value || second->value != turn->value);
    if (changes) {
        words_variable(words, turn->address);
        words_add(words, " %s: ", way(first->value, second->value, turn->value));
        words_value(words, first->value, turn->size, vm_holds_pointer(turn->address));
        words_add(words, ", ");
        words_value(words, second->value, turn->size, vm_holds_pointer(turn->address));
        words_add(words, ", ");
        words_value(words, turn->value, turn->size, vm_holds_pointer(turn->address));
    }
    return changes;
}

/* Returns how many there are. */
static unsigned add_changes(struct words *words, const struct turns *turns)
{
    size_t period = find_period(turns);
    const struct turn *last = &turns->all[turns->count - 1];
    unsigned shown = 0;
    for (const struct turn *turn = last + 1 - period;
         period > 0 && turn <= last && shown < SHOWN; turn++) {
        if (turn->address != NULL && !is_again(turn, last)) {
            struct words change = {NULL, 0, 0};
            if (add_change(&change, turn, period)) {
                words_add(words, "%s%s", shown++ == 0 ? "" : ", ", words_text(&change));
            }
            words_free(&change);
        }
    }
    return shown;
}

/* --- a wait for what is not atomic -------------------------------------------------- */

static bool is_written(const struct turns *plain, const unsigned char *address)
{
    for (size_t i = 0; i < plain->count; i++) {
        if (plain->all[i].write && plain->all[i].address == address) {
            return true;
        }
    }
    return false;
}

/* The plain read that is made most often of what is shared and never written. */
static void add_hint(struct words *words, const struct turns *plain)
{
    const struct turn *found = NULL;
    size_t most = TURNS - 1;
    for (size_t i = 0; i < plain->count; i++) {
        const struct turn *turn = &plain->all[i];
        size_t times = 0;
        for (size_t k = i; k < plain->count && !turn->own; k++) {
            times += plain->all[k].address == turn->address &&
                     plain->all[k].site == turn->site;
        }
        if (times > most && !is_written(plain, turn->address)) {
            most = times;
            found = turn;
        }
    }
    if (found != NULL) {
        words_add(words, ". It reads ");
        words_variable(words, found->address);
        words_add(words, " again and again (");
        words_place(words, found->site);
        words_add(words, "), which is not atomic: to wait for a variable, make it atomic "
                         "(volatile is not enough)");
    }
}

void bound_text(char *text, size_t size, const struct graph *graph, unsigned thread,
                bool plain)
{
    struct words words = {NULL, 0, 0};
    struct turns shared = of_plain(thread);
    struct turns turns = plain ? of_plain(thread) : of_events(graph, thread);
    words_begin();
    if (plain) {
        words_add(&words,
                  "thread %u has made 4 million plain accesses without an atomic "
                  "event",
                  thread);
    } else {
        words_add(&words, "thread %u has reached the bound of %zu atomic events", thread,
                  turns.count);
    }
    size_t period = find_period(&turns);
    if (turns.count > 0 && turns.all[turns.count - 1].site != NULL) {
        words_add(&words, " at ");
        add_place(&words, turns.all[turns.count - 1].site);
        add_calls(&words, thread);
    }
    if (period > 0) {
        add_beginning(&words, &turns, period);
        words_add(&words, "; in each turn ");
        if (add_changes(&words, &turns) == 0 && add_changes(&words, &shared) == 0) {
            words_add(&words,
                      plain ? "no variable changes"
                            : "no shared variable changes (variables of its own may)");
        }
    }
    add_hint(&words, &shared);
    (void)snprintf(text, size, "%s", words_text(&words));
    words_free(&words);
    free(turns.all);
    free(shared.all);
}

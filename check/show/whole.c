/* SPDX-License-Identifier: MIT */
#include "check/show/whole.h"

#include <inttypes.h>
#include <string.h>

#include "check/show/rows.h"

/* --- its steps ---------------------------------------------------------------------- */

static const struct event *event_at(const struct story *story, const struct step *step)
{
    return event_of(story->graph, step->event);
}

static const void *place_of(const struct story *story, const struct step *step)
{
    const struct event *event = event_at(story, step);
    return accesses(event) ? story->graph->location[event->location].address : NULL;
}

/* The last step of a call that is shown, or left out by none before it. */
static const struct step *last_step(const struct story *story, unsigned whole)
{
    const struct step *last = NULL;
    for (size_t i = 0; i < story->count; i++) {
        last = story->step[i].whole == whole ? &story->step[i] : last;
    }
    return last;
}

/* Whether it has returned, as far as the story goes. */
static bool is_over(const struct story *story, const struct step *step)
{
    const struct whole *whole = story_whole(story, step);
    return whole->returned &&
           same_event(last_step(story, step->whole)->event, whole->last);
}

static bool is_look(const struct story *story, const struct step *step)
{
    const struct whole *whole = story_whole(story, step);
    return whole->expects && place_of(story, step) == whole->object;
}

bool whole_takes_effect(const struct story *story, const struct step *step)
{
    return story_whole(story, step)->expects ? is_look(story, step)
                                             : writes(event_at(story, step));
}

/* --- what it reads ------------------------------------------------------------------ */

static event_id source_of(const struct story *story, const struct step *step)
{
    return step != NULL && reads(event_at(story, step)) ? event_at(story, step)->source
                                                        : INITIAL;
}

event_id whole_look(const struct story *story, const struct step *step)
{
    return is_look(story, step) ? source_of(story, step) : INITIAL;
}

/* The lock of the mutex at the end of a wait. */
static const struct step *find_lock(const struct story *story, const struct step *step)
{
    const struct whole *whole = story_whole(story, step);
    const struct step *last = last_step(story, step->whole);
    return whole->mutex != NULL && place_of(story, last) == whole->mutex &&
                   reads(event_at(story, last))
               ? last
               : NULL;
}

event_id whole_mutex(const struct story *story, const struct step *step)
{
    return source_of(story, find_lock(story, step));
}

/* A waiter's last read of a word of its own is that of what its waker has written. */
event_id whole_waker(const struct story *story, const struct step *step)
{
    const struct whole *whole = story_whole(story, step);
    const struct step *found = NULL;
    bool over = is_over(story, step);
    if (over ? whole->result == NULL || strcmp(whole->result, "woken") != 0
             : find_lock(story, step) == NULL) {
        return INITIAL;
    }
    for (size_t i = 0; i < story->count; i++) {
        const struct step *other = &story->step[i];
        if (other->whole == step->whole && event_at(story, other)->kind == EVENT_READ &&
            words_is_inside(place_of(story, other))) {
            found = other;
        }
    }
    return source_of(story, found);
}

/* --- in words ----------------------------------------------------------------------- */

static void add_woken(struct words *words, uint64_t woken)
{
    int count = __builtin_popcountll(woken);
    if (count == 0) {
        words_add(words, ": wakes nobody");
        return;
    }
    words_add(words, ": wakes %d (thread%s", count, count == 1 ? "" : "s");
    const char *separator = " ";
    for (unsigned t = 0; t < MAX_THREADS; t++) {
        if ((woken >> t & 1) != 0) {
            words_add(words, "%s%u", separator, t);
            separator = ", ";
        }
    }
    words_add(words, ")");
}

static void add_result(struct words *words, const struct story *story,
                       const struct step *step, bool sources)
{
    const struct whole *whole = story_whole(story, step);
    unsigned waker = rows_of(whole_waker(story, step));
    bool over = is_over(story, step);
    if (over && whole->wakes) {
        add_woken(words, whole->woken);
    } else if (waker > 0 && sources) {
        words_add(words, ": woken by" TIE "%u", waker);
    } else if (over && whole->result != NULL) {
        words_add(words, ": %s", whole->result);
    } else if (waker > 0) {
        words_add(words, ": woken");
    } else if (!over && !step->marked && whole_takes_effect(story, step)) {
        words_add(words, ": waits");
    }
}

static void add_sources(struct words *words, const struct story *story,
                        const struct step *step)
{
    struct words notes = {NULL, 0, 0};
    unsigned look = rows_of(whole_look(story, step));
    unsigned lock = rows_of(whole_mutex(story, step));
    if (look > 0) {
        words_add(&notes, "; from" TIE "%u", look);
    } else if (is_look(story, step)) {
        words_add(&notes, "; initial");
    }
    if (step->stale) {
        words_add(&notes, "; stale:" TIE "%u" TIE "is" TIE "newer", rows_of(step->newer));
    }
    if (lock > 0 && lock != step->row) {
        words_add(&notes, "; mutex after" TIE "%u", lock);
    }
    if (step->marked && strcmp(story->failure.kind, KIND_HANG) == 0) {
        words_add(&notes, "; waits for ever");
    }
    if (notes.length > 0) {
        words_add(words, "  (%s)", words_text(&notes) + 2);
    }
    words_free(&notes);
}

void whole_text(struct words *words, const struct story *story, const struct step *step,
                bool sources)
{
    const struct whole *whole = story_whole(story, step);
    words_add(words, "%s", whole->name);
    if (!words_is_inside(whole->object)) {
        words_add(words, "  ");
        words_variable(words, whole->object);
    }
    if (whole->mutex != NULL) {
        words_add(words, ", ");
        words_variable(words, whole->mutex);
    }
    if (is_look(story, step)) {
        words_add(words, " → %" PRIu64 ", expects %" PRIu32, event_at(story, step)->read,
                  whole->expected);
    }
    add_result(words, story, step, sources);
    if (sources) {
        add_sources(words, story, step);
    }
}

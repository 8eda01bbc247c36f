/* SPDX-License-Identifier: MIT */
#include "check/show/dot.h"

#include <errno.h>
#include <string.h>

#include "check/show/rows.h"
#include "check/show/whole.h"
#include "common/memory.h"
#include "virtual/program/tool.h"

static FILE *file;
static struct story story;

static const char *const beginning =
    "digraph execution {\n"
    "    label=\"black: program order    green: reads from    orange: modification order "
    "   "
    "red: passes over a newer write\";\n"
    "    labelloc=b; fontname=\"Helvetica\"; fontsize=11; nodesep=0.5; ranksep=0.35;\n"
    "    node [shape=box, style=\"rounded,filled\", fillcolor=white, "
    "fontname=\"Helvetica\", "
    "fontsize=11, margin=\"0.12,0.05\"];\n"
    "    edge [fontname=\"Helvetica\", fontsize=10];\n";

static void put_text(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            (void)fputc('\\', file);
        }
        if (*text == '\n') {
            (void)fputs("\\n", file);
        } else {
            (void)fputc(*text == TIE[0] ? ' ' : *text, file);
        }
    }
}

/* --- nodes -------------------------------------------------------------------------- */

static void put_node(const struct step *step)
{
    struct words words = {NULL, 0, 0};
    words_add(&words, "%u:  ", step->row);
    rows_text(&words, step, false);
    words_add(&words, "\n");
    words_place(&words, step->site);
    (void)fprintf(file, "        n%u [label=\"", step->row);
    put_text(words_text(&words));
    (void)fprintf(file, "\"%s];\n",
                  step->marked ? ", fillcolor=\"#e33a2c\", fontcolor=white" : "");
    words_free(&words);
}

static void put_thread(unsigned thread)
{
    struct words name = {NULL, 0, 0};
    story_thread_name(&name, &story, thread);
    (void)fprintf(file, "    subgraph cluster_%u {\n        label=\"", thread);
    put_text(words_text(&name));
    (void)fputs("\"; labelloc=t; style=\"rounded,filled\"; color=\"#e8e8e8\";\n", file);
    unsigned last = 0;
    for (size_t i = 0; i < story.count; i++) {
        const struct step *step = &story.step[i];
        if (step->thread == thread && step->times > 0) {
            put_node(step);
            if (last > 0) {
                (void)fprintf(file, "        n%u -> n%u [weight=10];\n", last, step->row);
            }
            last = step->row;
        }
    }
    (void)fputs("    }\n", file);
    words_free(&name);
}

static bool has_rows(unsigned thread)
{
    for (size_t i = 0; i < story.count; i++) {
        if (story.step[i].thread == thread && story.step[i].row > 0) {
            return true;
        }
    }
    return false;
}

/* --- edges between threads ---------------------------------------------------------- */

static void put_edge(unsigned from, unsigned to, const char *what, const char *style)
{
    if (from > 0 && to > 0) {
        (void)fprintf(file, "    n%u -> n%u [label=\"%s\", %s];\n", from, to, what,
                      style);
    }
}

/* The next write in the order of its location that another row shows, or INITIAL. */
static event_id next_write(const struct location *at, uint32_t place, unsigned row)
{
    for (uint32_t i = place + 1; i < at->writes; i++) {
        unsigned next = rows_of(at->order[i]);
        if (next > 0 && next != row) {
            return at->order[i];
        }
    }
    return INITIAL;
}

static void put_reading(event_id source, unsigned row)
{
    if (!is_initial(source) && rows_of(source) != row) {
        put_edge(rows_of(source), row, "rf",
                 "color=\"#1a8a3a\", fontcolor=\"#1a8a3a\", constraint=false");
    }
}

/* Of a call of a thread library: what it looks at, which call wakes it, and which gives
   it the mutex back. */
static void put_whole_edges(const struct step *step)
{
    put_reading(whole_look(&story, step), step->row);
    put_reading(whole_waker(&story, step), step->row);
    put_reading(whole_mutex(&story, step), step->row);
}

/* What an event reads from, and which write comes next. An update right behind its source
   needs no second edge. */
static void put_edges(const struct step *step)
{
    const struct event *event = event_of(story.graph, step->event);
    if (step->whole > 0) {
        put_whole_edges(step);
        return;
    }
    if (reads(event)) {
        put_reading(event->source, step->row);
    }
    if (step->stale) {
        put_edge(
            step->row, rows_of(step->newer), "rb",
            "color=\"#d02020\", fontcolor=\"#d02020\", style=dashed, constraint=false");
    }
    if (accesses(event) && writes(event)) {
        event_id next =
            next_write(&story.graph->location[event->location], event->place, step->row);
        const struct event *write = is_initial(next) ? NULL : event_of(story.graph, next);
        if (write != NULL &&
            !(write->kind == EVENT_UPDATE && same_event(write->source, step->event))) {
            put_edge(step->row, rows_of(next), "mo",
                     "color=\"#e08000\", fontcolor=\"#e08000\", constraint=false");
        }
    }
}

static unsigned first_row(unsigned thread)
{
    for (size_t i = 0; i < story.count; i++) {
        if (story.step[i].thread == thread && story.step[i].row > 0) {
            return story.step[i].row;
        }
    }
    return 0;
}

static unsigned last_row(unsigned thread)
{
    for (size_t i = story.count; i-- > 0;) {
        if (story.step[i].thread == thread && story.step[i].row > 0) {
            return story.step[i].row;
        }
    }
    return 0;
}

static void put_starts(const struct step *step)
{
    static const char *const style = "color=\"#909090\", style=dotted";
    const struct event *event = event_of(story.graph, step->event);
    if (event->kind == EVENT_CREATE) {
        put_edge(step->row, first_row(event->choice), "", style);
    } else if (event->kind == EVENT_JOIN) {
        put_edge(last_row(event->choice), step->row, "", style);
    }
}

/* --- all of it ---------------------------------------------------------------------- */

static void put_graph(void)
{
    (void)fputs(beginning, file);
    for (unsigned t = 0; t < MAX_THREADS; t++) {
        if (has_rows(t)) {
            put_thread(t);
        }
    }
    for (size_t i = 0; i < story.count; i++) {
        const struct step *step = &story.step[i];
        if (step->kind == STEP_EVENT && step->times > 0) {
            put_edges(step);
            put_starts(step);
        }
    }
    (void)fputs("}\n", file);
}

int dot_write(const char *path, const struct explore_options *options,
              struct explore_result *result)
{
    words_begin();
    story_record(&story, options, result);
    (void)rows_number(&story);
    file = fopen(path, "w");
    if (file != NULL) {
        put_graph();
    }
    story_free(&story);
    if (file == NULL || fclose(file) != 0) {
        (void)fprintf(vm_err, "lockcheck: %s: %s\n", path, strerror(errno));
        return -1;
    }
    return 0;
}

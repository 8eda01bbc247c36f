/* SPDX-License-Identifier: MIT */
#include "check/show/record.h"

#include <stdlib.h>
#include <string.h>

#include "check/clients.h"
#include "check/show/report.h"
#include "check/show/rows.h"
#include "check/show/story.h"
#include "check/show/words.h"
#include "common/json.h"
#include "virtual/program/program.h"
#include "virtual/program/tool.h"

json_t *record_of_run(const struct options *options, const struct check *check)
{
    json_t *record = record_begin(&command_line, build_instrumented_flags);
    bool named = check != NULL && check->subject != NULL;
    bool program = options->sources != NULL && options->sources[0] != NULL;
    set(record, "sources", program ? json_texts(options->sources) : json_null());
    set(record, "arguments",
        program ? json_texts(options->arguments.items) : json_null());
    set(record, "compiler_flags", program ? json_texts(options->flags) : json_null());
    set(record, "name", json_text(named ? check->subject_name : NULL));
    set(record, "client", json_text(named ? check->client->name : NULL));
    set(record, "client_threads", named ? json_integer(check->threads) : json_null());
    set(record, "client_rounds", named ? json_integer(check->rounds) : json_null());
    return record;
}

static json_t *place_of(int thread, const void *site)
{
    struct vm_source source;
    bool known = site != NULL && vm_source_of(site, &source);
    json_t *place = json_object();
    set(place, "thread", thread == VM_NOBODY ? json_null() : json_integer(thread));
    set(place, "file", json_text(known ? source.file : NULL));
    set(place, "line",
        known && source.line > 0 ? json_integer(source.line) : json_null());
    set(place, "column",
        known && source.column > 0 ? json_integer(source.column) : json_null());
    return place;
}

/* The places of the steps that are wrong; of a hang, where each thread waits. */
static json_t *places_of(const struct story *story)
{
    json_t *places = json_array();
    for (size_t i = 0; i < story->count; i++) {
        const struct step *step = &story->step[i];
        if (step->failing) {
            (void)json_array_append_new(places, place_of((int)step->thread, step->site));
        }
    }
    if (json_array_size(places) == 0 && story->failure.site != NULL) {
        (void)json_array_append_new(places,
                                    place_of(story->failure.thread, story->failure.site));
    }
    return places;
}

/* The execution that is wrong, in the lines that people are shown. */
static json_t *counterexample(const struct explore_options *how,
                              struct explore_result *result)
{
    enum { COLUMNS = 100 };
    char *text = NULL;
    size_t size = 0;
    FILE *stream = result->graph != NULL ? open_memstream(&text, &size) : NULL;
    if (stream == NULL) {
        return json_null();
    }
    report_failure(stream, how, result, false, false, COLUMNS);
    (void)fclose(stream);
    json_t *lines = json_array();
    char *rest = text;
    while (rest != NULL && *rest != '\0') {
        (void)json_array_append_new(lines, json_text(strsep(&rest, "\n")));
    }
    free(text);
    return lines;
}

/* What is wrong; in a constructor there is no execution that shows it. */
static void set_failure(json_t *record, const struct explore_options *how,
                        struct explore_result *result)
{
    struct words message = {NULL, 0, 0}, variable = {NULL, 0, 0};
    struct story story = {.failure = result->failure};
    bool race = strcmp(result->failure.kind, KIND_RACE) == 0;
    json_t *shown = counterexample(how, result);
    words_begin();
    if (result->graph != NULL) {
        story_record(&story, how, result);
        (void)rows_number(&story);
        rows_headline(&message);
    } else {
        words_add(&message, "%s: %s", result->failure.kind, result->failure.text);
    }
    if (race) {
        words_variable(&variable, result->failure.address);
    }
    set(record, "failure", json_text(result->failure.kind));
    set(record, "message", json_text(words_text(&message)));
    set(record, "variable", race ? json_text(words_text(&variable)) : json_null());
    set(record, "places", places_of(&story));
    set(record, "counterexample", shown);
    words_free(&message);
    words_free(&variable);
    if (result->graph != NULL) {
        story_free(&story);
    }
}

static json_t *count_if(bool known, uint64_t count)
{
    return known ? json_count(count) : json_null();
}

static void write_result(const struct options *options, json_t *record,
                         const char *verdict, const struct explore_options *how,
                         struct explore_result *result, const char *message)
{
    bool known = how != NULL;
    set(record, "verdict", json_text(verdict));
    if (result->verdict == WRONG && known) {
        set_failure(record, how, result);
    } else {
        set(record, "failure", json_null());
        set(record, "message", json_text(message));
        set(record, "variable", json_null());
        set(record, "places", json_array());
        set(record, "counterexample", json_null());
    }
    set(record, "executions", count_if(known, result->executions));
    set(record, "all_executions", count_if(known, result->stand_for));
    set(record, "all_executions_exact",
        known ? json_boolean(!result->inexact) : json_null());
    set(record, "blocked_executions", count_if(known, result->blocked));
    set(record, "early_return_executions",
        count_if(known && result->early_possible, result->early));
    set(record, "early_returns_complete",
        known && result->early_possible ? json_boolean(!result->early_cut) : json_null());
    set(record, "explored_share",
        known && result->verdict != WRONG ? json_known(result->explored) : json_null());
    bool covers = known && how != NULL && how->deviations > 0 && result->covered >= 0;
    set(record, "deviations_covered", count_if(covers, (uint64_t)result->covered));
    set(record, "program_runs", count_if(known, result->runs));
    set(record, "threads", count_if(known, result->threads));
    set(record, "membarrier", json_boolean(!options->no_membarrier));
    set(record, "leaked_blocks", count_if(known, result->leaked));
    struct vm_source source;
    bool leaks = known && result->leaked > 0 && vm_source_of(result->leak, &source);
    set(record, "leak_file", json_text(leaks ? source.file : NULL));
    set(record, "leak_line", leaks ? json_integer(source.line) : json_null());
    bool stuck = known && result->stuck != NULL && vm_source_of(result->stuck, &source);
    set(record, "stuck_file", json_text(stuck ? source.file : NULL));
    set(record, "stuck_line", stuck ? json_integer(source.line) : json_null());
    record_write(vm_out, (enum format)options->format, record);
}

void record_result(const struct options *options, const struct check *check,
                   const struct explore_options *how, struct explore_result *result,
                   const char *message)
{
    static const char *const verdicts[] = {"verified", "wrong", "inconclusive",
                                           "refused"};
    write_result(options, record_of_run(options, check), verdicts[result->verdict], how,
                 result, message);
}

void record_unchecked(const struct options *options, const struct check *check,
                      const char *name, const char *message)
{
    json_t *record = record_of_run(options, check);
    set(record, "name", json_text(name));
    write_result(options, record, "not checked", NULL, &(struct explore_result){0},
                 message);
}

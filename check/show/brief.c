/* SPDX-License-Identifier: MIT */
#include "check/show/brief.h"

#include <string.h>

#include "check/show/report.h"
#include "check/show/rows.h"
#include "check/show/words.h"
#include "virtual/program/program.h"

void brief_line(FILE *out, const void *site, const char *kind, const char *text)
{
    struct vm_source source;
    if (site == NULL || !vm_source_of(site, &source)) {
        (void)fputs("lockcheck: ", out);
    } else if (source.column > 0) {
        (void)fprintf(out, "%s:%d:%d: ", source.file, source.line, source.column);
    } else {
        (void)fprintf(out, "%s:%d: ", source.file, source.line);
    }
    (void)fprintf(out, "%s: %s\n", kind, text);
}

static bool is_kind(const struct story *story, const char *kind)
{
    return strcmp(story->failure.kind, kind) == 0;
}

/* The step that an editor goes to: the one that fails; of a hang, the first that waits,
   rather in an operation than for a thread's end. */
static const struct step *main_step(const struct story *story)
{
    const struct step *found = NULL;
    bool hang = is_kind(story, KIND_HANG);
    for (size_t i = 0; i < story->count; i++) {
        const struct step *step = &story->step[i];
        bool better = found == NULL || !hang ||
                      (found->kind == STEP_WAITS && step->kind != STEP_WAITS);
        found = step->failing && better ? step : found;
    }
    return found;
}

static void add_what(struct words *words, const struct story *story,
                     const struct step *step, bool first)
{
    words_add(words, "%s", first ? " (" : "");
    story_thread_name(words, story, step->thread);
    if (is_kind(story, KIND_HANG)) {
        words_add(words, " ");
        rows_wait(words, step->thread);
    } else if (!first) {
        words_add(words, step->kind == STEP_FREE ? " has freed it"
                         : step->writes          ? " writes"
                                                 : " accesses it");
    }
    words_add(words, "%s", first ? ")" : "");
}

void brief_failure(FILE *out, const struct explore_options *options,
                   struct explore_result *result)
{
    struct words words = {NULL, 0, 0};
    struct story story;
    words_begin();
    bool beyond_x86 = is_beyond_x86(options, result);
    story_record(&story, options, result);
    (void)rows_number(&story);
    const struct step *last = main_step(&story);
    const void *site =
        last != NULL && last->site != NULL ? last->site : story.failure.site;
    rows_headline(&words);
    if (last != NULL) {
        add_what(&words, &story, last, true);
    }
    brief_line(out, site, "error", words_text(&words));
    words_free(&words);
    for (size_t i = 0; i < story.count; i++) {
        const struct step *step = &story.step[i];
        if (step->failing && step != last && step->site != NULL) {
            add_what(&words, &story, step, false);
            brief_line(out, step->site, "note", words_text(&words));
            words_free(&words);
        }
    }
    if (beyond_x86) {
        brief_line(out, site, "note", BEYOND_X86);
    }
    story_free(&story);
}

/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "check/explore/jobs.h"
#include "check/judge.h"
#include "check/saved.h"
#include "check/show/bound.h"
#include "check/show/brief.h"
#include "check/show/dot.h"
#include "check/show/record.h"
#include "check/show/report.h"
#include "check/show/table.h"
#include "common/memory.h"
#include "virtual/ground/memory.h"
#include "virtual/program/program.h"
#include "virtual/program/tool.h"

/* --- exploring ---------------------------------------------------------------------- */

static double seconds_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double began, printed_at;

static void show_progress(void)
{
    double now = seconds_now();
    if (now - printed_at < 0.5) {
        return;
    }
    printed_at = now;
    struct explore_result so_far;
    jobs_totals(&so_far);
    if (so_far.explored > 0) {
        double seconds = now - began;
        char bound[48] = "";
        if (explore_deviations() >= 0) {
            (void)snprintf(bound, sizeof bound,
                           "up to %lld deviations: ", (long long)explore_deviations());
        }
        (void)fprintf(
            vm_err,
            "\r\033[K%s%llu executions, %.1f s; about %.2g in all, and %.2g s left",
            bound, (unsigned long long)so_far.executions, seconds,
            (double)so_far.executions / so_far.explored,
            seconds / so_far.explored - seconds);
        (void)fflush(vm_err);
    }
}

static void end_progress(void)
{
    if (vm_terminal.err) {
        (void)fputs("\r\033[K", vm_err);
    }
}

static int (*program_main)(int, char **, char **);

static const struct texts *program_arguments;

/* Words that the program may write to: the same in each run. */
static char **copy_arguments(int *count)
{
    static char **words;
    static size_t room;
    size_t number = program_arguments->count + 1;
    if (words == NULL) {
        room = sizeof "program";
        for (size_t i = 1; i < number; i++) {
            room += strlen(program_arguments->items[i - 1]) + 1;
        }
        size_t size = (number + 1) * sizeof *words + room;
        words = zeroed(1, size);
        vm_memory_add(words, size);
    }
    char *at = (char *)(words + number + 1);
    for (size_t i = 0; i < number; i++) {
        words[i] = at;
        at = stpcpy(at, i == 0 ? "program" : program_arguments->items[i - 1]) + 1;
    }
    words[number] = NULL;
    *count = (int)number;
    return words;
}

__attribute__((noinline)) static int call_main(int count, char **arguments)
{
    VM_PROGRAM_BEGINS();
    return program_main(count, arguments, environ);
}

static void run_main(void)
{
    int count;
    char **arguments = copy_arguments(&count);
    vm_exit(call_main(count, arguments), NULL);
}

static void show_execution(const struct graph *graph, void *context)
{
    const struct options *options = context;
    if (options->verbose) {
        size_t size;
        char *text = vm_output_caught(&size);
        (void)fputs("--- execution\n", vm_out);
        (void)fwrite(text, 1, size, vm_out);
        free(text);
    }
    if (options->executions) {
        report_line(vm_out, graph);
    }
    if (options->jobs > 1) {
        (void)fflush(vm_out);
    }
}

/* To throw away what was printed takes calls of the system, which would be a tenth of the
   time that a short program takes. */
static void begin_run(bool shown)
{
    enum { SELDOM = 64 };
    static unsigned runs;
    if (shown || ++runs % SELDOM == 0) {
        vm_output_begin();
    } else {
        vm_output_purge();
    }
}

struct explore_options explore_options_of(const struct options *options)
{
    return (struct explore_options){
        .model = (enum memory_model)options->model,
        .same_thread = options->same_thread != 0,
        .spurious = options->spurious,
        .wakes = options->early_returns != NO_EARLY_RETURNS,
        .interrupts = options->interrupts,
        .all_early_returns = options->early_returns == ALL_EARLY_RETURNS,
        .events = options->events,
        .symmetry = !options->no_symmetry && !options->verbose && !options->executions,
        .deviations = options->deviations,
        .idle_turns =
            !options->verbose && !options->executions && options->deviations == 0,
        .jobs = options->jobs,
        .until = options->time == 0 ? 0 : seconds_now() + options->time,
        .program = run_main,
        .begin = begin_run,
        .tick = vm_terminal.err && !options->executions ? show_progress : NULL,
        .bounded = bound_text,
        .execution = options->verbose || options->executions ? show_execution : NULL,
        .context = (void *)(uintptr_t)options,
    };
}

/* Whether nothing but the number of deviations is what makes it inconclusive. */
static bool is_covered(const struct explore_result *result)
{
    return result->verdict == INCONCLUSIVE && result->covered >= 0 &&
           result->why[0] == '\0' && !result->interrupted && !result->bound;
}

void check_loaded(const struct explore_options *how, struct explore_result *result,
                  double *seconds)
{
    began = printed_at = seconds_now();
    explore(how, result);
    *seconds = seconds_now() - began;
    end_progress();
    bool nothing_wrong = result->verdict == VERIFIED || is_covered(result);
    if (nothing_wrong && vm_unseen() != NULL) {
        result->verdict = INCONCLUSIVE;
        (void)snprintf(result->why, sizeof result->why,
                       "nothing wrong was seen, but what these do is not seen: %s",
                       vm_unseen());
    } else if (nothing_wrong && (vm_left_open & VM_LEFT_STREAMS) != 0) {
        result->verdict = INCONCLUSIVE;
        (void)snprintf(result->why, sizeof result->why,
                       "nothing wrong was seen, but C++'s streams are not, beside output "
                       "that takes no lock");
    } else if (nothing_wrong && (vm_left_open & VM_LEFT_NUMBERS) != 0) {
        result->verdict = INCONCLUSIVE;
        (void)snprintf(result->why, sizeof result->why,
                       "nothing wrong was seen, but of __VERIFIER_nondet_… only 0 and 1 "
                       "were tried");
    }
}

/* --- saying what came out ----------------------------------------------------------- */

static const char *verdict_word(const struct explore_result *result)
{
    static const char *const words[] = {"verified", "wrong", "inconclusive", "refused"};
    return words[result->verdict];
}

/* The most memory that this process has had. */
static double megabytes(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (double)usage.ru_maxrss / 1024 : 0;
}

static const char bound_advice[] =
    "A loop that ends needs a greater --bound, or fewer turns; one that waits needs an "
    "lks_await, or tries that change nothing; __VERIFIER_assume leaves out what is not "
    "of interest.";

/* What a search with --deviations has seen all of; and, if it was ended, which part it is
   in. */
static void say_covered(const struct explore_result *result, char *text, size_t size)
{
    long long most = result->covered, now = explore_deviations();
    char covered[64] = "";
    if (most >= 0) {
        (void)snprintf(covered, sizeof covered, "no fault with up to %lld deviation%s",
                       most, most == 1 ? "" : "s");
    }
    if (result->interrupted) {
        (void)snprintf(text, size, "%s%swith up to %lld deviation%s ", covered,
                       most >= 0 ? "; " : "", now, now == 1 ? "" : "s");
    } else if (most >= 0) {
        (void)snprintf(text, size, "%s%s", covered,
                       result->beyond ? "" : ", and no execution has more");
    }
}

const char *assumed(void)
{
    static char text[512];
    const char *proved = vm_library_used();
    (void)snprintf(text, sizeof text, "%s%s%s%s",
                   proved[0] != '\0' || vm_volatile_relaxed ? ", taking " : "",
                   vm_plain_relaxed      ? "plain accesses as relaxed atomics"
                   : vm_volatile_relaxed ? "volatile accesses as relaxed atomics"
                                         : "",
                   proved[0] != '\0' && vm_volatile_relaxed ? ", and " : "", proved);
    if (proved[0] != '\0') {
        (void)strncat(text, " as proved", sizeof text - strlen(text) - 1);
    }
    if (vm_optimised_by != NULL) {
        size_t length = strlen(text);
        (void)snprintf(text + length, sizeof text - length,
                       ", for the accesses that %s leaves", vm_optimised_by);
    }
    (void)strncat(text, vm_openmp_said(), sizeof text - strlen(text) - 1);
    if ((vm_left_open & VM_LEFT_SIGNALS) != 0) {
        (void)strncat(text, ", without signals", sizeof text - strlen(text) - 1);
    }
    return text;
}

static const char *reason(const struct explore_options *how,
                          const struct explore_result *result, double seconds, char *text,
                          size_t size)
{
    if (result->verdict == WRONG) {
        return result->failure.text;
    }
    if (result->why[0] != '\0') {
        return result->why;
    }
    if (result->verdict == VERIFIED) {
        (void)snprintf(text, size, "no execution is wrong%s", assumed());
        return text;
    }
    char covered[128] = "";
    if (how->deviations > 0) {
        say_covered(result, covered, sizeof covered);
    }
    if (result->interrupted) {
        (void)snprintf(text, size, "%s after %.*f s: %sabout %.3g %% explored",
                       result->late ? "stopped" : "interrupted", seconds < 10 ? 1 : 0,
                       seconds, covered, 100 * result->explored);
    } else if (covered[0] != '\0' && !result->bound) {
        (void)snprintf(text, size, "%s", covered);
    } else if (result->loop[0] != '\0') {
        (void)snprintf(text, size, "%s. %s", result->loop, bound_advice);
    } else {
        (void)snprintf(text, size, "a thread reached the bound of %u atomic events",
                       how->events);
    }
    return text;
}

void tell_executions(const struct explore_result *result)
{
    (void)fprintf(vm_out, "%llu execution%s", (unsigned long long)result->executions,
                  result->executions == 1 ? "" : "s");
    if (result->stand_for != result->executions) {
        (void)fprintf(
            vm_out, ", which stand%s for %s%llu", result->executions == 1 ? "s" : "",
            result->inexact ? "at most " : "", (unsigned long long)result->stand_for);
    }
    (void)fprintf(
        vm_out, " (%llu blocked%s)", (unsigned long long)result->blocked,
        result->left > 0 ? ", also by threads that wait when the program is over" : "");
}

static void tell_counts(const struct explore_options *how,
                        const struct explore_result *result, double seconds)
{
    (void)fprintf(vm_out, "%u thread%s, ", result->threads,
                  result->threads == 1 ? "" : "s");
    tell_executions(result);
    (void)fputs(", ", vm_out);
    if (result->early_possible) {
        (void)fprintf(vm_out, "%llu more%s in which one wait returned early, ",
                      (unsigned long long)result->early,
                      result->early_cut ? " (not all there are)" : "");
    }
    (void)fprintf(vm_out, "%.3g s, %.0f MB; ", seconds, megabytes());
    tell_bounds(how);
}

void tell_bounds(const struct explore_options *how)
{
    static const char *const models[] = {"RC11", "sequential consistency", "x86-TSO"};
    (void)fprintf(vm_out, "%s%s%s, at most %u atomic events a thread, ",
                  models[how->model],
                  how->same_thread ? " with same-thread release sequences" : "",
                  vm_has_membarrier ? "" : ", no membarrier", how->events);
    if (how->spurious == 0) {
        (void)fputs("no spurious failures", vm_out);
    } else {
        (void)fprintf(vm_out, "%u spurious failure%s a thread", how->spurious,
                      how->spurious == 1 ? "" : "s");
    }
    (void)fprintf(vm_out, "%s%s\n", how->wakes ? "" : ", waits return only when woken",
                  how->interrupts ? ", interrupted semaphores" : "");
}

static void put_warning(const struct options *options, const void *site, const char *text)
{
    struct vm_source source;
    if (options->brief) {
        brief_line(vm_out, site, "warning", text);
    } else if (vm_source_of(site, &source)) {
        (void)fprintf(vm_out, "lockcheck: warning: %s:%d: %s\n", source.file, source.line,
                      text);
    }
}

static void put_warnings(const struct options *options,
                         const struct explore_result *result)
{
    if (result->stuck != NULL) {
        put_warning(options, result->stuck,
                    "when the program is over, a thread waits here for ever, for a lock "
                    "or a value (join the threads to see how)");
    }
    if (result->leaked > 0) {
        put_warning(options, result->leak,
                    result->leaked > 1 ? "allocated and never freed (and others)"
                                       : "allocated and never freed");
    }
}

/* Of several locks that are wrong --save and --dot have the first. False when one cannot
   be written, said on stderr. */
static bool tell_wrong(const struct options *options, const struct check *check,
                       const struct explore_options *how, struct explore_result *result)
{
    static bool is_kept;
    bool written = true;
    if (options->save != NULL && !is_kept) {
        written = saved_write(options->save, options, check != NULL ? check->name : NULL,
                              result->graph) == 0;
    }
    if (options->brief) {
        brief_failure(vm_out, how, result);
    } else if (options->format == TABLE) {
        report_failure(vm_out, how, result, options->verbose, vm_terminal.out,
                       vm_terminal.columns);
        report_advice(vm_out);
    }
    if (options->dot != NULL && !is_kept) {
        written = dot_write(options->dot, how, result) == 0 && written;
    }
    is_kept = true;
    return written;
}

/* Whether what ended the search is a thread that reached the bound. */
static bool has_loop(const struct explore_result *result)
{
    return result->verdict == INCONCLUSIVE && result->why[0] == '\0' &&
           !result->interrupted && result->loop[0] != '\0';
}

static void tell_loop(const struct options *options, const struct explore_result *result)
{
    if (has_loop(result) && options->brief) {
        brief_line(vm_out, NULL, "warning", result->loop);
    } else if (has_loop(result)) {
        (void)fputc('\n', vm_out);
        char text[1024];
        (void)snprintf(text, sizeof text, "%s. %s", result->loop, bound_advice);
        print_wrapped(vm_out, text, 2, vm_terminal.columns);
        (void)fputc('\n', vm_out);
    }
}

/* All but the execution that is wrong. */
static int tell_result(const struct options *options, const struct check *check,
                       const struct explore_options *how, struct explore_result *result,
                       double seconds)
{
    static const int status[] = {[VERIFIED] = STATUS_GOOD,
                                 [WRONG] = STATUS_WRONG,
                                 [INCONCLUSIVE] = STATUS_NO_VERDICT,
                                 [REFUSED] = STATUS_CANNOT};
    char text[1024];
    if (result->verdict == REFUSED) {
        struct vm_source source;
        if (options->brief) {
            brief_line(vm_err, result->failure.site, "error", result->why);
        } else if (result->failure.site != NULL &&
                   vm_source_of(result->failure.site, &source)) {
            (void)fprintf(vm_err, "lockcheck: %s:%d: %s\n", source.file, source.line,
                          result->why);
        } else {
            (void)fprintf(vm_err, "lockcheck: %s\n", result->why);
        }
        return 3;
    }
    if (options->format != TABLE) {
        record_result(options, check, how, result,
                      reason(how, result, seconds, text, sizeof text));
    } else {
        tell_loop(options, result);
        if (result->verdict == VERIFIED) {
            put_warnings(options, result);
        }
        (void)fprintf(vm_out, "lockcheck: %s%s: ", verdict_word(result), assumed());
        if (has_loop(result)) {
            (void)fputs("a thread reached the bound: ", vm_out);
        } else if (result->verdict == INCONCLUSIVE) {
            (void)fprintf(vm_out,
                          "%s: ", reason(how, result, seconds, text, sizeof text));
        }
        tell_counts(how, result, seconds);
    }
    return status[result->verdict];
}

int tell(const struct options *options, const struct check *check,
         const struct explore_options *how, struct explore_result *result, double seconds)
{
    if (result->elsewhere) { /* the process that found it has told it */
        return 1;
    }
    struct explore_result totals = *result;
    jobs_totals(&totals);
    bool written = result->verdict != WRONG || tell_wrong(options, check, how, result);
    int status = tell_result(options, check, how, &totals, seconds);
    return written ? status : STATUS_CANNOT;
}

/* --- a program ---------------------------------------------------------------------- */

static const struct options *catching;

/* What is wrong in a constructor: there is no execution to show. */
static void tell_constructor(const struct failure *failure)
{
    struct vm_source source;
    if (catching->brief) {
        char text[sizeof failure->text + 64];
        (void)snprintf(text, sizeof text, "%s: %s (in a constructor)", failure->kind,
                       failure->text);
        brief_line(vm_out, failure->site, "error", text);
        return;
    }
    (void)fprintf(vm_out, "lockcheck: wrong: %s: %s\n", failure->kind, failure->text);
    if (failure->site != NULL && vm_source_of(failure->site, &source)) {
        (void)fprintf(vm_out, "\n  %s:%d: in %s, in a constructor of the program\n\n",
                      source.file, source.line, source.function);
    } else {
        (void)fputs("\n  in a constructor of the program\n\n", vm_out);
    }
}

static void tell_outside(const struct explore_result *result)
{
    struct explore_options how = explore_options_of(catching);
    struct explore_result all = *result;
    if (all.verdict == WRONG && catching->format == TABLE) {
        tell_constructor(&all.failure);
    }
    judge_sign(tell_result(catching, NULL, &how, &all, 0));
}

static void catch_program(void)
{
    vm_output_catch(true);
    explore_outside = tell_outside;
    vm_guard_begin(&(struct vm_guard){
        .interrupt = jobs_interrupt, .steps = explore_steps, .give_up = explore_give_up});
}

void prepare_program(const struct options *options)
{
    catching = options;
    vm_has_membarrier = !options->no_membarrier;
    vm_volatile_relaxed = options->relaxed != 0;
    vm_plain_relaxed = options->plain_relaxed != 0;
    vm_library_trusted = options->trust_library;
    vm_before_load = catch_program;
    vm_most_processors = MAX_THREADS;
    vm_trusted = texts_of(&options->trust);
    vm_heap_limit = (size_t)options->memory << 20;
}

int load_program(const struct options *options)
{
    prepare_program(options);
    if (!vm_load_sources(options->sources, options->flags)) {
        return 3;
    }
    *(void **)&program_main = vm_symbol("main");
    program_arguments = &options->arguments;
    return 0;
}

int check_program(const struct options *options)
{
    if (load_program(options) != 0) {
        return 3;
    }
    struct explore_options how = explore_options_of(options);
    struct explore_result result;
    double seconds;
    check_loaded(&how, &result, &seconds);
    return tell(options, NULL, &how, &result, seconds);
}

int replay_saved(const struct options *options)
{
    struct options saved = *options;
    static struct graph graph;
    if (saved_read(options->replay, &saved, &graph) != 0) {
        return 3;
    }
    struct explore_options how = explore_options_of(&saved);
    const struct check *check = NULL;
    if (saved.check != NULL) {
        catalog_check = check = catalog_check_of(&saved);
        how.program = catalog_program;
    } else if (load_program(&saved) != 0) {
        return 3;
    }
    struct explore_result result = {.threads = graph.threads};
    double start = seconds_now();
    jobs_begin(1);
    explore_again(&how, &graph, NULL, &result);
    if (result.verdict != WRONG) {
        (void)fprintf(vm_err,
                      "lockcheck: %s: the program does not do what was saved: it has "
                      "been changed since\n",
                      options->replay);
        return 3;
    }
    jobs_publish(&result);
    if (check != NULL) {
        tell_heading(&saved, check);
    }
    return tell(&saved, check, &how, &result, seconds_now() - start);
}

/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "dot.h"
#include "guard.h"
#include "jobs.h"
#include "output.h"
#include "program.h"
#include "report.h"
#include "saved.h"

/* --- a directory of our own --------------------------------------------------------- */

static char directory[512];
static pid_t owner;

void remove_scratch(void)
{
    DIR *stream = getpid() == owner ? opendir(directory) : NULL;
    if (stream == NULL) {
        return;
    }
    for (const struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        if (entry->d_name[0] != '.') {
            (void)unlinkat(dirfd(stream), entry->d_name, 0);
        }
    }
    (void)closedir(stream);
    (void)rmdir(directory);
}

/* While the program is compiled; later there is something to tell (guard.c). */
static void leave(int signal_number)
{
    remove_scratch();
    _exit(128 + signal_number);
}

static const char *scratch(void)
{
    if (directory[0] == '\0') {
        const char *where = getenv("TMPDIR");
        (void)snprintf(directory, sizeof directory, "%s/lockcheck-XXXXXX",
                       where != NULL && where[0] != '\0' ? where : "/tmp");
        if (mkdtemp(directory) == NULL) {
            (void)fprintf(err, "lockcheck: %s: %s (TMPDIR names another directory)\n",
                          directory, strerror(errno));
            exit(3);
        }
        owner = getpid();
        (void)atexit(remove_scratch);
        (void)signal(SIGINT, leave);
        (void)signal(SIGTERM, leave);
        (void)signal(SIGHUP, leave);
    }
    return directory;
}

static void scratch_path(char *path, size_t size, const char *name)
{
    (void)snprintf(path, size, "%s/%s", scratch(), name);
}

void unpack(const char *name, const unsigned char *begin, const unsigned char *end,
            char *path, size_t size)
{
    scratch_path(path, size, name);
    FILE *file = fopen(path, "w");
    bool written = file != NULL &&
                   fwrite(begin, 1, (size_t)(end - begin), file) == (size_t)(end - begin);
    if (file == NULL || fclose(file) != 0 || !written) {
        (void)fprintf(err, "lockcheck: %s: %s\n", path, strerror(errno));
        exit(3);
    }
}

/* --- exploring ---------------------------------------------------------------------- */

static double seconds_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double began, told_at;

static void show_progress(void)
{
    double now = seconds_now();
    if (now - told_at < 0.5) {
        return;
    }
    told_at = now;
    struct explore_result so_far;
    jobs_totals(&so_far);
    if (so_far.explored > 0) {
        (void)fprintf(err, "\r\033[K%llu executions, %.1f s; about %.3g in all",
                      (unsigned long long)so_far.executions, now - began,
                      (double)so_far.executions / so_far.explored);
    }
}

static void end_progress(void)
{
    if (isatty(fileno(err))) {
        (void)fputs("\r\033[K", err);
    }
}

static int (*program_main)(int, char **, char **);

_Noreturn void vm_exit(int status, const void *site);

static void run_main(void)
{
    static char name[] = "program";
    static char *arguments[] = {name, NULL};
    static char *environment[] = {NULL};
    vm_exit(program_main(1, arguments, environment), NULL);
}

static void show_execution(const struct graph *graph, void *context)
{
    const struct options *options = context;
    if (options->verbose) {
        size_t size;
        char *text = output_caught(&size);
        (void)fputs("--- execution\n", out);
        (void)fwrite(text, 1, size, out);
        free(text);
    }
    if (options->list) {
        report_line(out, graph);
    }
    if (options->jobs > 1) {
        (void)fflush(out);
    }
}

struct explore_options explore_options_of(const struct options *options)
{
    return (struct explore_options){
        .sequential = options->sequential,
        .same_thread = options->same_thread,
        .spurious = options->spurious,
        .events = options->events,
        .jobs = options->jobs,
        .program = run_main,
        .begin = output_begin,
        .tick = isatty(fileno(err)) && !options->list ? show_progress : NULL,
        .execution = options->verbose || options->list ? show_execution : NULL,
        .context = (void *)(uintptr_t)options,
    };
}

void check_loaded(const struct explore_options *how, struct explore_result *result,
                  double *seconds)
{
    began = told_at = seconds_now();
    explore(how, result);
    *seconds = seconds_now() - began;
    end_progress();
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

static void put_json_string(const char *text)
{
    (void)fputc('"', out);
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            (void)fprintf(out, "\\%c", c);
        } else if (c < ' ') {
            (void)fprintf(out, "\\u%04x", c);
        } else {
            (void)fputc(c, out);
        }
    }
    (void)fputc('"', out);
}

static void put_json_place(const char *key, int thread, const void *site)
{
    struct vm_source source;
    if (site == NULL || !vm_source_of(site, &source)) {
        return;
    }
    (void)fprintf(out, ", \"%s\": {\"thread\": %d, \"file\": ", key, thread);
    put_json_string(source.file);
    (void)fprintf(out, ", \"line\": %d, \"column\": %d}", source.line, source.column);
}

static const char *reason(const struct explore_options *how,
                          const struct explore_result *result, char *text, size_t size)
{
    if (result->verdict == WRONG) {
        return result->failure.text;
    }
    if (result->why[0] != '\0') {
        return result->why;
    }
    if (result->verdict != INCONCLUSIVE) {
        return "";
    }
    if (result->bound) {
        (void)snprintf(
            text, size,
            "a thread reached the bound of %u atomic events, or made 4 million "
            "plain accesses in between (a loop that is not a wait? --bound N)",
            how->events);
    } else {
        (void)snprintf(text, size, "interrupted; about %.3g %% was explored",
                       100 * result->explored);
    }
    return text;
}

void tell_json(const char *name, const struct explore_options *how,
               const struct explore_result *result, double seconds)
{
    char text[256];
    const struct failure *failure = &result->failure;
    (void)fputc('{', out);
    if (name != NULL) {
        (void)fprintf(out, "\"name\": \"%s\", ", name);
    }
    (void)fprintf(out, "\"verdict\": \"%s\", \"kind\": ", verdict_word(result));
    if (result->verdict == WRONG) {
        put_json_string(failure->kind);
    } else {
        (void)fputs("null", out);
    }
    (void)fprintf(out,
                  ", \"executions\": %llu, \"blocked\": %llu, \"seconds\": %.6f, "
                  "\"threads\": %u, \"runs\": %llu, \"explored\": %.6g, "
                  "\"model\": \"%s\", \"spurious\": %u, \"bound\": %u, \"leaked\": %zu, "
                  "\"megabytes\": %.1f, \"message\": ",
                  (unsigned long long)result->executions,
                  (unsigned long long)result->blocked, seconds, result->threads,
                  (unsigned long long)result->runs, result->explored,
                  how->sequential ? "sc" : "rc11", how->spurious, how->events,
                  result->leaked, megabytes());
    put_json_string(reason(how, result, text, sizeof text));
    if (result->verdict == WRONG) {
        put_json_place("at", failure->thread, failure->site);
        put_json_place("other", failure->other, failure->other_site);
    }
    (void)fputs("}", out);
}

static void tell_counts(const struct explore_options *how,
                        const struct explore_result *result, double seconds)
{
    (void)fprintf(
        out, "%u thread%s, %llu execution%s (%llu blocked), %.3g s; ", result->threads,
        result->threads == 1 ? "" : "s", (unsigned long long)result->executions,
        result->executions == 1 ? "" : "s", (unsigned long long)result->blocked, seconds);
    tell_bounds(how);
}

void tell_bounds(const struct explore_options *how)
{
    (void)fprintf(out, "%s%s, at most %u atomic events a thread, ",
                  how->sequential ? "sequential consistency" : "RC11",
                  how->same_thread ? " with same-thread release sequences" : "",
                  how->events);
    if (how->spurious == 0) {
        (void)fputs("no spurious failures\n", out);
    } else {
        (void)fprintf(out, "%u spurious failure%s a thread\n", how->spurious,
                      how->spurious == 1 ? "" : "s");
    }
}

static void tell_leak(const struct explore_result *result)
{
    struct vm_source source;
    if (result->leaked > 0 && vm_source_of(result->leak, &source)) {
        (void)fprintf(out, "lockcheck: warning: %s:%d: allocated and never freed%s\n",
                      source.file, source.line,
                      result->leaked > 1 ? " (and others)" : "");
    }
}

static unsigned columns(void)
{
    struct winsize window;
    if (ioctl(fileno(out), TIOCGWINSZ, &window) == 0 && window.ws_col >= 40) {
        return window.ws_col;
    }
    return 100;
}

static void tell_wrong(const struct options *options, const struct explore_options *how,
                       struct explore_result *result)
{
    if (options->save != NULL) {
        (void)saved_write(options->save, options, result->graph);
    }
    if (!options->json) {
        report_failure(out, how, result, isatty(fileno(out)), columns());
    }
    if (options->dot != NULL) {
        (void)dot_write(options->dot, how, result);
    }
}

int tell(const struct options *options, const struct explore_options *how,
         struct explore_result *result, double seconds)
{
    static const int status[] = {0, 1, 2, 3};
    char text[256];
    if (result->elsewhere) { /* the process that found it has told it */
        return 1;
    }
    struct explore_result totals = *result;
    jobs_totals(&totals);
    if (result->verdict == WRONG) {
        tell_wrong(options, how, result);
    }
    totals.verdict = result->verdict;
    if (result->verdict == REFUSED) {
        struct vm_source source;
        if (result->failure.site != NULL && vm_source_of(result->failure.site, &source)) {
            (void)fprintf(err, "lockcheck: %s:%d: %s\n", source.file, source.line,
                          result->why);
        } else {
            (void)fprintf(err, "lockcheck: %s\n", result->why);
        }
        return 3;
    }
    if (options->json) {
        tell_json(options->check, how, &totals, seconds);
        (void)fputc('\n', out);
    } else {
        (void)fprintf(out, "lockcheck: %s: ", verdict_word(result));
        if (result->verdict == INCONCLUSIVE) {
            (void)fprintf(out, "%s: ", reason(how, result, text, sizeof text));
        }
        tell_counts(how, &totals, seconds);
        if (result->verdict == VERIFIED) {
            tell_leak(&totals);
        }
    }
    return status[result->verdict];
}

/* --- a program ---------------------------------------------------------------------- */

extern const unsigned char instrumented_library[], instrumented_library_end[];

static const char *compiler(const char *variable, const char *usual)
{
    const char *named = getenv(variable);
    return named != NULL && named[0] != '\0' ? named : usual;
}

int load_program(const struct options *options)
{
    char archive[600], program[600];
    unpack("liblockstep.a", instrumented_library, instrumented_library_end, archive,
           sizeof archive);
    struct vm_build build = {.sources = options->sources,
                             .flags = options->flags,
                             .cc = compiler("CC", "cc"),
                             .cxx = compiler("CXX", "c++"),
                             .archive = archive,
                             .directory = scratch()};
    if (vm_build(&build, program, sizeof program) != 0 || vm_load(program) != 0) {
        return 3;
    }
    *(void **)&program_main = vm_symbol("main");
    output_catch();
    guard_begin();
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
    return tell(options, &how, &result, seconds);
}

int replay_saved(const struct options *options)
{
    struct options saved = *options;
    static struct graph graph;
    if (saved_read(options->replay, &saved, &graph) != 0 || load_program(&saved) != 0) {
        return 3;
    }
    struct explore_options how = explore_options_of(&saved);
    struct explore_result result = {.threads = graph.threads};
    double start = seconds_now();
    jobs_begin(1);
    explore_again(&how, &graph, NULL, &result);
    if (result.verdict != WRONG) {
        (void)fprintf(err,
                      "lockcheck: %s: the program does not do what was saved: it has "
                      "been changed since\n",
                      options->replay);
        return 3;
    }
    return tell(&saved, &how, &result, seconds_now() - start);
}

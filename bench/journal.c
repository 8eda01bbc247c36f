/* SPDX-License-Identifier: MIT */
/*
 * The first line says which command and machine it is; then, for each launch, one says
 * when it began, and one follows for each of its steps, in their order.
 */
#include "bench/journal.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench/fields.h"
#include "bench/own.h"
#include "common/input.h"
#include "common/json.h"
#include "common/memory.h"

static FILE *file; /* NULL: there is none */
static const char *path;
static json_t *lines; /* that were there, as an array */
static size_t next;   /* of them */

_Noreturn static void refuse_file(const char *why)
{
    refuse("--resume: %s: %s", path, why);
}

static unsigned whole(const json_t *object, const char *name)
{
    return (unsigned)json_integer_value(json_object_get(object, name));
}

static void write_line(json_t *line)
{
    enum { EXACT = 17 }; /* digits of a double */
    if (json_dumpf(line, file, JSON_REAL_PRECISION(EXACT)) != 0 ||
        fputc('\n', file) == EOF || fflush(file) != 0) {
        refuse_file(strerror(errno));
    }
    json_decref(line);
}

/* --- the file --- */

static void add_all(json_t *array, const char *const *texts)
{
    for (; *texts != NULL; texts++) {
        (void)json_array_append_new(array, json_text(*texts));
    }
}

/* What must be the same for it to go on. */
static json_t *identity_of(const struct options *options, const char *machine)
{
    static const char *const free_to_change[] = {"format", "output", "verbose", "resume",
                                                 "baseline"};
    json_t *identity = json_object();
    json_t *in_force = options_in_force(&command_line);
    json_t *sources = json_array();
    char host[256] = "";
    (void)gethostname(host, sizeof host - 1);
    for (size_t i = 0; i < sizeof free_to_change / sizeof *free_to_change; i++) {
        (void)json_object_del(in_force, free_to_change[i]);
    }
    add_all(sources, options->sources);
    add_all(sources, options->flags);
    set(identity, "version", json_text(LOCKSTEP_VERSION));
    set(identity, "host", json_text(host));
    set(identity, "machine", json_text(machine));
    set(identity, "options", in_force);
    set(identity, "sources", sources);
    set(identity, "contents", json_text(own_digest()));
    return identity;
}

/* A last line that is not whole was being written when the program ended: it goes. */
static void read_lines(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    long end = 0;
    lines = json_array();
    while ((length = getline(&line, &room, file)) > 0 && line[length - 1] == '\n') {
        json_t *object = json_loads(line, 0, NULL);
        if (!json_is_object(object)) {
            refuse_file("is no file of lockbench --resume");
        }
        (void)json_array_append_new(lines, object);
        end += length;
    }
    free(line);
    if (fseek(file, end, SEEK_SET) != 0 || ftruncate(fileno(file), end) != 0) {
        refuse_file(strerror(errno));
    }
}

const char *journal_open(const struct options *options, const char *machine,
                         const char *session)
{
    path = options->resume;
    if (path == NULL) {
        return session;
    }
    file = input_open(path, "r+e");
    file = file == NULL && errno == ENOENT ? fopen(path, "w+e") : file;
    if (file == NULL) {
        refuse_file(strerror(errno));
    }
    read_lines();
    json_t *identity = identity_of(options, machine);
    const json_t *first = json_array_get(lines, 0);
    if (first == NULL) {
        json_t *line = json_object();
        set(line, "session", json_text(session));
        set(line, "identity", identity);
        write_line(line);
        return session;
    }
    const json_t *before = json_object_get(first, "identity");
    if (before == NULL) {
        refuse_file("is no file of lockbench --resume");
    }
    if (!json_equal(json_object_get(before, "options"),
                    json_object_get(identity, "options"))) {
        refuse_file("was begun with other options");
    }
    if (json_equal(json_object_get(before, "sources"),
                   json_object_get(identity, "sources")) &&
        !json_equal(json_object_get(before, "contents"),
                    json_object_get(identity, "contents"))) {
        refuse_file("your files have changed since it was begun");
    }
    if (!json_equal(before, identity)) {
        refuse_file("was begun on another machine, by another version, or with other "
                    "files");
    }
    json_decref(identity);
    const char *name = json_string_value(json_object_get(first, "session"));
    return name != NULL ? name : session;
}

/* The next line of this launch, or NULL. */
static const json_t *next_line(unsigned launch)
{
    while (next < json_array_size(lines)) {
        const json_t *line = json_array_get(lines, next++);
        if (whole(line, "launch") == launch) {
            return line;
        }
    }
    return NULL;
}

void journal_begin(const struct options *options, time_t *started,
                   struct clock_facts *clock)
{
    if (file == NULL) {
        return;
    }
    const json_t *before = next_line(options->launch);
    if (before != NULL) {
        *started = (time_t)json_integer_value(json_object_get(before, "started"));
        *clock = (struct clock_facts){.read_ns = number_in(before, "read_ns"),
                                      .cycles_per_ns = number_in(before, "cycles_per_ns"),
                                      .loops_per_ns = number_in(before, "loops_per_ns")};
        return;
    }
    json_t *line = json_object();
    set(line, "launch", json_integer(options->launch));
    set(line, "started", json_integer((json_int_t)*started));
    set(line, "read_ns", json_real(clock->read_ns));
    set(line, "cycles_per_ns", json_real(clock->cycles_per_ns));
    set(line, "loops_per_ns", json_real(clock->loops_per_ns));
    write_line(line);
}

/* --- steps --- */

static json_t *run_object(const struct run *run)
{
    json_t *object = json_object();
    json_t *waits = json_array();
    if (!isnan(run->transfer_ns)) {
        set(object, "transfer_ns", json_real(run->transfer_ns));
    }
    set(object, "disturbance", json_real(run->disturbance));
    set(object, "disturbed", json_boolean(run->disturbed));
    for (int i = 0; i < METRICS; i++) {
        if (!isnan(run->outcome.values[i])) {
            set(object, metric_names[i], json_real(run->outcome.values[i]));
        }
    }
    for (int i = 0; i < OCTAVES; i++) {
        (void)json_array_append_new(waits, json_count(run->outcome.waits[i]));
    }
    set(object, "waits", waits);
    return object;
}

static void read_run(const json_t *object, struct run *run)
{
    const json_t *waits = json_object_get(object, "waits");
    run->outcome = no_outcome();
    run->transfer_ns = number_in(object, "transfer_ns");
    run->disturbance = number_in(object, "disturbance");
    run->disturbed = json_is_true(json_object_get(object, "disturbed"));
    for (int i = 0; i < METRICS; i++) {
        run->outcome.values[i] = number_in(object, metric_names[i]);
    }
    for (int i = 0; i < OCTAVES; i++) {
        run->outcome.waits[i] =
            (uint64_t)json_integer_value(json_array_get(waits, (size_t)i));
    }
    get_company(&run->outcome);
}

bool journal_take(struct step *step)
{
    struct run *run = &step->run;
    const json_t *line = file != NULL ? next_line(run->launch) : NULL;
    if (line == NULL) {
        return false;
    }
    if (strcmp(text_or_empty(line, "kind"), kind_facts[run->setting.kind].name) != 0 ||
        strcmp(text_or_empty(line, "name"), run->name) != 0 ||
        whole(line, "threads") != run->setting.threads ||
        number_in(line, "writes") != run->setting.writes ||
        whole(line, "round") != run->round) {
        refuse_file("its steps are not those of this command");
    }
    const json_t *made = json_object_get(line, "run");
    counters_were_missing(json_string_value(json_object_get(line, "counters_missing")));
    step->counts = json_is_object(made);
    step->unsettled = whole(line, "unsettled");
    step->disturbed = whole(line, "disturbed");
    step->broken = json_is_true(json_object_get(line, "broken"));
    if (step->counts) {
        read_run(made, run);
    }
    return true;
}

void journal_add(const struct step *step)
{
    const struct run *run = &step->run;
    if (file == NULL) {
        return;
    }
    json_t *line = json_object();
    set(line, "launch", json_integer(run->launch));
    set(line, "kind", json_text(kind_facts[run->setting.kind].name));
    set(line, "name", json_text(run->name));
    set(line, "threads", json_integer(run->setting.threads));
    set(line, "writes", json_real(run->setting.writes));
    set(line, "round", json_integer(run->round));
    set(line, "unsettled", json_integer(step->unsettled));
    set(line, "disturbed", json_integer(step->disturbed));
    set(line, "broken", json_boolean(step->broken));
    set(line, "counters_missing", json_text(counters_missing()));
    set(line, "run", step->counts ? run_object(run) : json_null());
    write_line(line);
}

/* SPDX-License-Identifier: MIT */
#include "check/saved.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "check/explore/model.h"
#include "check/show/words.h"
#include "common/input.h"
#include "common/memory.h"
#include "virtual/program/tool.h"

static const char first_line[] = "lockcheck execution 1";

static const char *const kinds[] = {
    [EVENT_BEGIN] = "begin",
    [EVENT_END] = "end",
    [EVENT_CREATE] = "create",
    [EVENT_JOIN] = "join",
    [EVENT_WAITED] = "waited",
    [EVENT_CHOICE] = "choice",
    [EVENT_FENCE] = "fence",
    [EVENT_LIGHT_FENCE] = "light-fence",
    [EVENT_HEAVY_FENCE] = "heavy-fence",
    [EVENT_READ] = "read",
    [EVENT_WRITE] = "write",
    [EVENT_UPDATE] = "update",
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static const char *const orders[] = {
    [VM_RELAXED] = "relaxed", [VM_CONSUME] = "consume", [VM_ACQUIRE] = "acquire",
    [VM_RELEASE] = "release", [VM_ACQ_REL] = "acq_rel", [VM_SEQ_CST] = "seq_cst",
};
enum { ORDERS = sizeof orders / sizeof *orders };

static const char *const models[] = {
    [MODEL_RC11] = "rc11", [MODEL_SC] = "sc", [MODEL_TSO] = "tso"};

/* --- writing ------------------------------------------------------------------------ */

static void write_id(FILE *file, event_id id)
{
    if (is_initial(id)) {
        (void)fputs(" initial", file);
    } else {
        (void)fprintf(file, " %u.%u", id.thread, id.index);
    }
}

static void write_event(FILE *file, const struct graph *graph, event_id id)
{
    const struct event *event = event_of(graph, id);
    (void)fprintf(file, "event %u.%u %s", id.thread, id.index, kinds[event->kind]);
    if (event->kind >= EVENT_FENCE) {
        (void)fprintf(file, " order %s", orders[event->order]);
    }
    if (accesses(event)) {
        (void)fprintf(file, " location %" PRIu32, event->location);
    }
    if (reads(event) || event->kind == EVENT_BEGIN || event->kind == EVENT_JOIN ||
        event->kind == EVENT_WAITED) {
        (void)fputs(" from", file);
        write_id(file, event->source);
    }
    if (event->kind == EVENT_CHOICE || event->kind == EVENT_WAITED) {
        (void)fprintf(file, " choice %u of %u", event->choice, event->choices);
    } else if (event->kind == EVENT_CREATE || event->kind == EVENT_JOIN) {
        (void)fprintf(file, " thread %u", event->choice);
    }
    (void)fprintf(file, " stamp %" PRIu32 " written %" PRIu32, event->stamp,
                  event->written);
    (void)fprintf(file, "%s%s%s%s%s%s%s", event->plain ? " plain" : "",
                  event->progress == SILENT ? " silent" : "",
                  event->progress == UNRESOLVED ? " fresh" : "",
                  is_unwritten(event) ? " unwritten" : "",
                  event->spurious ? " spurious" : "", event->early ? " early" : "",
                  event->again ? " again" : "");
    struct words words = {NULL, 0, 0};
    words_place(&words, event->site);
    (void)fprintf(file, "%s%s\n", words.length > 0 ? " # " : "", words_text(&words));
    words_free(&words);
}

static void write_graph(FILE *file, const struct graph *graph)
{
    (void)fprintf(file, "locations %" PRIu32 "\n", graph->locations);
    for (uint32_t i = 0; i < graph->locations; i++) {
        struct words words = {NULL, 0, 0};
        words_variable(&words, graph->location[i].address);
        (void)fprintf(file, "location %u # %" PRIu32 ": %s\n", graph->location[i].size, i,
                      words_text(&words));
        words_free(&words);
    }
    for (unsigned t = 0; t < graph->threads; t++) {
        for (uint32_t i = 0; i < graph->thread[t].events; i++) {
            write_event(file, graph, (event_id){(uint16_t)t, (uint16_t)i});
        }
    }
    for (uint32_t i = 0; i < graph->locations; i++) {
        const struct location *at = &graph->location[i];
        if (at->writes > 0) {
            (void)fprintf(file, "writes %" PRIu32, i);
            for (uint32_t w = 0; w < at->writes; w++) {
                write_id(file, at->order[w]);
            }
            (void)fputc('\n', file);
        }
    }
}

static void write_list(FILE *file, const char *word, const char *const *list)
{
    for (; list != NULL && *list != NULL; list++) {
        (void)fprintf(file, "%s %s\n", word, *list);
    }
}

int saved_write(const char *path, const struct options *options, const char *check,
                const struct graph *graph)
{
    FILE *file = fopen(path, "w");
    if (file != NULL) {
        words_begin();
        (void)fprintf(file, "%s\n", first_line);
        write_list(file, "source", options->sources);
        write_list(file, "flag", options->flags);
        write_list(file, "argument", options->arguments.items);
        write_list(file, "check", (const char *const[]){check, NULL});
        (void)fprintf(file,
                      "model %s\nsequences %s\nspurious %u\n%s%s%s"
                      "memory %u\nbound %u\n",
                      models[options->model],
                      options->same_thread ? "same-thread" : "c++20", options->spurious,
                      options->no_membarrier ? "membarrier no\n" : "",
                      options->plain_relaxed != 0 ? "plain relaxed\n"
                      : options->relaxed != 0     ? "volatile relaxed\n"
                                                  : "",
                      options->trust_library ? "library trusted\n" : "", options->memory,
                      options->events);
        (void)fputs(graph->lenient ? "orders taken\n" : "", file);
        write_graph(file, graph);
        (void)fputs("end\n", file);
    }
    if (file == NULL || fclose(file) != 0) {
        (void)fprintf(vm_err, "lockcheck: %s: %s\n", path, strerror(errno));
        return -1;
    }
    return 0;
}

/* --- reading ------------------------------------------------------------------------ */

/* The line that is being read, and the rest of it that has not been. */
struct reader {
    FILE *file;
    const char *path;
    unsigned number;
    char *line, *rest;
    size_t room;
    bool wrong;
};

static void complain(struct reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void complain(struct reader *reader, const char *format, ...)
{
    va_list arguments;
    if (!reader->wrong) { /* the first is enough */
        (void)fprintf(vm_err, "lockcheck: %s:%u: ", reader->path, reader->number);
        va_start(arguments, format);
        (void)vfprintf(vm_err, format, arguments);
        va_end(arguments);
        (void)fputc('\n', vm_err);
    }
    reader->wrong = true;
}

/* Goes to the next line that says something. */
static bool next_line(struct reader *reader)
{
    do {
        ssize_t length = getline(&reader->line, &reader->room, reader->file);
        reader->number++;
        if (length < 0) {
            complain(reader, "the file ends here, and there should be a line 'end'");
            return false;
        }
        reader->line[strcspn(reader->line, "\n")] = '\0';
        reader->rest = reader->line + strspn(reader->line, " ");
    } while (reader->rest[0] == '\0' || reader->rest[0] == '#');
    return true;
}

/* Takes the next word off the line; "" at its end, or where a comment begins. */
static const char *next_word(struct reader *reader)
{
    char *word = reader->rest + strspn(reader->rest, " ");
    size_t length = word[0] == '#' ? 0 : strcspn(word, " ");
    reader->rest = word + length;
    if (length > 0 && word[length] == ' ') {
        word[length] = '\0';
        reader->rest++;
    }
    return length == 0 ? "" : word;
}

/* If the line begins with the word, takes it off. */
static bool take(struct reader *reader, const char *word)
{
    size_t length = strlen(word);
    if (reader->wrong || strncmp(reader->rest, word, length) != 0 ||
        (reader->rest[length] != ' ' && reader->rest[length] != '\0')) {
        return false;
    }
    reader->rest += length + (reader->rest[length] == ' ');
    return true;
}

static void need(struct reader *reader, const char *word)
{
    if (!reader->wrong && !take(reader, word)) {
        complain(reader, "'%s' where '%s' should be", reader->rest, word);
    }
}

static unsigned long read_number(struct reader *reader, unsigned long greatest)
{
    const char *word = next_word(reader);
    char *end;
    errno = 0;
    unsigned long number = strtoul(word, &end, 10);
    if (word[0] < '0' || word[0] > '9' || *end != '\0' || errno != 0 ||
        number > greatest) {
        complain(reader, "'%s' where a number from 0 to %lu should be", word, greatest);
        return 0;
    }
    return number;
}

static event_id read_id(struct reader *reader, bool may_be_initial)
{
    const char *word = next_word(reader);
    unsigned thread, index;
    int length = 0;
    if (may_be_initial && strcmp(word, "initial") == 0) {
        return INITIAL;
    }
    if (sscanf(word, "%5u.%5u%n", &thread, &index, &length) != 2 ||
        word[length] != '\0' || thread >= MAX_THREADS || index >= UINT16_MAX) {
        complain(reader, "'%s' where an event should be, THREAD.NUMBER%s", word,
                 may_be_initial ? " or 'initial'" : "");
        return INITIAL;
    }
    return (event_id){(uint16_t)thread, (uint16_t)index};
}

static unsigned read_one_of(struct reader *reader, const char *const *words,
                            unsigned count)
{
    const char *word = next_word(reader);
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(word, words[i]) == 0) {
            return i;
        }
    }
    complain(reader, "'%s' where one of %s … %s should be", word, words[0],
             words[count - 1]);
    return 0;
}

/* --- what to build ------------------------------------------------------------------ */

static const char *const *read_list(struct reader *reader, const char *word)
{
    size_t count = 0;
    char **list = grow(NULL, sizeof *list);
    while (take(reader, word)) {
        list = grow(list, (count + 2) * sizeof *list);
        size_t length = strlen(reader->rest) + 1;
        list[count] = grow(NULL, length);
        memcpy(list[count++], reader->rest, length);
        next_line(reader);
    }
    list[count] = NULL;
    return (const char *const *)list;
}

static void read_options_of(struct reader *reader, struct options *options)
{
    static const char *const sequences[] = {"c++20", "same-thread"};
    static const char *const answers[] = {"yes", "no"};
    static const char *const volatiles[] = {"race", "relaxed"};
    static const char *const libraries[] = {"explored", "trusted"};
    options->sources = read_list(reader, "source");
    options->flags = read_list(reader, "flag");
    options->arguments = (struct texts){NULL, 0, 0};
    const char *const *arguments = read_list(reader, "argument");
    for (size_t i = 0; arguments[i] != NULL; i++) {
        texts_add(&options->arguments, arguments[i]);
    }
    free((void *)(uintptr_t)arguments);
    const char *const *checks = read_list(reader, "check");
    options->check = checks[0];
    free((void *)(uintptr_t)checks);
    if (!reader->wrong && options->sources[0] == NULL && options->check == NULL) {
        complain(reader, "'%s' where 'source FILE' should be", reader->rest);
    }
    need(reader, "model");
    options->model = reader->wrong ? 0 : (int)read_one_of(reader, models, 3);
    if (!reader->wrong && next_line(reader)) {
        need(reader, "sequences");
        options->same_thread = !reader->wrong && read_one_of(reader, sequences, 2) == 1;
    }
    if (!reader->wrong && next_line(reader)) {
        need(reader, "spurious");
        options->spurious = reader->wrong ? 0 : (unsigned)read_number(reader, 1000000000);
    }
    bool another = !reader->wrong && next_line(reader);
    if (another && take(reader, "membarrier")) {
        options->no_membarrier = read_one_of(reader, answers, 2) == 1;
        another = !reader->wrong && next_line(reader);
    }
    if (another && take(reader, "volatile")) {
        options->relaxed = read_one_of(reader, volatiles, 2) == 1;
        another = !reader->wrong && next_line(reader);
    }
    if (another && take(reader, "plain")) {
        options->plain_relaxed = read_one_of(reader, volatiles, 2) == 1;
        options->relaxed = options->plain_relaxed;
        another = !reader->wrong && next_line(reader);
    }
    if (another && take(reader, "library")) {
        options->trust_library = read_one_of(reader, libraries, 2) == 1;
        another = !reader->wrong && next_line(reader);
    }
    if (another && take(reader, "memory")) {
        options->memory = reader->wrong ? 0 : (unsigned)read_number(reader, 512);
        another = !reader->wrong && next_line(reader);
    }
    if (another) {
        need(reader, "bound");
        options->events =
            reader->wrong ? 0 : (unsigned)read_number(reader, UINT16_MAX - 1);
    }
}

/* --- the graph ---------------------------------------------------------------------- */

static void read_locations(struct reader *reader, struct graph *graph)
{
    need(reader, "locations");
    size_t count = reader->wrong ? 0 : read_number(reader, 1000000);
    graph->location = zeroed(count + 1, sizeof *graph->location);
    graph->locations = graph->room = (uint32_t)count;
    for (size_t i = 0; i < count && !reader->wrong && next_line(reader); i++) {
        need(reader, "location");
        unsigned long size = reader->wrong ? 1 : read_number(reader, 8);
        if (size != 1 && size != 2 && size != 4 && size != 8) {
            complain(reader, "a location of %lu bytes, not 1, 2, 4 or 8", size);
        }
        graph->location[i].size = (uint8_t)size;
    }
}

/* A word that stands alone. Returns whether it is one. */
static bool set_flag(struct event *event, const char *word)
{
    static const struct {
        const char *word;
        enum progress progress;
    } states[] = {{"silent", SILENT}, {"fresh", UNRESOLVED}, {"unwritten", HALF}};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (strcmp(word, states[i].word) == 0) {
            event->progress = (uint8_t)states[i].progress;
            return true;
        }
    }
    bool *flag = strcmp(word, "plain") == 0      ? &event->plain
                 : strcmp(word, "spurious") == 0 ? &event->spurious
                 : strcmp(word, "early") == 0    ? &event->early
                 : strcmp(word, "again") == 0    ? &event->again
                                                 : NULL;
    if (flag != NULL) {
        *flag = true;
    }
    return flag != NULL;
}

/* One word of an event's line, and the value after it. */
static void read_property(struct reader *reader, struct graph *graph, struct event *event,
                          const char *word)
{
    if (set_flag(event, word)) {
        return;
    }
    if (strcmp(word, "order") == 0) {
        event->order = (uint8_t)read_one_of(reader, orders, ORDERS);
    } else if (strcmp(word, "location") == 0) {
        event->location = (uint32_t)read_number(reader, graph->locations - 1UL);
    } else if (strcmp(word, "from") == 0) {
        event->source = read_id(reader, true);
    } else if (strcmp(word, "choice") == 0) {
        event->choice = (uint16_t)read_number(reader, UINT16_MAX);
        need(reader, "of");
        event->choices = (uint16_t)read_number(reader, UINT16_MAX);
    } else if (strcmp(word, "thread") == 0) {
        event->choice = (uint16_t)read_number(reader, MAX_THREADS - 1);
    } else if (strcmp(word, "stamp") == 0) {
        event->stamp = (uint32_t)read_number(reader, UINT32_MAX - 1);
    } else if (strcmp(word, "written") == 0) {
        event->written = (uint32_t)read_number(reader, UINT32_MAX - 1);
    } else {
        complain(reader, "'%s' is not known here", word);
    }
}

static void read_event(struct reader *reader, struct graph *graph)
{
    event_id id = read_id(reader, false);
    unsigned kind = reader->wrong ? 0 : read_one_of(reader, kinds, KINDS);
    if (reader->wrong) {
        return;
    }
    if (id.index != graph->thread[id.thread].events) {
        complain(reader, "event %u.%u where %u.%u should be", id.thread, id.index,
                 id.thread, graph->thread[id.thread].events);
        return;
    }
    if (kind >= EVENT_READ && graph->locations == 0) {
        complain(reader, "an access, and there are no locations");
        return;
    }
    struct event *event =
        event_of(graph, graph_add(graph, id.thread, (enum event_kind)kind));
    for (const char *word; !reader->wrong && (word = next_word(reader))[0] != '\0';) {
        read_property(reader, graph, event, word);
    }
    uint32_t last = event->stamp > event->written ? event->stamp : event->written;
    graph->stamp = last >= graph->stamp ? last + 1 : graph->stamp;
}

static bool exists(const struct graph *graph, event_id id)
{
    return id.thread < graph->threads && id.index < graph->thread[id.thread].events;
}

static void read_writes(struct reader *reader, struct graph *graph)
{
    if (graph->locations == 0) {
        complain(reader, "writes, and there are no locations");
        return;
    }
    uint32_t location = (uint32_t)read_number(reader, graph->locations - 1UL);
    event_id before = INITIAL;
    while (!reader->wrong && reader->rest[strspn(reader->rest, " ")] != '\0') {
        event_id id = read_id(reader, false);
        if (reader->wrong) {
            return;
        }
        if (!exists(graph, id) || !writes(event_of(graph, id)) ||
            event_of(graph, id)->location != location) {
            complain(reader, "%u.%u is not a write to location %" PRIu32, id.thread,
                     id.index, location);
            return;
        }
        graph_put(graph, location, id, before);
        before = id;
    }
}

/* --- is it whole? ------------------------------------------------------------------- */

static bool is_source(const struct graph *graph, const struct event *event)
{
    event_id source = event->source;
    if (event->kind == EVENT_BEGIN) {
        return is_initial(source) ||
               (exists(graph, source) && event_of(graph, source)->kind == EVENT_CREATE);
    }
    if (event->kind == EVENT_WAITED) {
        return is_initial(source) ||
               (source.thread == event->choice && exists(graph, source));
    }
    if (event->kind == EVENT_JOIN) {
        return source.thread == event->choice && exists(graph, source) &&
               event_of(graph, source)->kind == EVENT_END;
    }
    return !reads(event) || is_initial(source) ||
           (exists(graph, source) && writes(event_of(graph, source)) &&
            event_of(graph, source)->location == event->location);
}

static bool is_in_order(const struct graph *graph, event_id id)
{
    const struct event *event = event_of(graph, id);
    const struct location *at =
        accesses(event) && writes(event) ? &graph->location[event->location] : NULL;
    return at == NULL ||
           (event->place < at->writes && same_event(at->order[event->place], id));
}

static void check_event(struct reader *reader, const struct graph *graph, event_id id)
{
    const struct event *event = event_of(graph, id);
    const char *what = NULL;
    bool begins = id.index == 0 || event[-1].kind == EVENT_END;
    if ((event->kind == EVENT_BEGIN) != begins) {
        what = "should begin its thread, or should not";
    } else if (!is_source(graph, event)) {
        what = "does not come from an event that it could come from";
    } else if (!is_in_order(graph, id)) {
        what = "is not in the order of the writes to its location";
    } else if (event->kind == EVENT_JOIN && (event->choice >= graph->threads ||
                                             graph->thread[event->choice].events == 0)) {
        what = "waits for a thread that is not there";
    }
    if (what != NULL) {
        complain(reader, "event %u.%u %s", id.thread, id.index, what);
    }
}

static void check_graph(struct reader *reader, const struct graph *graph)
{
    if (graph->threads == 0) {
        complain(reader, "there are no events");
    }
    for (unsigned t = 0; t < graph->threads; t++) {
        for (uint32_t i = 0; i < graph->thread[t].events; i++) {
            check_event(reader, graph, (event_id){(uint16_t)t, (uint16_t)i});
        }
    }
}

static void read_all(struct reader *reader, struct options *options, struct graph *graph)
{
    static const char *const orders_refused[] = {"refused", "taken"};
    if (getline(&reader->line, &reader->room, reader->file) < 0) {
        reader->line = grow(reader->line, 1);
        reader->line[0] = '\0';
    }
    reader->number = 1;
    reader->line[strcspn(reader->line, "\n")] = '\0';
    if (strcmp(reader->line, first_line) != 0) {
        complain(reader,
                 "this is not an execution that --save has written: the first line "
                 "should be '%s'",
                 first_line);
        return;
    }
    next_line(reader);
    read_options_of(reader, options);
    bool another = !reader->wrong && next_line(reader);
    if (another && take(reader, "orders")) {
        graph->lenient = read_one_of(reader, orders_refused, 2) == 1;
        another = !reader->wrong && next_line(reader);
    }
    if (another) {
        read_locations(reader, graph);
    }
    while (!reader->wrong && next_line(reader) && !take(reader, "end")) {
        if (take(reader, "event")) {
            read_event(reader, graph);
        } else if (take(reader, "writes")) {
            read_writes(reader, graph);
        } else {
            complain(reader, "'%s' where 'event', 'writes' or 'end' should be",
                     next_word(reader));
        }
    }
    if (!reader->wrong) {
        check_graph(reader, graph);
    }
}

int saved_read(const char *path, struct options *options, struct graph *graph)
{
    struct reader reader = {.path = path, .file = input_open(path, "r")};
    if (reader.file == NULL) {
        (void)fprintf(vm_err, "lockcheck: %s: %s\n", path, strerror(errno));
        return -1;
    }
    read_all(&reader, options, graph);
    (void)fclose(reader.file);
    free(reader.line);
    return reader.wrong ? -1 : 0;
}

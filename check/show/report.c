/* SPDX-License-Identifier: MIT */
#include "check/show/report.h"

#include <string.h>

#include "check/show/rows.h"
#include "check/show/table.h"
#include "check/show/words.h"
#include "common/memory.h"
#include "virtual/program/program.h"
#include "virtual/program/tool.h"

struct report {
    FILE *out;
    struct story story;
    bool colour;
    unsigned width;
    bool whole;             /* all rows are shown */
    unsigned rows, columns; /* of the table */
    char file[128];         /* if all rows are of one */
    bool said;              /* something below the table */
    bool beyond_x86;        /* no x86 processor does it by itself */
    bool *kept;             /* of each row: shown however long the table is */
};

/* Rows of a longer table that are shown: the first, and the last before the failure. The
   others that are shown are those that the text above the table names. */
enum { MOST_ROWS = 60, FIRST_ROWS = 10, LAST_ROWS = 40 };

static struct report report;

static bool is_kind(const char *kind)
{
    return strcmp(report.story.failure.kind, kind) == 0;
}

/* A row that the text names: it is shown. */
static unsigned named(unsigned row)
{
    if (row > 0) {
        report.kept[row - 1] = true;
    }
    return row;
}

/* --- the table ---------------------------------------------------------------------- */

/* The columns: the threads that have rows. */
struct columns {
    unsigned count;
    unsigned of[MAX_THREADS];
    struct words heads[MAX_THREADS], names[MAX_THREADS];
};

static void find_columns(struct columns *columns)
{
    *columns = (struct columns){.count = 0};
    for (unsigned t = 0; t < MAX_THREADS; t++) {
        bool shown = false;
        for (size_t i = 0; i < report.story.count && !shown; i++) {
            const struct step *step = &report.story.step[i];
            shown = step->thread == t && step->row > 0;
        }
        if (shown) {
            columns->of[t] = columns->count;
            story_thread_name(&columns->heads[columns->count], &report.story, t);
            words_add(&columns->names[columns->count++], "thread %u", t);
        }
    }
}

/* If all places are in one file, only their lines are shown. Returns whether they are. */
static bool shorten_places(struct table_row *rows)
{
    const char *file = NULL;
    for (unsigned i = 0; i < report.rows; i++) {
        size_t length = strcspn(rows[i].place, ":");
        if (length > 0 && file == NULL) {
            file = rows[i].place;
        } else if (length > 0 && strncmp(file, rows[i].place, length + 1) != 0) {
            return false;
        }
    }
    for (unsigned i = 0; i < report.rows; i++) {
        size_t length = strcspn(rows[i].place, ":");
        rows[i].place += length + (rows[i].place[length] == ':');
    }
    (void)snprintf(report.file, sizeof report.file, "%.*s",
                   file == NULL ? 0 : (int)strcspn(file, ":"), file == NULL ? "" : file);
    return true;
}

/* The texts are freed by the caller: two for each row. */
static void fill_rows(const struct columns *columns, struct table_row *rows,
                      struct words *words)
{
    for (size_t i = 0; i < report.story.count; i++) {
        const struct step *step = &report.story.step[i];
        if (step->times > 0) {
            size_t row = step->row - 1;
            rows_text(&words[2 * row], step, true);
            words_place(&words[2 * row + 1], step->site);
            rows[row] = (struct table_row){.number = step->row,
                                           .column = columns->of[step->thread],
                                           .marked = step->marked};
        }
    }
    for (unsigned i = 0; i < report.rows; i++) {
        rows[i].text = words_text(&words[2UL * i]);
        rows[i].place = words_text(&words[2UL * i + 1]);
    }
}

/* Takes rows out of a table that is too long. Returns how many are left. */
static unsigned shorten(struct table_row *rows, struct words *gaps)
{
    if (report.rows <= MOST_ROWS) {
        return report.rows;
    }
    unsigned left = 0, out = 0;
    for (unsigned i = 0; i < report.rows; i++) {
        bool shown = i < FIRST_ROWS || i + LAST_ROWS >= report.rows || rows[i].marked ||
                     report.kept[i];
        if (!shown) {
            out++;
            continue;
        }
        if (out > 0) {
            words_add(&gaps[i], "… %u row%s, shown with --verbose", out,
                      out == 1 ? "" : "s");
            rows[left++] = (struct table_row){
                .column = rows[i].column, .text = words_text(&gaps[i]), .place = ""};
            out = 0;
        }
        rows[left++] = rows[i];
    }
    return left;
}

static void print_rows(const struct columns *columns)
{
    const char *heads[MAX_THREADS], *names[MAX_THREADS];
    for (unsigned i = 0; i < columns->count; i++) {
        heads[i] = words_text(&columns->heads[i]);
        names[i] = words_text(&columns->names[i]);
    }
    struct table_row *rows = zeroed(report.rows + 1, sizeof *rows);
    struct words *words = zeroed(3 * (report.rows + 1UL), sizeof *words);
    fill_rows(columns, rows, words);
    bool lines = shorten_places(rows);
    unsigned count =
        report.whole ? report.rows : shorten(rows, words + 2UL * report.rows);
    table_print(report.out, &(struct table){.heads = heads,
                                            .names = names,
                                            .places = lines ? "line" : "",
                                            .columns = columns->count,
                                            .rows = rows,
                                            .count = count,
                                            .width = report.width,
                                            .colour = report.colour});
    for (unsigned i = 0; i < 3 * report.rows; i++) {
        words_free(&words[i]);
    }
    free(words);
    free(rows);
}

static void print_table(void)
{
    struct columns columns;
    find_columns(&columns);
    report.columns = columns.count;
    if (columns.count > 0) {
        (void)fputc('\n', report.out);
        print_rows(&columns);
    }
    for (unsigned i = 0; i < columns.count; i++) {
        words_free(&columns.heads[i]);
        words_free(&columns.names[i]);
    }
}

/* --- what is wrong, and where ------------------------------------------------------- */

static void print_line_of(const void *site)
{
    struct vm_source source;
    const char *text = NULL;
    if (vm_source_of(site, &source)) {
        text = vm_source_text(source.file, source.line);
    }
    if (text != NULL) {
        (void)fprintf(report.out, "      %s\n", text);
    }
}

static void print_place(const void *site)
{
    struct vm_source source;
    if (site != NULL && vm_source_of(site, &source)) {
        (void)fprintf(report.out, "%s:%d:", source.file, source.line);
        if (source.column > 0) {
            (void)fprintf(report.out, "%d:", source.column);
        }
        (void)fprintf(report.out, " in %s", source.function);
    } else {
        (void)fputs("(unknown line)", report.out);
    }
}

static void print_calls(const struct calls *calls)
{
    for (unsigned i = 0; i < calls->count; i++) {
        struct vm_source source;
        if (vm_source_of(calls->site[i], &source)) {
            const char *text = vm_source_text(source.file, source.line);
            (void)fprintf(report.out, "    called from %s:%d in %s%s%s\n", source.file,
                          source.line, source.function, text == NULL ? "" : ": ",
                          text == NULL ? "" : text);
        }
    }
}

/* "  mcs.h:61:5: in lks_mcs_lock (thread 1, row 9): …", the line, and the calls. */
static void print_step(const struct step *step, const char *what)
{
    struct vm_source source;
    bool known = step->site != NULL && vm_source_of(step->site, &source);
    (void)fputs("  ", report.out);
    set_colour(report.out, report.colour, BOLD);
    if (known) {
        print_place(step->site);
        (void)fputs(" (", report.out);
    }
    (void)fprintf(report.out, "thread %u", step->thread);
    if (step->row > 0) {
        (void)fprintf(report.out, ", row %u", named(step->row));
    }
    (void)fputs(known ? ")" : "", report.out);
    set_colour(report.out, report.colour, PLAIN_TEXT);
    (void)fprintf(report.out, "%s%s\n", what[0] == '\0' ? "" : ": ", what);
    print_line_of(step->site);
    print_calls(&step->calls);
}

static void print_headline(void)
{
    struct words words = {NULL, 0, 0};
    set_colour(report.out, report.colour, RED);
    rows_headline(&words);
    (void)fprintf(report.out, "lockcheck: wrong: %s\n", words_text(&words));
    set_colour(report.out, report.colour, PLAIN_TEXT);
    (void)fputc('\n', report.out);
    words_free(&words);
}

static const struct step *failing_step(bool last)
{
    const struct step *found = NULL;
    for (size_t i = 0; i < report.story.count; i++) {
        const struct step *step = &report.story.step[i];
        if (step->failing && (found == NULL || last)) {
            found = step;
        }
    }
    return found;
}

/* --- races -------------------------------------------------------------------------- */

static const char *access_words(const struct step *step)
{
    static const char *const words[2][3] = {
        {"plain read", "plain write", "plain read and write"},
        {"atomic read", "atomic write", "atomic read-modify-write"}};
    bool read = step->reads, write = step->writes, atomic = false;
    if (step->kind == STEP_EVENT) {
        const struct event *event = event_of(report.story.graph, step->event);
        read = reads(event);
        write = event->kind != EVENT_READ;
        atomic = !event->plain;
    } else if (step->kind == STEP_WRONG) {
        return "free";
    }
    return words[atomic][read && write ? 2 : write];
}

static bool is_release(enum vm_order order)
{
    return order >= VM_RELEASE;
}

static bool is_acquire(enum vm_order order)
{
    return order == VM_CONSUME || order == VM_ACQUIRE || order >= VM_ACQ_REL;
}

/* Whether a fence of the thread, from one event to before another, does it. */
static bool has_fence(unsigned thread, uint32_t from, uint32_t to,
                      bool (*is)(enum vm_order))
{
    for (uint32_t i = from; i < to; i++) {
        const struct event *event = &report.story.graph->thread[thread].event[i];
        if ((event->kind == EVENT_FENCE || event->kind == EVENT_HEAVY_FENCE) &&
            is((enum vm_order)event->order)) {
            return true;
        }
    }
    return false;
}

/* A read before `to` of a write after `from` would order them, were it not too weak. */
static const struct step *find_weak_link(const struct step *from, const struct step *to)
{
    for (const struct step *step = report.story.step; step < to; step++) {
        if (step->kind == STEP_EVENT && step->thread == to->thread && step->row > 0) {
            const struct event *event = event_of(report.story.graph, step->event);
            if (reads(event) && event->source.thread == from->thread &&
                event->source.index >= from->event.index) {
                return step;
            }
        }
    }
    return NULL;
}

static void explain_race(const struct step *from, const struct step *to)
{
    const struct step *link = find_weak_link(from, to);
    if (link == NULL) {
        (void)fputs("  Nothing orders these two: neither happens before the other.\n",
                    report.out);
        return;
    }
    const struct graph *graph = report.story.graph;
    const struct event *read = event_of(graph, link->event);
    const struct event *write = event_of(graph, read->source);
    bool release =
        is_release((enum vm_order)write->order) ||
        has_fence(from->thread, from->event.index, read->source.index, is_release);
    bool acquire =
        is_acquire((enum vm_order)read->order) ||
        has_fence(to->thread, link->event.index + 1U, to->event.index, is_acquire);
    (void)fprintf(
        report.out,
        "  Row %u reads what row %u has written, and yet that does not order these "
        "two:\n",
        named(link->row), named(rows_of(read->source)));
    if (release != acquire) {
        (void)fprintf(report.out, "  the %s (row %u) is not %s.\n",
                      release ? "read" : "write",
                      release ? link->row : rows_of(read->source),
                      release ? "an acquire" : "a release");
    } else if (!release) {
        (void)fputs("  the write is not a release, nor the read an acquire.\n",
                    report.out);
    }
}

/* How often a thread makes a plain read, at its place in the program. */
static unsigned long count_reads(const struct step *read)
{
    unsigned long count = 0;
    for (size_t i = 0; i < report.story.count; i++) {
        const struct step *step = &report.story.step[i];
        if (step->kind == STEP_PLAIN && step->thread == read->thread &&
            step->address == read->address && step->site == read->site) {
            count += 1 + step->again;
        }
    }
    return count;
}

/* A plain read that is made again and again is a wait, more often than not. */
static void hint_at_wait(const struct step *step)
{
    enum { LOOP = 100 };
    unsigned long reads = 0;
    if (step->kind == STEP_PLAIN && !step->writes &&
        (reads = count_reads(step)) >= LOOP) {
        struct words words = {NULL, 0, 0};
        words_variable(&words, step->address);
        (void)fprintf(
            report.out,
            "  Thread %u reads %s there %lu times. To wait for a variable, make "
            "it atomic\n  (volatile is not enough).\n",
            step->thread, words_text(&words), reads);
        words_free(&words);
    }
}

/* gcc reads the index of `a[i]` as it reads what is not atomic, whatever it is. */
static void hint_at_index(const struct step *read, const struct step *other)
{
    struct vm_source source;
    const char *text = NULL;
    if (read->kind == STEP_PLAIN && !read->writes && other->kind == STEP_EVENT &&
        read->site != NULL && vm_source_of(read->site, &source)) {
        text = vm_source_text(source.file, source.line);
    }
    struct words words = {NULL, 0, 0};
    words_variable(&words, read->address);
    const char *whole = words_text(&words), *dot = strrchr(whole, '.');
    const char *name = dot == NULL ? whole : dot + 1;
    bool index = false;
    while (!index && text != NULL && (text = strchr(text, '[')) != NULL) {
        size_t length = strcspn(++text, "]");
        index = memmem(text, length, name, strlen(name)) != NULL;
    }
    if (index) {
        print_wrapped(report.out,
                      "If it is _Atomic: gcc reads an index, as in a[i], as a plain "
                      "variable. Read it before.",
                      2, report.width);
    }
    words_free(&words);
}

static void hint_at_volatile(void)
{
    const struct failure *failure = &report.story.failure;
    if (vm_is_volatile(failure->site) && vm_is_volatile(failure->other_site)) {
        print_wrapped(report.out,
                      "Both are volatile, which is not atomic. If this is meant as an "
                      "atomic flag: --volatile=relaxed goes on past it.",
                      2, report.width);
    }
}

static void print_race(void)
{
    const struct step *one = failing_step(false), *two = failing_step(true);
    if (one == NULL) {
        return;
    }
    if (one != two) {
        print_step(one, access_words(one));
    }
    print_step(two, access_words(two));
    explain_race(one, two);
    hint_at_wait(one);
    if (one != two) {
        hint_at_wait(two);
        hint_at_index(one, two);
        hint_at_index(two, one);
    }
    hint_at_volatile();
}

/* --- hangs -------------------------------------------------------------------------- */

static void add_read(struct words *words, const struct step *step)
{
    const struct graph *graph = report.story.graph;
    const struct event *event = event_of(graph, step->event);
    const struct location *at = &graph->location[event->location];
    words_variable(words, at->address);
    words_add(words, " = ");
    words_value(words, event->read, at->size, words_is_pointer(graph, event->location));
    if (is_initial(event->source)) {
        words_add(words, " (its initial value)");
    } else {
        words_add(words, " (written by thread %u in row %u)", event->source.thread,
                  named(rows_of(event->source)));
    }
}

/* The reads that end with this one, of the same try: those in the same line. */
static void add_tried(struct words *words, const struct step *last)
{
    struct vm_source here, there;
    const struct step *first = last;
    bool known = vm_source_of(last->site, &here);
    for (const struct step *step = last; step-- > report.story.step && known;) {
        if (step->thread == last->thread) {
            if (step->kind != STEP_EVENT ||
                event_of(report.story.graph, step->event)->kind != EVENT_READ ||
                !vm_source_of(step->site, &there) || there.line != here.line ||
                there.file != here.file) {
                break;
            }
            first = step;
        }
    }
    for (const struct step *step = first; step <= last; step++) {
        if (step->thread == last->thread && step->kind == STEP_EVENT) {
            words_add(words, step == first ? " " : ", ");
            add_read(words, step);
        }
    }
}

/* A thread library's wait: what it looks at is a lock, or its own affair. */
static void add_library_wait(struct words *words, const struct event *event)
{
    const void *address = report.story.graph->location[event->location].address;
    words_add(words, "waits for ever");
    if (words_is_inside(address)) {
        words_add(words, ": nobody wakes it");
    } else if (!is_initial(event->source)) {
        words_add(words, ": thread %u was the last to change '", event->source.thread);
        words_variable(words, address);
        words_add(words, "', in row %u", named(rows_of(event->source)));
    }
}

static void print_wait(const struct step *step)
{
    struct words words = {NULL, 0, 0};
    if (step->kind == STEP_WAITS) {
        rows_wait(&words, step->thread);
        (void)fprintf(report.out, "  thread %u %s\n", step->thread, words_text(&words));
    } else {
        const struct event *event = event_of(report.story.graph, step->event);
        if (event->name != NULL) {
            add_library_wait(&words, event);
        } else {
            words_add(&words, "waits for ever, reading");
            add_tried(&words, step);
        }
        print_step(step, words_text(&words));
    }
    words_free(&words);
}

/* A thread that waits has looked at what is not atomic. */
static void hint_at_looks(void)
{
    for (unsigned t = 0; t < MAX_THREADS; t++) {
        const struct step *look = &report.story.looks[t];
        if (look->address != NULL) {
            struct words words = {NULL, 0, 0};
            words_add(&words, "Thread %u looks at ", t);
            words_variable(&words, look->address);
            words_add(&words, " before it waits (");
            words_place(&words, look->site);
            words_add(&words, "), which is not atomic. To wait for a variable, make it "
                              "atomic (volatile is not enough).");
            print_wrapped(report.out, words_text(&words), 2, report.width);
            words_free(&words);
        }
    }
}

static void print_hang(void)
{
    for (size_t i = 0; i < report.story.count; i++) {
        if (report.story.step[i].failing) {
            print_wait(&report.story.step[i]);
        }
    }
    hint_at_looks();
}

/* --- the heap, and the rest --------------------------------------------------------- */

static void print_block(const void *address)
{
    struct vm_heap_block block;
    if (vm_block_of(address, &block) == VM_NOT_HEAP || block.start == NULL) {
        return;
    }
    (void)fprintf(report.out,
                  "  the block of %zu bytes was allocated here: ", block.size);
    print_place(block.allocated);
    (void)fputc('\n', report.out);
    print_line_of(block.allocated);
}

static void print_failure(void)
{
    const struct failure *failure = &report.story.failure;
    const struct step *last = failing_step(true);
    bool raced = failure->other_site != NULL && failure->other != VM_NOBODY;
    if (last == NULL) {
        return;
    }
    print_step(last, "");
    for (const struct step *step = report.story.step; step < last; step++) {
        if (step->failing) {
            print_step(step, step->kind == STEP_FREE ? "it was freed here"
                                                     : access_words(step));
        }
    }
    if (failure->size > 0) {
        print_block(failure->address);
    }
    if (raced && failing_step(false) != last) {
        explain_race(failing_step(false), last);
    }
}

/* --- what the marks mean ------------------------------------------------------------ */

/* Of what is in the table. */
struct used {
    bool read, write, update, orders[VM_SEQ_CST + 1], plain, stale, early, hidden;
};

static void find_used(struct used *used)
{
    *used = (struct used){false};
    for (size_t i = 0; i < report.story.count; i++) {
        const struct step *step = &report.story.step[i];
        const struct event *event =
            step->kind == STEP_EVENT ? event_of(report.story.graph, step->event) : NULL;
        used->stale = used->stale || step->stale;
        used->early = used->early || step->early;
        if (step->row == 0) {
            continue;
        }
        if (step->kind == STEP_PLAIN || (event != NULL && event->plain)) {
            used->plain = true;
            used->read = used->read || step->reads;
            used->write = used->write || step->writes || event != NULL;
        } else if (event != NULL && event->kind >= EVENT_FENCE &&
                   event->kind != EVENT_HEAVY_FENCE && event->name == NULL) {
            used->orders[event->order] = true;
            used->read = used->read || event->kind == EVENT_READ;
            used->write = used->write || event->kind == EVENT_WRITE;
            used->update = used->update || event->kind == EVENT_UPDATE;
        }
    }
}

static void say(const char *text, unsigned indent)
{
    if (!report.said) {
        (void)fputc('\n', report.out);
    }
    report.said = true;
    print_wrapped(report.out, text, indent, report.width);
}

static void print_letters(const struct used *used)
{
    static const char *const orders[] = {"rlx relaxed",  "con consume",
                                         "acq acquire",  "rel release",
                                         "acq_rel both", "sc sequentially consistent"};
    struct words words = {NULL, 0, 0};
    words_add(&words, "%s%s%s", used->read ? ", R read" : "",
              used->write ? ", W write" : "",
              used->update ? ", RMW read-modify-write" : "");
    for (unsigned i = 0; i <= VM_SEQ_CST; i++) {
        if (used->orders[i]) {
            words_add(&words, ", %s", orders[i]);
        }
    }
    words_add(&words, used->plain ? ", plain not atomic" : "");
    if (words.length > 2) {
        words_add(&words, "; (from" TIE "N) reads what row N has written.");
        say(words_text(&words) + 2, 2);
    }
    words_free(&words);
}

/* The blocks of the heap that have been named. */
static void print_blocks(void)
{
    for (unsigned i = 1; i <= words_blocks(); i++) {
        struct words words = {NULL, 0, 0};
        struct vm_heap_block block;
        (void)vm_block_of(words_block(i), &block);
        words_add(&words, "block%u: %zu bytes, from malloc at ", i, block.size);
        words_place(&words, block.allocated);
        say(words_text(&words), 2);
        words_free(&words);
    }
}

/* Whether weak memory is to blame. (Of a race, that has been said.) */
static void print_order(const struct used *used)
{
    if (!report.story.interleaving) {
        say("No interleaving of the threads does this, but the memory model allows "
            "it:",
            2);
    } else if (report.columns > 1 && !is_kind(KIND_RACE)) {
        say("An interleaving of the threads, from top to bottom: it needs no weak "
            "memory to happen.",
            2);
    }
    if (used->stale) {
        say("stale: N is newer. The thread need not see row N yet: nothing that it "
            "has read so far orders it after row N.",
            4);
    }
    if (used->early) {
        say("before N in the order of a variable. For all threads, row N's value "
            "comes after this one: when both have been written, row N's stays.",
            4);
    }
}

static void print_legend(void)
{
    struct used used;
    struct words words = {NULL, 0, 0};
    find_used(&used);
    set_colour(report.out, report.colour, DIM);
    print_letters(&used);
    if (report.file[0] != '\0') {
        words_add(&words, "Lines are of %s.", report.file);
        say(words_text(&words), 2);
        words_free(&words);
    }
    print_blocks();
    print_order(&used);
    if (report.story.left_out > 0) {
        words_add(&words,
                  "Left out: %zu operation%s that the failure does not depend on.",
                  report.story.left_out, report.story.left_out == 1 ? "" : "s");
        say(words_text(&words), 2);
        words_free(&words);
    }
    if (report.beyond_x86) {
        say(BEYOND_X86 ". --model=tso looks for what x86 shows.", 2);
    }
    set_colour(report.out, report.colour, PLAIN_TEXT);
}

/* --- all of it ---------------------------------------------------------------------- */

static void print_output(void)
{
    size_t size;
    char *text = vm_output_caught(&size);
    if (size > 0) {
        (void)fputs("\nThe program printed:\n", report.out);
        for (char *line = text; *line != '\0';) {
            size_t length = strcspn(line, "\n");
            (void)fprintf(report.out, "  %.*s\n", (int)length, line);
            line += length + (line[length] == '\n');
        }
    }
    free(text);
}

bool is_beyond_x86(const struct explore_options *options, struct explore_result *result)
{
    return options->model == MODEL_RC11 && !explore_may_be_of_x86(options, result);
}

void report_failure(FILE *stream, const struct explore_options *options,
                    struct explore_result *result, bool whole, bool colour,
                    unsigned columns)
{
    report = (struct report){
        .out = stream, .whole = whole, .colour = colour, .width = columns};
    words_begin();
    report.beyond_x86 = is_beyond_x86(options, result);
    story_record(&report.story, options, result);
    report.rows = rows_number(&report.story);
    report.kept = zeroed(report.rows + 1, sizeof *report.kept);
    print_headline();
    if (is_kind(KIND_RACE)) {
        print_race();
    } else if (is_kind(KIND_HANG)) {
        print_hang();
    } else {
        print_failure();
    }
    print_table();
    print_legend();
    print_output();
    story_free(&report.story);
    free(report.kept);
}

void report_advice(FILE *stream)
{
    (void)fputs(
        "\nTo look further: --dot FILE draws it; --save FILE keeps it, and --replay "
        "FILE runs it\nagain, also under gdb.\n\n",
        stream);
}

/* --- one line ----------------------------------------------------------------------- */

static void add_name(struct words *words, event_id id)
{
    if (is_initial(id)) {
        words_add(words, "initial");
    } else {
        words_add(words, "%u.%u", id.thread, id.index);
    }
}

static void add_thread(struct words *words, const struct graph *graph, unsigned thread)
{
    const char *separator = "";
    for (uint32_t i = 0; i < graph->thread[thread].events; i++) {
        event_id id = {(uint16_t)thread, (uint16_t)i};
        const struct event *event = event_of(graph, id);
        if (event->kind < EVENT_CHOICE) {
            continue;
        }
        words_add(words, "%s", separator);
        add_name(words, id);
        words_add(words, " ");
        words_event(words, graph, id);
        if (reads(event)) {
            words_add(words, " from ");
            add_name(words, event->source);
        }
        separator = ", ";
    }
}

void report_line(FILE *stream, const struct graph *graph)
{
    struct words words = {NULL, 0, 0};
    for (unsigned t = 0; t < graph->threads; t++) {
        struct words thread = {NULL, 0, 0};
        add_thread(&thread, graph, t);
        if (thread.length > 0) {
            words_add(&words, "%s%s", words.length > 0 ? " | " : "", words_text(&thread));
        }
        words_free(&thread);
    }
    for (uint32_t i = 0; i < graph->locations; i++) {
        const struct location *at = &graph->location[i];
        if (at->writes > 1) {
            words_add(&words, " | ");
            words_variable(&words, at->address);
            words_add(&words, ":");
        }
        for (uint32_t w = 0; w < at->writes && at->writes > 1; w++) {
            words_add(&words, " ");
            add_name(&words, at->order[w]);
        }
    }
    (void)fprintf(stream, "%s\n", words_text(&words));
    words_free(&words);
}

/* SPDX-License-Identifier: MIT */
/*
 * lockcheck's explorer against the naive one: on random small programs both must find the
 * same execution graphs, and lockcheck each one once.
 *
 *   compare COUNT [FIRST]     that many programs, from that seed on
 *   compare PROGRAM           one program, as printed when it fails
 */
#include "check/explore/explore.h"
#include "check/explore/jobs.h"
#include "check/explore/run.h"
#include "tests/check/naive/naive.h"
#include "tests/check/naive/program.h"
#include "tests/check/naive/x86.h"
#include "virtual/ground/memory.h"
#include "virtual/ground/operations.h"
#include "virtual/instrument.h"

#include <stdatomic.h>

enum { LIMIT = 20000 }; /* partial graphs: larger programs are left out */

/* --- a program, for lockcheck to run ------------------------------------------------ */

static const struct program *running;
static uint32_t locations[PROGRAM_LOCATIONS], plain[PROGRAM_LOCATIONS];

static uint32_t do_atomic(const struct program_operation *operation, enum vm_kind kind,
                          uint32_t value)
{
    bool polls = program_is_poll(operation), looks = polls && kind == VM_LOAD;
    bool gives_back = kind == VM_SUB || (polls && kind == VM_STORE);
    return (uint32_t)instrument_atomic(&(struct vm_operation){
        .kind = kind,
        .order =
            looks && operation->kind != PROGRAM_RETRY
                ? VM_RELAXED
                : (enum vm_order)(gives_back ? operation->failure : operation->order),
        .failure = polls ? VM_RELAXED : (enum vm_order)operation->failure,
        .size = 4,
        .address = &locations[looks ? PROGRAM_LOCATIONS - 1 : operation->location],
        .operand = value,
        .expected = polls ? 0 : (uint32_t)operation->expected,
        .waits = operation->kind == PROGRAM_TAKE || (polls && kind == VM_CAS),
        .site = operation,
    });
}

/* The same with the registers noted, so that lockcheck knows the thread's state. */
uint32_t noted(const struct program_operation *operation, enum vm_kind kind,
               uint32_t value);
uint32_t noted_noted(const struct program_operation *operation, enum vm_kind kind,
                     uint32_t value);
VM_NOTED("noted")
uint32_t noted_noted(const struct program_operation *operation, enum vm_kind kind,
                     uint32_t value)
{
    return do_atomic(operation, kind, value);
}

static bool has(const struct program *program,
                bool (*is)(const struct program_operation *operation))
{
    for (int t = 0; t < program->threads; t++) {
        for (int i = 0; i < program->thread[t].operations; i++) {
            if (is(&program->thread[t].operation[i])) {
                return true;
            }
        }
    }
    return false;
}

static bool is_borrow(const struct program_operation *operation)
{
    return operation->kind == PROGRAM_BORROW;
}

/* The pairs of a heavy fence and another thread: with more than two the naive explorer
   takes too long for x86-TSO. */
static bool is_heavy(const struct program *program)
{
    int pairs = 0;
    for (int t = 0; t < program->threads; t++) {
        for (int i = 0; i < program->thread[t].operations; i++) {
            bool heavy = program->thread[t].operation[i].kind == PROGRAM_HEAVY;
            pairs += heavy ? program->threads - 1 : 0;
        }
    }
    return pairs > 2;
}

static bool with_spins; /* the running program has some */

static uint32_t perform(const struct program_operation *operation, enum vm_kind kind,
                        uint32_t value)
{
    return with_spins ? noted(operation, kind, value) : do_atomic(operation, kind, value);
}

/* Functions of their own, so that nothing is left of the number of tries. */
static __attribute__((noinline)) uint32_t spin(const struct program_operation *operation)
{
    uint32_t found;
    int tries = 0;
    do {
        found = noted(operation, VM_LOAD, 0);
    } while (found != (uint32_t)operation->expected && ++tries < operation->count);
    return found;
}

/* A loop that nobody tells lockcheck of. */
static __attribute__((noinline)) uint32_t
await_by_hand(const struct program_operation *operation)
{
    uint32_t found;
    do {
        found = noted(operation, VM_LOAD, 0);
    } while (found != (uint32_t)operation->expected);
    return found;
}

static __attribute__((noinline)) uint32_t count(const struct program_operation *operation)
{
    int tries = 0;
    while (noted(operation, VM_LOAD, 0) != (uint32_t)operation->expected &&
           ++tries < operation->count) {
    }
    return (uint32_t)(tries < operation->count ? tries + 1 : tries);
}

/* The turns that each thread has made; not on their stacks, as it is no part of their
   state. */
static int turns[MAX_THREADS];

static __attribute__((noinline)) uint32_t
borrow(const struct program_operation *operation)
{
    int *made = &turns[vm_self()];
    for (*made = 0;; ++*made) {
        if (noted(operation, VM_ADD, (uint32_t)operation->constant) ==
            (uint32_t)operation->expected) {
            return (uint32_t)operation->expected;
        }
        if (*made == operation->count) {
            instrument_not_wanted(operation);
        }
        (void)noted(operation, VM_SUB, (uint32_t)operation->constant);
    }
}

static void take_to_poll(const struct program_operation *operation)
{
    while (noted(operation, operation->constant == 0 ? VM_CAS : VM_EXCHANGE, 1) != 0) {
        instrument_await_failed(operation);
    }
}

static void touch(const struct program_operation *operation, bool write)
{
    instrument_plain(&plain[operation->location], sizeof *plain,
                     write ? VM_PLAIN_STORE : VM_PLAIN_READ, operation);
}

static __attribute__((noinline)) uint32_t
rewrite(const struct program_operation *operation)
{
    uint32_t found;
    while ((found = noted(operation, VM_LOAD, 0)) != (uint32_t)operation->expected) {
        touch(operation, true);
    }
    return found;
}

static __attribute__((noinline)) void poll(const struct program_operation *operation)
{
    static uint32_t found[MAX_THREADS];
    int t = vm_self();
    for (turns[t] = 0;; ++turns[t]) {
        take_to_poll(operation);
        found[t] = noted(operation, VM_LOAD, 0);
        bool ends = found[t] == (uint32_t)operation->expected;
        if (!ends && turns[t] == operation->count) {
            instrument_not_wanted(operation);
        }
        (void)noted(operation, VM_STORE, 0);
        if (found[t] == (uint32_t)operation->expected) {
            return;
        }
    }
}

static __attribute__((noinline)) void scan(const struct program_operation *operation)
{
    int t = vm_self();
    for (turns[t] = 0; noted(operation, VM_LOAD, 0) != (uint32_t)operation->expected;
         ++turns[t]) {
        if (turns[t] == operation->count) {
            instrument_not_wanted(operation);
        }
        take_to_poll(operation);
        touch(operation, false);
        (void)noted(operation, VM_STORE, 0);
    }
}

static __attribute__((noinline)) void retry(const struct program_operation *operation)
{
    int t = vm_self();
    for (turns[t] = -1;;) {
        (void)noted(operation, VM_STORE, (uint32_t)operation->constant);
        ++turns[t]; /* behind a store: it is not done in rehearsals */
        if (noted(operation, VM_LOAD, 0) == (uint32_t)operation->expected) {
            return;
        }
        if (turns[t] == operation->count) {
            instrument_not_wanted(operation);
        }
    }
}

static bool is_both(const struct program_operation *operation)
{
    return operation->kind == PROGRAM_BOTH;
}

/* One of the locks that an operation takes: waits for it, or tries to take it, or
   (VM_STORE) gives it back. Returns whether it has it. */
static bool one_of_both(const struct program_operation *operation, unsigned location,
                        enum vm_kind kind, bool waits, bool again)
{
    return instrument_atomic(&(struct vm_operation){
               .kind = kind,
               .order = kind == VM_STORE ? VM_RELEASE : (enum vm_order)operation->order,
               .failure = VM_RELAXED,
               .size = 4,
               .address = &locations[location],
               .operand = kind != VM_STORE,
               .waits = waits,
               .tries_again = again,
               .name = "",
               .site = operation,
           }) == 0;
}

static void take_both(const struct program_operation *operation)
{
    bool again = false;
    for (unsigned first = operation->location;; first = 1 - first, again = true) {
        while (!one_of_both(operation, first, VM_CAS, true, again)) {
            instrument_await_failed(operation);
        }
        instrument_tries_mutex(true);
        if (one_of_both(operation, 1 - first, VM_CAS, false, false)) {
            return;
        }
        (void)one_of_both(operation, first, VM_STORE, false, false);
    }
}

static void run_operation(const struct program_operation *operation,
                          volatile uint32_t *last)
{
    uint32_t value = (uint32_t)operation->constant + (operation->add_last ? *last : 0);
    switch ((enum program_kind)operation->kind) {
    case PROGRAM_LOAD:
        *last = perform(operation, VM_LOAD, 0);
        break;
    case PROGRAM_STORE:
        perform(operation, VM_STORE, value);
        break;
    case PROGRAM_EXCHANGE:
        *last = perform(operation, VM_EXCHANGE, value);
        break;
    case PROGRAM_ADD:
        *last = perform(operation, VM_ADD, value);
        break;
    case PROGRAM_CAS:
        *last = perform(operation, VM_CAS, value);
        break;
    case PROGRAM_FENCE:
        instrument_fence(VM_FULL_FENCE, (enum vm_order)operation->order, operation);
        break;
    case PROGRAM_LIGHT:
        instrument_fence(VM_LIGHT_FENCE, (enum vm_order)operation->order, operation);
        break;
    case PROGRAM_HEAVY:
        instrument_fence(VM_HEAVY_FENCE, (enum vm_order)operation->order, operation);
        break;
    case PROGRAM_AWAIT:
        if (operation->location == 1) {
            *last = await_by_hand(operation);
            break;
        }
        while ((*last = noted(operation, VM_LOAD, 0)) != (uint32_t)operation->expected) {
            instrument_await_failed(operation);
        }
        break;
    case PROGRAM_LOCK:
        while ((*last = noted(operation, VM_EXCHANGE, 1)) != 0) {
            instrument_await_failed(operation);
        }
        break;
    case PROGRAM_TAKE:
        while ((*last = do_atomic(operation, VM_CAS, 1)) != 0) {
            instrument_await_failed(operation);
        }
        break;
    case PROGRAM_PEEK:
    case PROGRAM_POKE:
        touch(operation, operation->kind == PROGRAM_POKE);
        break;
    case PROGRAM_WATCH:
        while ((*last = noted(operation, VM_LOAD, 0)) != (uint32_t)operation->expected) {
            touch(operation, false);
            instrument_await_failed(operation);
        }
        break;
    case PROGRAM_REWRITE:
        *last = rewrite(operation);
        break;
    case PROGRAM_SPIN:
        *last = spin(operation);
        break;
    case PROGRAM_COUNT:
        *last = count(operation);
        break;
    case PROGRAM_BORROW:
        *last = borrow(operation);
        break;
    case PROGRAM_BOTH:
        take_both(operation);
        *last = 0;
        break;
    case PROGRAM_POLL:
        poll(operation);
        *last = (uint32_t)operation->expected;
        break;
    case PROGRAM_SCAN:
        scan(operation);
        *last = (uint32_t)operation->expected;
        break;
    case PROGRAM_RETRY:
        retry(operation);
        *last = (uint32_t)operation->expected;
        break;
    case PROGRAM_SKIP:
    case PROGRAM_KINDS:
        break;
    }
}

static void run_thread(void *argument)
{
    const struct program_thread *thread = argument;
    volatile uint32_t last = 0; /* a part of the state even where nobody looks at it */
    for (int i = 0; i < thread->operations; i++) {
        const struct program_operation *operation = &thread->operation[i];
        if (operation->kind == PROGRAM_SKIP) {
            i += last == (uint32_t)operation->expected ? operation->count : 0;
        } else {
            run_operation(operation, &last);
        }
    }
}

/* The first thread that does the same as a thread: they are alike. */
static int first_like(const struct program *program, int thread)
{
    int first = 0;
    while (memcmp(&program->thread[first], &program->thread[thread],
                  sizeof program->thread[0]) != 0) {
        first++;
    }
    return first;
}

static void run_program(void)
{
    unsigned threads[PROGRAM_THREADS];
    for (int t = 0; t < running->threads; t++) {
        int kind = first_like(running, t);
        threads[t] =
            instrument_create(run_thread, (void *)(uintptr_t)&running->thread[kind],
                              (unsigned)kind, VM_NOBODY, NULL);
    }
    for (int t = 0; t < running->threads; t++) {
        instrument_join(threads[t], NULL);
    }
    instrument_end(0, NULL);
}

/* --- graphs as text ----------------------------------------------------------------- */

struct texts {
    char **text;
    size_t count, room;
};

static void add_text(const char *text, void *context)
{
    struct texts *texts = context;
    if (texts->count == texts->room) {
        texts->room = texts->room == 0 ? 64 : 2 * texts->room;
        texts->text = realloc(texts->text, texts->room * sizeof *texts->text);
    }
    texts->text[texts->count++] = strdup(text);
}

static void free_texts(struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++) {
        free(texts->text[i]);
    }
    free(texts->text);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int index_of(const struct graph *graph, uint32_t location)
{
    return (int)((uint32_t *)(void *)graph->location[location].address - locations);
}

/* Main is thread 0 and each thread begins with an event of its own: the text has
   neither. */
static void add_graph(const struct graph *graph, void *context)
{
    char text[2000] = "", *at = text;
    for (uint32_t t = 1; t < graph->threads; t++) {
        for (uint32_t i = 1; i + 1 < graph->thread[t].events; i++) {
            const struct event *event = &graph->thread[t].event[i];
            at += sprintf(at, "%s%u.%u:", at == text ? "" : " ", t - 1, i - 1);
            if (is_fence(event)) {
                at += sprintf(at, "%c", "FLH"[event->kind - EVENT_FENCE]);
                continue;
            }
            const struct program_operation *operation = event->site;
            int word =
                program_word(operation, (int)event->read, event[-1].site == operation);
            if (is_borrow(operation)) {
                uint32_t added = (uint32_t)(event->value - event->read);
                word = added == (uint32_t)operation->constant ? 'G' : 'B';
            }
            if (program_is_poll(operation) && event->kind != EVENT_READ) {
                const char *words = operation->kind == PROGRAM_SCAN   ? "TV"
                                    : operation->kind == PROGRAM_POLL ? "PQ"
                                                                      : "NN";
                word = words[event->kind == EVENT_WRITE];
            }
            at += sprintf(at, "%c%d", word != 0 ? word : "RWU"[event->kind - EVENT_READ],
                          index_of(graph, event->location));
            if (reads(event) && is_initial(event->source)) {
                at += sprintf(at, "=init");
            } else if (reads(event)) {
                at += sprintf(at, "=%d.%d", event->source.thread - 1,
                              event->source.index - 1);
            }
        }
    }
    for (int k = 0; k < PROGRAM_LOCATIONS; k++) {
        for (uint32_t l = 0; l < graph->locations; l++) {
            const struct location *location = &graph->location[l];
            if (index_of(graph, l) != k || location->writes == 0) {
                continue;
            }
            at += sprintf(at, ";%d:", k);
            for (uint32_t w = 0; w < location->writes; w++) {
                at +=
                    sprintf(at, "%s%d.%d", w == 0 ? "" : ",",
                            location->order[w].thread - 1, location->order[w].index - 1);
            }
        }
    }
    add_text(text, context);
}

/* --- threads that are alike --------------------------------------------------------- */

/* The text of the graph in which thread t is called number[t]. */
static char *renamed(const char *text, const int *number)
{
    char *copy = strdup(text), *words[PROGRAM_THREADS * PROGRAM_OPERATIONS];
    for (char *at = copy; *at != '\0'; at++) {
        if (at[1] == '.') {
            *at = (char)('0' + number[*at - '0']);
        }
    }
    char *result = malloc(strlen(text) + 1), *at = result;
    const char *orders = strchr(text, ';');
    copy[orders == NULL ? strlen(text) : (size_t)(orders - text)] = '\0';
    size_t count = 0;
    for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " ")) {
        words[count++] = word;
    }
    qsort(words, count, sizeof *words, by_text);
    *at = '\0';
    for (size_t i = 0; i < count; i++) {
        at += sprintf(at, "%s%s", i == 0 ? "" : " ", words[i]);
    }
    for (orders = orders == NULL ? "" : orders; *orders != '\0'; orders++) {
        *at++ = orders[1] == '.' ? (char)('0' + number[*orders - '0']) : *orders;
    }
    *at = '\0';
    free(copy);
    return result;
}

/* Replaces *text by the first, in the order of strcmp, of all those in which threads that
   are alike have changed their numbers; `number` says it of those before `thread`. */
static void make_first(const struct program *program, const char *text, int *number,
                       int thread, char **first)
{
    if (thread == program->threads) {
        char *other = renamed(text, number);
        bool less = *first == NULL || strcmp(other, *first) < 0;
        free(less ? *first : other);
        *first = less ? other : *first;
        return;
    }
    for (int other = 0; other < program->threads; other++) {
        bool taken = first_like(program, other) != first_like(program, thread);
        for (int t = 0; t < thread; t++) {
            taken = taken || number[t] == other;
        }
        if (!taken) {
            number[thread] = other;
            make_first(program, text, number, thread + 1, first);
        }
    }
}

static void make_all_first(const struct program *program, struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++) {
        int number[PROGRAM_THREADS];
        char *first = NULL;
        make_first(program, texts->text[i], number, 0, &first);
        free(texts->text[i]);
        texts->text[i] = first;
    }
}

static void drop_doubles(struct texts *texts)
{
    size_t kept = 0;
    for (size_t i = 0; i < texts->count; i++) {
        if (kept > 0 && strcmp(texts->text[kept - 1], texts->text[i]) == 0) {
            free(texts->text[i]);
        } else {
            texts->text[kept++] = texts->text[i];
        }
    }
    texts->count = kept;
}

static bool has_threads_alike(const struct program *program)
{
    bool has = false;
    for (int t = 0; t < program->threads; t++) {
        has = has || first_like(program, t) != t;
    }
    return has;
}

/* --- comparing ---------------------------------------------------------------------- */

static unsigned long compared, hanging, racing, left_out, alike, inexact, together;

static bool report(const struct program *program, const char *what, const char *graph)
{
    printf("%s: %s\n  ", what, graph);
    program_print_line(program, stdout);
    printf("\n");
    return false;
}

/* An event of a thread, as its word in a text has it. */
struct word {
    int thread, index, location;
    char kind, source[8];
};

static bool read_word(struct word *word, const char *text)
{
    *word = (struct word){.location = -1};
    return sscanf(text, "%d.%d:%c%d=%7[^ ;]", &word->thread, &word->index, &word->kind,
                  &word->location, word->source) >= 3;
}

/* Of the word, and the blank behind it. */
static size_t length_of_word(const char *text)
{
    size_t length = strcspn(text, " ;");
    return length + (text[length] == ' ');
}

/* Whether a word reads what the last one of its thread, `before`, has written. */
static bool reads_own(const struct word *word, const struct word *before)
{
    int thread, index;
    return sscanf(word->source, "%d.%d", &thread, &index) == 2 &&
           thread == before->thread && index == before->index;
}

/* Whether something is borrowed and given back, and no other thread has seen it. */
static bool has_idle_turn(const char *text)
{
    struct word before = {.kind = 'F'}, word, other;
    for (const char *at = text; *at != '\0' && *at != ';'; at += *at == ' ') {
        if (read_word(&word, at) && word.kind == 'B' && before.kind == 'G' &&
            reads_own(&word, &before)) {
            int readers = 0;
            for (const char *by = text; *by != '\0' && *by != ';'; by += *by == ' ') {
                readers += read_word(&other, by) && reads_own(&other, &before);
                by += strcspn(by, " ;");
            }
            if (readers == 1) {
                return true;
            }
        }
        before = word;
        at += strcspn(at, " ;");
    }
    return false;
}

/* Whether an event of another thread reads that one. */
static bool is_seen(const char *text, const struct word *event)
{
    struct word word;
    for (; *text != '\0' && *text != ';'; text += *text == ' ') {
        if (read_word(&word, text) && word.thread != event->thread &&
            reads_own(&word, event)) {
            return true;
        }
        text += strcspn(text, " ;");
    }
    return false;
}

/* Whether a lock was taken in vain, to poll, and no other thread has seen that it was. */
static bool has_lock_turn(const char *text)
{
    struct word word, taken = {.kind = 'F'};
    for (const char *at = text; *at != '\0' && *at != ';'; at += *at == ' ') {
        if (read_word(&word, at)) {
            bool again =
                word.kind == 'P' && taken.kind == 'P' && word.thread == taken.thread;
            if ((again && !is_seen(text, &taken)) ||
                (word.kind == 'T' && !is_seen(text, &word))) {
                return true;
            }
            taken = word.kind == 'P' ? word : taken;
        }
        at += strcspn(at, " ;");
    }
    return false;
}

/* Whether a word was written once more in vain, and no other write came between. */
static bool has_written_again(const char *text)
{
    struct word word, before = {.kind = 'F'};
    const char *orders = strchr(text, ';');
    for (const char *at = text; *at != '\0' && *at != ';'; at += *at == ' ') {
        if (read_word(&word, at) && word.kind == 'N') {
            char both[32];
            (void)snprintf(both, sizeof both, "%d.%d,%d.%d", before.thread, before.index,
                           word.thread, word.index);
            if (before.kind == 'N' && before.thread == word.thread &&
                strstr(orders, both) != NULL) {
                return true;
            }
            before = word;
        }
        at += strcspn(at, " ;");
    }
    return false;
}

/* Whether the graph must be found. Those need not that have an idle turn; and of a
   program with spins those in which a read finds another write than the thread's event
   before it, which also only reads, unless the number of tries comes out otherwise: the
   others are like another one (doc/lockcheck-loops.7). */
static bool is_needed(const char *text)
{
    struct word before = {.kind = 'F'}, word;
    if (has_idle_turn(text) ||
        (!run.lock_turns_refused && (has_lock_turn(text) || has_written_again(text)))) {
        return false;
    }
    for (; with_spins && *text != '\0' && *text != ';'; text += *text == ' ') {
        if (read_word(&word, text) && word.thread == before.thread &&
            strchr("RSCD", before.kind) != NULL && strchr("RSCU", word.kind) != NULL &&
            word.location == before.location && strcmp(word.source, before.source) != 0) {
            return false;
        }
        before = word;
        text += strcspn(text, " ;");
    }
    return true;
}

/* Waits in a row, of one kind and at one location, may have found the same write: then
   nothing else is otherwise. Returns the text in which each has found what the last of
   them has. */
static char *with_ends_alike(const char *text)
{
    char *copy = malloc(2 * strlen(text) + 1), *to = copy;
    struct word word, next;
    for (; *text != '\0' && *text != ';'; text += *text == ' ') {
        size_t length = strcspn(text, " ;");
        const char *by = text;
        bool waits = read_word(&word, by) && strchr("AE", word.kind) != NULL;
        while (waits && read_word(&next, by += length_of_word(by)) &&
               next.thread == word.thread && next.kind == word.kind &&
               next.location == word.location) {
            strcpy(word.source, next.source);
        }
        to += waits ? sprintf(to, "%d.%d:%c%d=%s", word.thread, word.index, word.kind,
                              word.location, word.source)
                    : sprintf(to, "%.*s", (int)length, text);
        text += length;
        to += *text == ' ' ? sprintf(to, " ") : 0;
    }
    strcpy(to, text);
    return copy;
}

static unsigned long left_away; /* graphs that are like others, and were not found */

/* Whether a graph had to be found that was not; `sorted` were. */
static bool is_missed(const struct program *program, const char *text,
                      const struct texts *sorted, bool symmetry)
{
    int number[PROGRAM_THREADS];
    char *like = with_ends_alike(text), *first = NULL;
    if (symmetry) {
        make_first(program, like, number, 0, &first);
        free(like);
        like = first;
    }
    bool found = bsearch(&like, sorted->text, sorted->count, sizeof *sorted->text,
                         by_text) != NULL;
    bool missed = !found && is_needed(like);
    free(like);
    left_away += !missed;
    return missed;
}

static bool compare_texts(const struct program *program, const struct texts *naive,
                          const struct texts *real, bool symmetry)
{
    size_t n = 0;
    for (size_t r = 0; r < real->count; r++) {
        if (r > 0 && strcmp(real->text[r], real->text[r - 1]) == 0) {
            return report(program, "found twice", real->text[r]);
        }
        for (; n < naive->count && strcmp(naive->text[n], real->text[r]) < 0; n++) {
            if (is_missed(program, naive->text[n], real, symmetry)) {
                return report(program, "missed", naive->text[n]);
            }
        }
        if (n == naive->count || strcmp(naive->text[n], real->text[r]) != 0) {
            return report(program, "not an execution", real->text[r]);
        }
        n++;
    }
    for (; n < naive->count; n++) {
        if (is_missed(program, naive->text[n], real, symmetry)) {
            return report(program, "missed", naive->text[n]);
        }
    }
    return true;
}

/* The numbers of executions: those that lockcheck says its own stand for, and all. */
static bool compare_counts(const struct program *program,
                           const struct explore_result *result, size_t all)
{
    inexact += result->inexact;
    if (result->executions > result->stand_for ||
        (result->inexact ? result->stand_for < all : result->stand_for != all)) {
        char text[100];
        sprintf(text, "%llu, not %zu", (unsigned long long)result->stand_for, all);
        return report(program, "another number", text);
    }
    return true;
}

static struct texts real;
static bool real_symmetric;
static const void *real_idle_at;
static unsigned real_lock_words;
static bool real_refused;
static unsigned long idle, refused, polling, polls_refused;

/* A search that has begun again finds all of them again. */
static void begin_run(bool shown)
{
    (void)shown;
    if (run.symmetric != real_symmetric || run.idle_at != real_idle_at ||
        run.lock_words != real_lock_words || run.lock_turns_refused != real_refused) {
        real_symmetric = run.symmetric;
        real_idle_at = run.idle_at;
        real_lock_words = run.lock_words;
        real_refused = run.lock_turns_refused;
        free_texts(&real);
        real = (struct texts){0};
    }
}

static bool is_strong(int order, int side)
{
    return order == side || order == memory_order_acq_rel ||
           order == memory_order_seq_cst;
}

/* Whether turns of a poll may be gone on behind: the locks are not ones, or their orders
   are too weak. */
static bool polls_on(const struct program *program, enum naive_model model)
{
    bool weak = false;
    for (int t = 0; t < program->threads; t++) {
        for (int i = 0; i < program->thread[t].operations; i++) {
            const struct program_operation *operation = &program->thread[t].operation[i];
            bool strong = is_strong(operation->order, memory_order_acquire) &&
                          is_strong(operation->failure, memory_order_release);
            weak = weak || (program_is_poll(operation) &&
                            operation->kind != PROGRAM_RETRY && !strong);
        }
    }
    return has(program, program_is_poll) &&
           (run.lock_turns_refused || (weak && model != NAIVE_TSO));
}

/* Whether idle turns may be gone on behind, to the last one that a borrow may make: then
   a thread that waits for ever in one is not seen to hang. */
static bool goes_on(const struct program *program, enum naive_model model)
{
    unsigned borrowed = 0; /* a bit for each location */
    for (int t = 0; t < program->threads; t++) {
        for (int i = 0; i < program->thread[t].operations; i++) {
            const struct program_operation *operation = &program->thread[t].operation[i];
            borrowed |= (unsigned)is_borrow(operation) << operation->location;
        }
    }
    return polls_on(program, model) ||
           (borrowed != 0 && (run.idle_refused || (borrowed & (borrowed - 1)) != 0));
}

/* `naive` has the graphs of the program, unless some of them hang or race. */
static bool compare_with(const struct program *program, enum naive_model model,
                         bool symmetry, struct texts *naive, int hangs, bool races)
{
    bool good = true;
    real = (struct texts){0};
    struct explore_options options = {.model =
                                          model == NAIVE_TSO ? MODEL_TSO : MODEL_RC11,
                                      .same_thread = model == NAIVE_SAME_THREAD,
                                      .symmetry = symmetry,
                                      .idle_turns = true,
                                      .begin = begin_run,
                                      .events = 100,
                                      .jobs = 1,
                                      .program = run_program,
                                      .execution = add_graph,
                                      .context = &real};
    struct explore_result result;
    running = program;
    with_spins = has(program, program_is_spin);
    explore(&options, &result);
    idle += run.idle_at != NULL;
    refused += run.idle_refused;
    polling += run.lock_words > 0 || run.lock_turns_refused;
    polls_refused += run.lock_turns_refused;
    bool wrong = result.verdict == WRONG;
    bool stuck = wrong && result.failure.kind == (const char *)KIND_HANG;
    bool unsure = !wrong && result.unsure;
    bool raced = wrong && result.failure.kind == (const char *)KIND_RACE;
    /* Where failed tries are suspected, no threads are alike any more. */
    bool alarm =
        (stuck && (hangs & HANGS) == 0) || (unsure && (hangs & (MAY_HANG | MEETS)) == 0);
    hangs &= HANGS | MAY_HANG;
    hangs = goes_on(program, model) ? 0 : unsure ? hangs & HANGS : hangs;
    if (run.symmetric != symmetry && !has(program, program_is_watch) &&
        !has(program, program_is_poll) && run.idle_at == NULL) {
        good = report(program, "threads told apart", "");
    } else if (result.verdict != VERIFIED && !stuck && !raced && !unsure &&
               !goes_on(program, model)) {
        good = report(program, "not explored", result.why);
    } else if (alarm || (raced && !races)) {
        good = report(program, raced ? "no race" : "no hang", "");
    } else if (!wrong && (hangs != 0 || races)) {
        good = report(program, hangs != 0 ? "hang missed" : "race missed", "");
    } else if (!wrong) {
        size_t all = naive->count;
        unsigned long away = left_away;
        if (symmetry) {
            make_all_first(program, naive);
            make_all_first(program, &real);
        }
        qsort(naive->text, naive->count, sizeof *naive->text, by_text);
        qsort(real.text, real.count, sizeof *real.text, by_text);
        if (symmetry) {
            drop_doubles(naive);
        }
        /* With idle turns left out no threads are alike. */
        if (result.inexact || run.symmetric != symmetry) {
            drop_doubles(&real);
        }
        good = compare_texts(program, naive, &real, symmetry);
        bool counted = left_away == away && !has(program, is_borrow) &&
                       !has(program, program_is_poll);
        good = good && (!counted || compare_counts(program, &result, all));
    }
    free_texts(&real);
    return good;
}

/* --- few deviations first (lockcheck-model(7)) -------------------------------------- */

/* Explores those with up to so many. Returns the number of executions, all of which the
   program must have, once each; or 0. */
static uint64_t executions_with(const struct program *program, unsigned deviations,
                                struct texts *all, struct explore_result *result)
{
    struct texts found = {0};
    struct explore_options options = {.deviations = deviations,
                                      .events = 100,
                                      .jobs = 1,
                                      .program = run_program,
                                      .execution = add_graph,
                                      .context = &found};
    running = program;
    with_spins = has(program, program_is_spin);
    explore(&options, result);
    bool good = result->verdict == INCONCLUSIVE && result->covered == deviations &&
                found.count == result->executions;
    qsort(found.text, found.count, sizeof *found.text, by_text);
    size_t a = 0;
    for (size_t i = 0; good && i < found.count; i++) {
        while (a < all->count && strcmp(all->text[a], found.text[i]) < 0) {
            a++;
        }
        good = a < all->count && strcmp(all->text[a++], found.text[i]) == 0;
    }
    free_texts(&found);
    return good ? result->executions : 0;
}

/* With more and more deviations there are more and more executions, and with as many as
   any has there are all, but for those that are like others. */
static bool are_all_within(const struct program *program, struct texts *all, bool like)
{
    struct explore_result result = {.beyond = true};
    uint64_t before = 1, now = 0;
    qsort(all->text, all->count, sizeof *all->text, by_text);
    for (unsigned n = 1; result.beyond; n++, before = now) {
        now = executions_with(program, n, all, &result);
        if (now < before) {
            return report(program, "with more deviations fewer, or no", "executions");
        }
    }
    return now == all->count || like ||
           report(program, "some executions have", "no number of deviations");
}

static bool compare(const struct program *program, enum naive_model model)
{
    struct texts naive = {0};
    int hangs = 0;
    bool races = false, good = true;
    if (!naive_explore(program, model, LIMIT, add_text, &naive, &hangs, &races)) {
        left_out++;
    } else {
        compared++;
        hanging += (hangs & (HANGS | MAY_HANG)) != 0;
        racing += races;
        together += has(program, is_both);
        unsigned long away = left_away;
        good = compare_with(program, model, false, &naive, hangs, races);
        /* What borrows may have none with few: turns are counted there. */
        if (!hangs && !races && model == NAIVE_RC11 && naive.count > 0 &&
            naive.count < 100 && !has(program, is_borrow) && !has(program, is_both) &&
            !has(program, program_is_poll)) {
            good = are_all_within(program, &naive, left_away > away) && good;
        }
        if (has_threads_alike(program)) {
            alike++;
            good = compare_with(program, model, true, &naive, hangs, races) && good;
        }
    }
    free_texts(&naive);
    return good;
}

/* Where what one of two threads that are alike reads depends on the other one, by relaxed
   accesses alone, and both orders of the two have to be allowed. */
static const char *const entangled[] = {
    "load x relaxed, store y = 1 relaxed | load x relaxed, store y = 1 relaxed | "
    "load y relaxed, store x = 1 relaxed | store x = 2 relaxed",
    "load x relaxed, store y = 1 relaxed | load y relaxed, store x = 1 relaxed | "
    "store x = 2 relaxed | load x relaxed, store y = 1 relaxed",
    /* And where a spin is found to be like another one only when what was done in between
       has been dropped. */
    "spin x == 1 3 relaxed, store x = 1 relaxed | spin x == 1 3 relaxed, store x = 1 "
    "relaxed | exchange x = last+2 acquire | spin x == 1 3 relaxed, store x = 1 relaxed",
};

/* The number of executions with threads changed about is known, but for a few. */
static bool is_mostly_exact(void)
{
    return 50 * inexact <= alike + 100;
}

/* --- how much is left: the estimate amid the search --------------------------------- */

/* Larger ones, of several shapes. */
static const char *const large[] = {
    "add x + 1 relaxed, add x + 1 relaxed | add x + 1 relaxed, add x + 1 relaxed | "
    "add x + 1 relaxed, add x + 1 relaxed | add x + 1 relaxed, add x + 1 relaxed",
    "store x = 1 relaxed, load x relaxed | store x = 2 relaxed, load x relaxed | "
    "store x = 3 relaxed, load x relaxed | load x relaxed, load x relaxed",
    "cas x 0 -> 1 acquire relaxed, cas x 1 -> 2 release relaxed | "
    "cas x 2 -> 3 acquire relaxed, cas x 3 -> 0 release relaxed | "
    "exchange x = 1 acq_rel, add x + 1 relaxed | cas x 0 -> 2 relaxed relaxed, load x "
    "relaxed",
    "store x = 1 relaxed, store y = 1 relaxed, store x = 2 relaxed | load y relaxed, "
    "load "
    "x relaxed, store y = 2 relaxed | exchange x = 3 relaxed, add y + 1 relaxed | load x "
    "relaxed, load y relaxed, add x + 1 relaxed",
};

static struct explore_result exploring;
static struct {
    double runs, all; /* when so many were made, so many were expected */
} estimates[1000];
static size_t estimate_count;

static void note_estimate(void)
{
    struct explore_result so_far;
    jobs_totals(&so_far);
    if (estimate_count < sizeof estimates / sizeof *estimates) {
        estimates[estimate_count].runs = (double)exploring.runs;
        estimates[estimate_count++].all = (double)exploring.runs / so_far.explored;
    }
}

/* In the middle of the way: at most three times what it is; at least half, which "nothing
   is left" would not be everywhere. */
static bool is_estimated(const char *text)
{
    struct program program;
    struct explore_options options = {
        .events = 100, .jobs = 1, .program = run_program, .tick = note_estimate};
    if (!program_read(&program, text)) {
        return false;
    }
    running = &program;
    with_spins = has(&program, program_is_spin);
    estimate_count = 0;
    explore(&options, &exploring);
    double all = (double)exploring.runs, amid = 0;
    for (size_t i = 0; i < estimate_count; i++) {
        double share = estimates[i].runs / all, ratio = estimates[i].all / all;
        if (share < 0.4 || share > 0.6) {
            continue;
        }
        amid++;
        if (ratio < 1.0 / 2 || ratio > 3) {
            printf("after %.0f of %.0f runs %.0f were expected: %s\n", estimates[i].runs,
                   all, estimates[i].all, text);
            return false;
        }
    }
    return amid > 0;
}

/* --- … with counts worked out by hand ----------------------------------------------- */

/* How many executions have 0, 1, 2 … deviations, worked out by hand. */
static const struct {
    const char *program;
    uint64_t count[5];
} derived[] = {
    /* Of threads that each have one update of x, the one that was created as k-th is put
       behind all of those before it, or with one deviation at one of k - 1 other places.
       So of n threads those with d deviations are the coefficient of z^d in the product
       of (1 + (k - 1) z) for k = 1 … n. */
    {"add x + 1 relaxed | add x + 1 relaxed", {1, 1}},
    {"add x + 1 relaxed | add x + 1 relaxed | add x + 1 relaxed", {1, 3, 2}},
    {"add x + 1 relaxed | exchange x = 1 relaxed | add x + 1 relaxed | exchange x = 2 "
     "relaxed",
     {1, 6, 11, 6}},
    /* Writes likewise … */
    {"store x = 1 relaxed | store x = 2 relaxed | store x = 3 relaxed", {1, 3, 2}},
    /* … and a read after them, of the newest or, with one more, of another one or of
       none: times 1 + 3 z. If the read comes first, it is revisited instead. */
    {"store x = 1 relaxed | store x = 2 relaxed | store x = 3 relaxed | load x relaxed",
     {1, 6, 11, 6}},
    {"load x relaxed | store x = 1 relaxed", {1, 1}},
    /* A thread that waits is let go by the first write that can; by a later one with one
       deviation. */
    {"await x == 1 relaxed | store x = 1 relaxed", {1}},
    {"await x == 1 relaxed | store x = 1 relaxed, store x = 1 relaxed", {1, 1}},
    {"store x = 1 relaxed, store x = 1 relaxed | await x == 1 relaxed", {1, 1}},
    /* Of two, both by the first; or with one deviation the other by the second, or both
       by that; or with one more only the one that was created first. */
    {"await x == 1 relaxed | await x == 1 relaxed | store x = 1 relaxed, store x = 1 "
     "relaxed",
     {1, 2, 1}},
    /* By another thread's write: as the newest of two with no deviation, with one as the
       older one. With one more the wait ends by the second, likewise. */
    {"await x == 1 relaxed | store x = 1 relaxed | store x = 1 relaxed", {1, 2, 1}},
    /* Each is let go by the one before, without a deviation. */
    {"await x == 1 relaxed | await y == 1 relaxed, store x = 1 relaxed | store y = 1 "
     "relaxed",
     {1}},
    /* Then it reads the newest y, or with one deviation the one before that write. */
    {"await x == 1 relaxed, load y relaxed | store y = 1 relaxed, store x = 1 relaxed",
     {1, 1}},
    {"await x == 1 acquire, load y relaxed | store y = 1 relaxed, store x = 1 release",
     {1}},
    /* A lock that is taken by the one or the other first. */
    {"take x acquire, store x = 0 release | take x acquire, store x = 0 release", {1, 1}},
};

static bool has_derived_counts(size_t i)
{
    struct program program;
    struct texts all = {0};
    int hangs;
    bool races;
    if (!program_read(&program, derived[i].program) ||
        !naive_explore(&program, NAIVE_RC11, LIMIT, add_text, &all, &hangs, &races)) {
        return false;
    }
    qsort(all.text, all.count, sizeof *all.text, by_text);
    bool good = true;
    uint64_t expected = derived[i].count[0];
    for (unsigned n = 1; n < 5 && good; n++) {
        struct explore_result result;
        expected += derived[i].count[n];
        uint64_t found = executions_with(&program, n, &all, &result);
        /* Nothing is beyond the greatest number that an execution has. */
        bool beyond = expected < all.count;
        if (found != expected || result.beyond != beyond) {
            char text[100];
            sprintf(text, "with up to %u deviations: %llu, not %llu", n,
                    (unsigned long long)found, (unsigned long long)expected);
            good = report(&program, "another number of executions", text);
        }
        if (!beyond) {
            break;
        }
    }
    free_texts(&all);
    return good;
}

/* What random programs hardly come to. */
static const char *const special[] = {
    /* Waits in a row that need not find two writes; but where the first one would acquire
       by it, and the second does not. */
    "await x == 1 relaxed, await x == 1 relaxed, await x == 1 acquire | store x = 0 "
    "relaxed, store x = 1 relaxed | store x = 1 relaxed",
    "await x == 1 acquire, await x == 1 relaxed, load y relaxed | store x = 1 relaxed | "
    "store y = 1 relaxed, store x = 1 release",
    /* A light fence between accesses, of which no heavy one knows: it orders nothing. */
    "store x = 1 seq_cst, light seq_cst, store y = 1 release | load y acquire, load y "
    "seq_cst | store y = 2 seq_cst, load x seq_cst",
    "store x = 1 seq_cst, light seq_cst, store y = 1 release | load y acquire, load y "
    "seq_cst | store y = 2 seq_cst, load x seq_cst | heavy seq_cst",
    /* A try that fails races with what depends on the end of the wait … */
    "watch x == 1 relaxed, store y = 1 relaxed | store x = 1 relaxed, load y relaxed, if "
    "last == 0 skip 1, poke x",
    "watch x == 1 acquire, store y = 1 release | store x = 1 release, load y acquire, if "
    "last == 0 skip 1, poke x",
    /* … or has passed over a newer write, and does not depend on it. */
    "store x = 1 relaxed | watch x == 1 relaxed | poke x",
    /* The same of what such a try writes. */
    "rewrite x == 1 relaxed, store y = 1 relaxed | store x = 1 relaxed, load y relaxed, "
    "if last == 0 skip 1, peek x",
    "rewrite x == 1 acquire, store y = 1 release | store x = 1 release, load y acquire, "
    "if last == 0 skip 1, peek x",
    "await x == 1 relaxed, store y = 1 release | store x = 1 release, await y == 1 "
    "acquire, poke x | watch x == 1 acquire",
    /* A thread that waits goes on with a write, is thrown back by one with which its try
       fails, and goes on with a third, which depends on that one, or with a fourth. */
    "await x == 1 relaxed | store x = 1 relaxed | store x = 2 relaxed, store x = 1 "
    "relaxed "
    "| store x = 1 relaxed",
    /* What an idle turn has put there is read by one that depends on what its thread has
       done behind the turn: not ordered, or by way of a third thread that has seen what
       the turn has left; */
    "borrow x + 1 == 0 1 relaxed relaxed, store y = 1 relaxed | load y relaxed, load x "
    "relaxed | exchange x = 1 relaxed, add x + -1 relaxed",
    "borrow x + 1 == 1 1 relaxed relaxed | load x relaxed, store y = last+0 relaxed | "
    "load "
    "y relaxed, load x relaxed | store x = 1 relaxed",
    /* … in two turns each of which is seen behind the other one; */
    "borrow x + 1 == 1 1 relaxed relaxed, load y relaxed | borrow y + 1 == 1 1 relaxed "
    "relaxed, load x relaxed | store x = 1 relaxed | store y = 1 relaxed",
    /* … by one that reads and waits for nothing, and drops nothing that another needs; */
    "borrow x + 2 == 1 1 seq_cst seq_cst, load z seq_cst | exchange z = 2 seq_cst, "
    "borrow "
    "x + 1 == 0 1 seq_cst seq_cst | load x seq_cst",
    "exchange x = 2 relaxed, fence release, load z relaxed | borrow z + 1 == 1 1 relaxed "
    "relaxed | store z = last+1 relaxed | load z relaxed, fence release, load x relaxed",
    /* … by two, the higher of which runs first; in two turns, one of which is behind an
       event that has seen the other one. */
    "borrow x + 1 == 1 1 relaxed relaxed | await y == 1 relaxed, load x relaxed | load x "
    "relaxed, store y = 1 relaxed | store x = 1 relaxed",
    "borrow x + 2 == 1 1 relaxed relaxed | borrow x + 4 == 1 1 relaxed relaxed, load x "
    "relaxed | store x = 1 relaxed",
    /* Two that see each other, at two locations: the second is no lock. */
    "borrow x + 1 == 1 1 acquire acquire, store x = 0 relaxed, borrow y + 2 == 1 1 "
    "acquire release | borrow x + 1 == 1 1 acquire acquire, store x = 0 relaxed, borrow "
    "y + 2 == 1 1 acquire release",
    /* It is seen that a lock was taken in vain: by a load, by what depends on what comes
       behind it, by one that waits for that; */
    "poll x == 1 1 acquire release 0 | load x relaxed, store z = 1 relaxed",
    "scan x == 1 1 acquire release 1, store y = 1 relaxed | load y relaxed, if last == 0 "
    "skip 1, load x relaxed | store z = 1 relaxed",
    "await x == 1 relaxed, store z = 1 relaxed | scan x == 1 1 acquire release 0",
    /* … a lock that is passed on with too weak orders; */
    "scan x == 1 1 relaxed relaxed 0, store y = 1 relaxed | store z = 1 relaxed, take x "
    "acquire, poke y, store x = 0 release | await y == 1 relaxed, take x acquire, poke "
    "y, "
    "store x = 0 release",
    /* … what was read under it races with what depends on the end; */
    "scan x == 1 1 acquire release 0, store y = 1 relaxed | store z = 1 relaxed | load y "
    "relaxed, if last == 0 skip 1, poke x",
    /* … or nothing of that. */
    "poll x == 1 1 acquire release 0, store y = 1 relaxed | take x acquire, store z = 1 "
    "relaxed, store x = 0 release | load y relaxed, if last == 0 skip 1, poke x",
    "poll x == 1 1 acquire release 1 | poll x == 1 1 acquire release 1 | lock x acquire, "
    "store z = 1 relaxed, store x = 0 release",
    /* A word that is written again in each try is written by others: in between; so that
       it need not stand there; or in between, and depends on what comes behind the tries,
       of its thread, or of two that each wait for what the other one has done. */
    "retry x = 1 == 1 1 relaxed relaxed | store x = 2 relaxed, store z = 1 relaxed",
    "retry x = 1 == 1 1 acquire release | load x acquire, store x = 2 release, store z = "
    "1 release",
    "retry x = 1 == 1 1 relaxed relaxed, store y = 1 relaxed | store z = 1 relaxed, load "
    "x relaxed, if last == 0 skip 3, load y relaxed, if last == 0 skip 1, store x = 2 "
    "relaxed",
    "retry x = 1 == 1 1 acquire relaxed, store z = 2 release | retry y = 1 == 1 1 "
    "acquire "
    "relaxed, store z = 3 release | store z = 1 relaxed, await z == 3 acquire, store x = "
    "2 relaxed | await z == 2 acquire, store y = 2 relaxed",
};

/* On x86: where a store waits behind a load that follows it, and what drains it: a locked
   instruction, be it a store, an update or a compare-and-swap that fails, or a fence; and
   a load that reads its own thread's store before others can. */
static const char *const special_tso[] = {
    "store x = 1 release, load y seq_cst | store y = 1 release, load x seq_cst",
    "store x = 1 seq_cst, load y relaxed | store y = 1 seq_cst, load x relaxed",
    "exchange x = 1 relaxed, load y relaxed | exchange y = 1 relaxed, load x relaxed",
    "store x = 1 relaxed, cas z 1 -> 1 relaxed relaxed, load y relaxed | store y = 1 "
    "relaxed, fence seq_cst, load x relaxed",
    "store x = 1 relaxed, fence acq_rel, load y relaxed | store y = 1 relaxed, fence "
    "seq_cst, load x relaxed",
    "store x = 1 relaxed, load x relaxed, load y relaxed | store y = 1 relaxed, load y "
    "relaxed, load x relaxed",
    "store x = 1 relaxed, add x + 1 relaxed, load y relaxed | store y = 1 seq_cst, load "
    "y relaxed, load x relaxed",
    "store x = 1 relaxed, store y = 1 relaxed | store y = 2 seq_cst, load x relaxed",
    "store x = 1 relaxed | store y = 1 relaxed | load x relaxed, load y relaxed | load y "
    "relaxed, load x relaxed",
    "store x = 1 relaxed, store y = 2 relaxed | store y = 1 relaxed, store x = 2 relaxed",
    /* A membarrier: the other threads' fences are anywhere, light ones or not, and at
       different times. */
    "store x = 1 relaxed, load y relaxed | store y = 1 relaxed, heavy seq_cst, load x "
    "relaxed",
    "store x = 1 relaxed, light seq_cst, load y relaxed | store y = 1 relaxed, load x "
    "relaxed | heavy seq_cst",
    "store x = 1 relaxed, load y relaxed | store y = 1 relaxed, load z relaxed, load x "
    "relaxed | store z = 1 relaxed, heavy seq_cst, load x relaxed",
    "store x = 1 relaxed, store z = 1 relaxed, load y relaxed | store y = 1 relaxed, "
    "heavy seq_cst, load z relaxed, heavy seq_cst, load x relaxed",
    "store x = 1 relaxed, load y relaxed, heavy seq_cst, load z relaxed | store y = 1 "
    "relaxed, store z = 1 relaxed, heavy seq_cst, load x relaxed",
    "load y relaxed, store x = 1 relaxed, load z relaxed, store z = 2 relaxed | store z "
    "= "
    "1 relaxed, heavy seq_cst, load x relaxed, store y = 1 relaxed",
};

static bool has_outcome(const char *text, const struct x86_test *test)
{
    bool has = true;
    for (const char *const *part = test->outcome; *part != NULL; part++) {
        has = has && strstr(text, *part) != NULL;
    }
    return has;
}

/* Both explorers, as they find the same. */
static bool is_as_published(const struct x86_test *test)
{
    struct program program;
    struct texts all = {0};
    int hangs;
    bool races, found = false;
    if (!program_read(&program, test->program) || !compare(&program, NAIVE_TSO) ||
        !naive_explore(&program, NAIVE_TSO, LIMIT, add_text, &all, &hangs, &races)) {
        return false;
    }
    for (size_t i = 0; i < all.count; i++) {
        found = found || has_outcome(all.text[i], test);
    }
    free_texts(&all);
    return found == test->allowed ||
           report(&program, test->name, found ? "found" : "not found");
}

int main(int argc, char **argv)
{
    struct program program;
    unsigned long failed = 0;
    (void)setvbuf(stdout, NULL, _IOLBF, 0); /* what was found is there if it is killed */
    vm_keep(locations, sizeof locations);
    vm_memory_add(locations, sizeof locations);
    vm_memory_add(plain, sizeof plain);
    char *end = NULL;
    uint64_t count = argc > 1 ? strtoull(argv[1], &end, 10) : 1000;
    uint64_t first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    if (argc > 1 && (end == argv[1] || *end != '\0')) {
        if (!program_read(&program, argv[1])) {
            fprintf(stderr, "compare: neither a number nor a program: %s\n", argv[1]);
            return 2;
        }
        program_print(&program, stdout);
        bool good = compare(&program, NAIVE_RC11) &&
                    compare(&program, NAIVE_SAME_THREAD) &&
                    (is_heavy(&program) || compare(&program, NAIVE_TSO));
        return !good;
    }
    for (size_t i = 0; i < sizeof entangled / sizeof *entangled; i++) {
        failed += !program_read(&program, entangled[i]) || !compare(&program, NAIVE_RC11);
    }
    for (size_t i = 0; i < sizeof large / sizeof *large; i++) {
        compared++;
        failed += !is_estimated(large[i]);
    }
    for (size_t i = 0; i < sizeof derived / sizeof *derived; i++) {
        compared++;
        failed += !has_derived_counts(i);
    }
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        failed += !program_read(&program, special[i]) || !compare(&program, NAIVE_RC11);
    }
    for (size_t i = 0; i < sizeof special_tso / sizeof *special_tso; i++) {
        failed +=
            !program_read(&program, special_tso[i]) || !compare(&program, NAIVE_TSO);
    }
    for (const struct x86_test *test = x86_tests; test->name != NULL; test++) {
        failed += !is_as_published(test);
    }
    for (uint64_t seed = first; seed < first + count; seed++) {
        static const enum naive_model models[] = {NAIVE_SAME_THREAD, NAIVE_TSO,
                                                  NAIVE_RC11, NAIVE_RC11};
        random_program(&program, seed);
        enum naive_model model = models[seed % 4];
        if (model == NAIVE_TSO && is_heavy(&program)) {
            model = NAIVE_RC11;
        }
        failed += !compare(&program, model);
    }
    fprintf(
        stderr,
        "compared %lu programs, %lu of which hang and %lu race, %lu with threads "
        "alike (%lu counts not exact), %lu with idle turns, %lu where they are not left "
        "out, %lu that take both locks at once, %lu that poll, %lu where that is not "
        "left "
        "out; %lu too large; %lu graphs like others\n",
        compared, hanging, racing, alike, inexact, idle + refused, refused, together,
        polling, polls_refused, left_out, left_away);
    failed += !is_mostly_exact();
    printf("%lu passed, %lu failed\n", compared - failed, failed);
    return failed > 0 || compared == 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Small concurrent programs, as data: what two explorers can be held against each other
 * on.
 *
 * A program is a few threads that work on the locations x, y and z, all 0 at first. Each
 * thread knows one value: `last`, what it read last (0 before that). Beside each location
 * lies a plain variable, which is only touched: nothing depends on its value.
 */
#ifndef LOCKSTEP_NAIVE_PROGRAM_H
#define LOCKSTEP_NAIVE_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PROGRAM_THREADS = 4,
    PROGRAM_OPERATIONS = 7, /* of a thread, at most; a spin counts as its tries */
    PROGRAM_LOCATIONS = 3,
};

enum program_kind {
    PROGRAM_LOAD,
    PROGRAM_STORE,
    PROGRAM_EXCHANGE,
    PROGRAM_ADD, /* fetch-and-add */
    PROGRAM_CAS, /* compare-and-swap that fails only when the values differ */
    PROGRAM_FENCE,
    PROGRAM_LIGHT,  /* the light half of an asymmetric fence */
    PROGRAM_HEAVY,  /* … and the heavy one */
    PROGRAM_AWAIT,  /* loads the location until it is `expected` */
    PROGRAM_LOCK,   /* exchanges the location for 1 until that reads 0 */
    PROGRAM_SPIN,   /* loads the location until it is `expected`, `count` times at most */
    PROGRAM_COUNT,  /* the same; then `last` is the number of tries */
    PROGRAM_TAKE,   /* takes the lock at the location: swaps 0 for 1, waiting for the 0 */
    PROGRAM_PEEK,   /* reads the plain variable of the location */
    PROGRAM_POKE,   /* … or writes it */
    PROGRAM_WATCH,  /* awaits, and a try that fails peeks; counts as three operations */
    PROGRAM_SKIP,   /* if `last` is `expected`, leaves out the next `count` operations */
    PROGRAM_BORROW, /* adds; if it does not find what is `expected`, takes that back and
                       tries again, `count` times at most: then it has to find it */
    PROGRAM_BOTH,   /* takes the locks x and y as std::lock does, this one first */
    PROGRAM_POLL,   /* takes the lock, loads z, and gives the lock back, until z is
                       `expected`: in vain `count` times at most, then it has to be */
    PROGRAM_SCAN,   /* loads z until it is `expected`; if it is not, takes the lock, peeks
                       there and gives it back, `count` times at most */
    PROGRAM_RETRY,  /* stores, and loads z, until that is `expected`; likewise */
    PROGRAM_REWRITE, /* watches, and a try that fails pokes what is there already */
    PROGRAM_KINDS,
};

/*
 * A failed try of an await or a lock is taken to have no effect. So a location that is
 * locked must never hold anything but 0 and 1. One where a lock is taken is in addition
 * written by the thread alone that has it, which gives it back, or to take it. With
 * PROGRAM_BOTH nobody else tries x and y, or looks at them. PROGRAM_POLL and PROGRAM_SCAN
 * take the lock as PROGRAM_TAKE does; or with the constant 1 as PROGRAM_LOCK.
 */
struct program_operation {
    int kind;
    uint8_t location;
    int order;     /* memory_order_…, by number: relaxed 0, acquire 2, release 3, … */
    int failure;   /* order of a compare-and-swap that fails */
    int constant;  /* what to store, to add, …; of a compare-and-swap, the new value */
    bool add_last; /* … plus `last` */
    int expected;
    int count;
};

struct program_thread {
    int operations;
    struct program_operation operation[PROGRAM_OPERATIONS];
};

struct program {
    int threads;
    struct program_thread thread[PROGRAM_THREADS];
};

static inline bool program_is_spin(const struct program_operation *operation)
{
    return operation->kind == PROGRAM_SPIN || operation->kind == PROGRAM_COUNT;
}

static inline bool program_is_poll(const struct program_operation *operation)
{
    return operation->kind == PROGRAM_POLL || operation->kind == PROGRAM_SCAN ||
           operation->kind == PROGRAM_RETRY;
}

static inline bool program_is_watch(const struct program_operation *operation)
{
    return operation->kind == PROGRAM_WATCH || operation->kind == PROGRAM_REWRITE;
}

/* How many events it has, at most. */
static inline int program_events(const struct program_operation *operation)
{
    return program_is_spin(operation)          ? operation->count
           : program_is_watch(operation)       ? 3
           : operation->kind == PROGRAM_BORROW ? 2 * operation->count + 1
           : operation->kind == PROGRAM_BOTH   ? 2
           : operation->kind == PROGRAM_POLL   ? 3 * operation->count + 3
           : operation->kind == PROGRAM_SCAN   ? 4 * operation->count + 1
           : operation->kind == PROGRAM_RETRY  ? 2 * operation->count + 2
                                               : 1;
}

static inline bool program_is_plain(const struct program_operation *operation)
{
    return operation->kind == PROGRAM_PEEK || operation->kind == PROGRAM_POKE;
}

/* The letter of a try, or of a wait that has come to its end, in the text of a graph; 0
   for what is neither (naive.h). `again`: the try is not the first. */
static inline int program_word(const struct program_operation *operation, int found,
                               bool again)
{
    bool counts = operation->kind == PROGRAM_COUNT;
    return operation->kind == PROGRAM_AWAIT        ? 'A'
           : program_is_watch(operation)           ? 'E'
           : !program_is_spin(operation)           ? 0
           : !counts                               ? 'S'
           : again && found == operation->expected ? 'D'
                                                   : 'C';
}

/* Makes up a program, always the same for the same seed (random.c). */
void random_program(struct program *program, uint64_t seed);

/* --- programs as text --------------------------------------------------------------- */

/* How an operation is written: % and the letter of a field, or a word to stand there as
   it is. The first word tells the kind. */
static const char *const program_patterns[PROGRAM_KINDS] = {
    [PROGRAM_LOAD] = "load %location %order",
    [PROGRAM_STORE] = "store %location = %value %order",
    [PROGRAM_EXCHANGE] = "exchange %location = %value %order",
    [PROGRAM_ADD] = "add %location + %value %order",
    [PROGRAM_CAS] = "cas %location %expected -> %value %order %failure",
    [PROGRAM_FENCE] = "fence %order",
    [PROGRAM_LIGHT] = "light %order",
    [PROGRAM_HEAVY] = "heavy %order",
    [PROGRAM_AWAIT] = "await %location == %expected %order",
    [PROGRAM_LOCK] = "lock %location %order",
    [PROGRAM_SPIN] = "spin %location == %expected %count %order",
    [PROGRAM_COUNT] = "count %location == %expected %count %order",
    [PROGRAM_TAKE] = "take %location %order",
    [PROGRAM_PEEK] = "peek %location",
    [PROGRAM_POKE] = "poke %location",
    [PROGRAM_WATCH] = "watch %location == %expected %order",
    [PROGRAM_SKIP] = "if last == %expected skip %count",
    [PROGRAM_BORROW] = "borrow %location + %value == %expected %count %order %failure",
    [PROGRAM_BOTH] = "both %location %order",
    [PROGRAM_POLL] = "poll %location == %expected %count %order %failure %value",
    [PROGRAM_SCAN] = "scan %location == %expected %count %order %failure %value",
    [PROGRAM_REWRITE] = "rewrite %location == %expected %order",
    [PROGRAM_RETRY] = "retry %location = %value == %expected %count %order %failure",
};

static const char *const program_orders[] = {"relaxed", "consume", "acquire",
                                             "release", "acq_rel", "seq_cst"};

static inline void program_print_operation(const struct program_operation *operation,
                                           FILE *stream)
{
    char word[16];
    int length;
    for (const char *pattern = program_patterns[operation->kind];
         sscanf(pattern, "%15s%n", word, &length) == 1; pattern += length) {
        const char *space = pattern == program_patterns[operation->kind] ? "" : " ";
        if (word[0] != '%') {
            fprintf(stream, "%s%s", space, word);
        } else if (word[1] == 'l') {
            fprintf(stream, "%s%c", space, "xyz"[operation->location]);
        } else if (word[1] == 'v') {
            fprintf(stream, "%s%s%d", space, operation->add_last ? "last+" : "",
                    operation->constant);
        } else if (word[1] == 'e' || word[1] == 'c') {
            fprintf(stream, "%s%d", space,
                    word[1] == 'e' ? operation->expected : operation->count);
        } else {
            int order = word[1] == 'o' ? operation->order : operation->failure;
            fprintf(stream, "%s%s", space, program_orders[order]);
        }
    }
}

/* For a person: an operation a line. */
static inline void program_print(const struct program *program, FILE *stream)
{
    for (int t = 0; t < program->threads; t++) {
        fprintf(stream, "thread %d\n", t);
        for (int i = 0; i < program->thread[t].operations; i++) {
            fprintf(stream, "    ");
            program_print_operation(&program->thread[t].operation[i], stream);
            fprintf(stream, "\n");
        }
    }
}

/* The same in one line (without its end), as program_read takes it:
   "store x = 1 release, load y acquire | await x == 1 relaxed". */
static inline void program_print_line(const struct program *program, FILE *stream)
{
    for (int t = 0; t < program->threads; t++) {
        fprintf(stream, "%s", t == 0 ? "" : " | ");
        for (int i = 0; i < program->thread[t].operations; i++) {
            fprintf(stream, "%s", i == 0 ? "" : ", ");
            program_print_operation(&program->thread[t].operation[i], stream);
        }
    }
}

static inline bool program_read_order(int *order, const char *word)
{
    for (*order = 0; *order < 6; ++*order) {
        if (strcmp(word, program_orders[*order]) == 0) {
            return true;
        }
    }
    return false;
}

static inline bool program_read_number(int *number, const char *word)
{
    char *end;
    *number = (int)strtol(word, &end, 10);
    return end != word && *end == '\0';
}

/* Takes one word of an operation: what the pattern has there is `field`. */
static inline bool program_read_field(struct program_operation *operation,
                                      const char *field, const char *word)
{
    if (field[0] != '%') {
        return strcmp(field, word) == 0;
    }
    switch (field[1]) {
    case 'l':
        operation->location = (uint8_t)(word[0] - 'x');
        return operation->location < PROGRAM_LOCATIONS && word[1] == '\0';
    case 'v':
        operation->add_last = strncmp(word, "last+", 5) == 0;
        return program_read_number(&operation->constant,
                                   word + (operation->add_last ? 5 : 0));
    case 'e':
        return program_read_number(&operation->expected, word);
    case 'c':
        return program_read_number(&operation->count, word);
    case 'o':
        return program_read_order(&operation->order, word);
    default:
        return program_read_order(&operation->failure, word);
    }
}

/* Takes an operation from the front of *text; leaves *text behind it. */
static inline bool program_read_operation(struct program_operation *operation,
                                          const char **text)
{
    char field[16], word[16];
    int length, used;
    for (int kind = 0; kind < PROGRAM_KINDS; kind++) {
        const char *pattern = program_patterns[kind], *rest = *text;
        *operation = (struct program_operation){.kind = kind};
        bool fits = true;
        while (fits && sscanf(pattern, "%15s%n", field, &length) == 1) {
            fits = sscanf(rest, " %15[^ ,|]%n", word, &used) == 1 &&
                   program_read_field(operation, field, word);
            pattern += length;
            rest += fits ? used : 0;
        }
        if (fits) {
            *text = rest + strspn(rest, " ,");
            return true;
        }
    }
    return false;
}

/* Reads what program_print_line has written. */
static inline bool program_read(struct program *program, const char *text)
{
    *program = (struct program){.threads = 1};
    text += strspn(text, " ");
    while (*text != '\0' && *text != '\n') {
        if (*text == '|') {
            if (++program->threads > PROGRAM_THREADS) {
                return false;
            }
            text += 1 + strspn(text + 1, " ");
            continue;
        }
        struct program_thread *thread = &program->thread[program->threads - 1];
        if (thread->operations == PROGRAM_OPERATIONS ||
            !program_read_operation(&thread->operation[thread->operations], &text)) {
            return false;
        }
        thread->operations++;
    }
    return true;
}

#endif

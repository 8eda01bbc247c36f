/* SPDX-License-Identifier: MIT */
/*
 * Random accesses on each kind of machine, with the checker on, compared with what a flat
 * memory may return. Processors load, store, exchange and compare-and-swap a few words on
 * a few lines, and each has a word of its own among these, which it reads and writes
 * plainly. All values that are written differ, so each value read names its write:
 *
 *   - it must have begun before the read ended, and no other write to the word may lie
 *     wholly between the two;
 *   - a value is taken by one read-modify-write at most, and changed by no other;
 *   - memory ends with a value that no write can have come after.
 *
 *   random [OPERATIONS]        of each processor
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine/parameters.h"
#include "sim/machine/reading.h"
#include "sim/simulate.h"
#include "virtual/instrument.h"

enum { PROCESSORS = 16, LINES = 6, SHARED_WORDS = 18, LINE = 64 };
enum { WORDS = SHARED_WORDS + PROCESSORS, MOST = 20000 };

static _Alignas(LINE) uint64_t memory[LINES * LINE / sizeof(uint64_t)];

/* Neighbouring words lie on different lines. */
static uint64_t *word_at(unsigned word)
{
    return &memory[word % LINES * (LINE / sizeof *memory) + word / LINES];
}

/* What an operation did, and when: its effect lies between `begin` and `end`. */
struct record {
    unsigned word;
    bool reads, writes;
    uint64_t read, written;
    cycles begin, end;
};

static struct record records[PROCESSORS][MOST];
static unsigned operations = 400;
static const char *wrong; /* the first thing found, or NULL */
static char message[256];

static void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void complain(const char *format, ...)
{
    if (wrong == NULL) {
        va_list arguments;
        va_start(arguments, format);
        (void)vsnprintf(message, sizeof message, format, arguments);
        va_end(arguments);
        wrong = message;
    }
}

/* --- what processors do ------------------------------------------------------------- */

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* The value that operation `number` of a processor writes: never 0, what memory begins
   with. */
static uint64_t value_of(unsigned processor, unsigned number)
{
    return (uint64_t)(processor + 1) << 32 | number;
}

static struct record do_atomic(enum vm_kind kind, unsigned word, uint64_t value,
                               uint64_t expected)
{
    struct vm_operation operation = {.kind = kind,
                                     .order = VM_SEQ_CST,
                                     .failure = VM_SEQ_CST,
                                     .size = sizeof(uint64_t),
                                     .address = word_at(word),
                                     .operand = value,
                                     .expected = expected};
    struct record record = {.word = word, .begin = processor_now()};
    record.read = instrument_atomic(&operation);
    record.end = processor_now();
    record.reads = kind != VM_STORE;
    record.writes = kind == VM_STORE || kind == VM_EXCHANGE ||
                    (kind == VM_CAS && record.read == expected);
    record.written = value;
    return record;
}

/* The processor's own word: nobody else writes it, though others write its line. */
static void do_plain(unsigned processor, bool write, uint64_t value, uint64_t *last)
{
    uint64_t *own = word_at(SHARED_WORDS + processor);
    instrument_plain(own, sizeof *own, write, NULL);
    if (write) {
        *own = *last = value;
    } else if (*own != *last) {
        complain("processor %u does not read what it has written", processor);
    }
}

static void run(void *argument)
{
    static const enum vm_kind kinds[] = {VM_LOAD, VM_LOAD, VM_STORE, VM_EXCHANGE, VM_CAS};
    unsigned processor = *(unsigned *)argument;
    uint64_t random = UINT64_C(88172645463325252) * (processor + 1);
    uint64_t seen[SHARED_WORDS] = {0}, own = 0;
    for (unsigned i = 0; i < operations; i++) {
        uint64_t value = value_of(processor, i), dice = next_random(&random);
        do_plain(processor, dice % 4 == 0, value, &own);
        unsigned word = (unsigned)(dice / 8 % SHARED_WORDS);
        enum vm_kind kind = kinds[dice / 256 % (sizeof kinds / sizeof *kinds)];
        records[processor][i] = do_atomic(kind, word, value, seen[word]);
        seen[word] = records[processor][i].writes  ? value
                     : records[processor][i].reads ? records[processor][i].read
                                                   : seen[word];
        processor_work(dice / 4096 % 32);
    }
    instrument_exit();
}

/* --- what a flat memory may return -------------------------------------------------- */

static const struct record initial = {.writes = true};

/* The write of a value that a word has had, or NULL if it was never written there. */
static const struct record *write_of(unsigned word, uint64_t value)
{
    if (value == 0) {
        return &initial;
    }
    unsigned processor = (unsigned)(value >> 32) - 1, number = (unsigned)value;
    if (processor >= PROCESSORS || number >= operations) {
        return NULL;
    }
    const struct record *record = &records[processor][number];
    return record->writes && record->word == word ? record : NULL;
}

/* Whether another write to the word lies wholly between a write and a time. */
static bool is_overwritten(const struct record *write, unsigned word, cycles time)
{
    for (unsigned processor = 0; processor < PROCESSORS; processor++) {
        for (unsigned i = 0; i < operations; i++) {
            const struct record *other = &records[processor][i];
            if (other->writes && other->word == word && other != write &&
                other->begin > write->end && other->end < time) {
                return true;
            }
        }
    }
    return false;
}

static void check_read(unsigned processor, unsigned number)
{
    const struct record *record = &records[processor][number];
    const struct record *write = write_of(record->word, record->read);
    if (write == NULL || write->begin > record->end) {
        complain("processor %u, operation %u: %" PRIx64 " had not been written",
                 processor, number, record->read);
    } else if (is_overwritten(write, record->word, record->begin)) {
        complain("processor %u, operation %u: an old value, %" PRIx64, processor, number,
                 record->read);
    }
}

/* Two read-modify-writes that write have not read the same value. */
static void check_taken(unsigned processor, unsigned number)
{
    static unsigned char taken[PROCESSORS + 1][MOST];
    if (processor == 0 && number == 0) {
        memset(taken, 0, sizeof taken);
    }
    const struct record *record = &records[processor][number];
    if (record->reads && record->writes && record->read != 0) {
        unsigned char *one = &taken[record->read >> 32][(uint32_t)record->read];
        if (*one) {
            complain("%" PRIx64 " was taken twice", record->read);
        }
        *one = true;
    }
}

static void check_records(void)
{
    for (unsigned processor = 0; processor < PROCESSORS; processor++) {
        for (unsigned i = 0; i < operations && wrong == NULL; i++) {
            if (records[processor][i].reads) {
                check_read(processor, i);
            }
            if (wrong == NULL) {
                check_taken(processor, i);
            }
        }
    }
    for (unsigned word = 0; word < SHARED_WORDS && wrong == NULL; word++) {
        const struct record *write = write_of(word, *word_at(word));
        if (write == NULL || is_overwritten(write, word, UINT64_MAX)) {
            complain("word %u ends with an old value", word);
        }
    }
}

/* --- machines ----------------------------------------------------------------------- */

static unsigned passed, failed;

/* `settings`: parameters of the machine, with spaces between them. */
static void try_machine(const char *name, const char *settings)
{
    static unsigned numbers[PROCESSORS];
    struct machine chosen;
    char copy[128];
    (void)snprintf(copy, sizeof copy, "%s", settings);
    bool good = machine_read(&chosen, name);
    for (char *one = strtok(copy, " "); good && one != NULL; one = strtok(NULL, " ")) {
        good = machine_set(&chosen, one, "random");
    }
    if (!good || !machine_check(&chosen)) {
        exit(1);
    }
    wrong = NULL;
    memset(memory, 0, sizeof memory);
    memset(records, 0, sizeof records);
    simulation_begin(&chosen, PROCESSORS, 1);
    for (unsigned i = 0; i < PROCESSORS; i++) {
        numbers[i] = i;
        processor_start(i, run, &numbers[i], 0);
    }
    if (simulation_run() != ENDED) {
        complain("the run does not end: %s", simulation.message);
    } else {
        check_end();
        check_records();
    }
    passed += wrong == NULL;
    failed += wrong != NULL;
    printf("%s: %s, %s\n", wrong == NULL ? "passed" : "FAILED", name, settings);
    if (wrong != NULL) {
        printf("    %s\n", wrong);
    }
}

static void try_buses(void)
{
    static const char *const protocols[] = {"mesi", "msi", "dragon", "firefly"};
    static const char *const others[] = {"arbitration=fifo",   "arbitration=fixed",
                                         "arbitration=random", "caching=3",
                                         "caching=4 ways=2",   "caching=1"};
    for (unsigned i = 0; i < sizeof protocols / sizeof *protocols; i++) {
        for (unsigned j = 0; j < sizeof others / sizeof *others; j++) {
            char settings[96];
            (void)snprintf(settings, sizeof settings, "protocol=%s %s", protocols[i],
                           others[j]);
            try_machine("smp", settings);
        }
    }
}

static void try_others(void)
{
    static const char *const numa[] = {
        "protocol=mesi cores=1",         "protocol=mesi cores=3",
        "protocol=msi cores=1",          "protocol=mesi caching=3",
        "protocol=msi caching=4 ways=2", "protocol=mesi link=0 network=1",
        "protocol=none cores=1",         "protocol=none cores=4"};
    for (unsigned i = 0; i < sizeof numa / sizeof *numa; i++) {
        try_machine("numa", numa[i]);
    }
    try_machine("dancehall", "network=10");
    try_machine("dancehall", "modules=2");
    try_machine("opteron", "pause=1");
    try_machine("xeon", "pause=1");
    try_machine("symmetry", "caching=8");
    try_machine("butterfly", "pause=1");
}

int main(int count, char **arguments)
{
    if (count > 1) {
        unsigned long number = strtoul(arguments[1], NULL, 10);
        operations = number < 1 ? 1 : number > MOST ? MOST : (unsigned)number;
    }
    checking = true;
    try_buses();
    try_others();
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0;
}

/* SPDX-License-Identifier: MIT */
#include "sim/show/trace.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "common/tool.h"
#include "virtual/program/program.h"
#include "virtual/program/tool.h"

enum { TEXT = 160 };

static FILE *file;
static const char *file_name;

/* --- columns ------------------------------------------------------------------------ */

enum column {
    CYCLE,
    PROCESSOR,
    OPERATION,
    VALUE,
    WHERE,
    STATE,
    TRANSACTION,
    TOOK,
    SOURCE,
    COLUMNS,
};

static const struct {
    const char *heading, *meaning;
    int width; /* negative: text stands at the left */
} columns[COLUMNS] = {
    [CYCLE] = {"cycle", "when the access took effect", 9},
    [PROCESSOR] = {"who", "processor 0, 1, …", -5},
    [OPERATION] = {"operation", "an atomic one, or a plain read or write", -18},
    [VALUE] =
        {"value",
         "loaded or stored; 0 → 1: 0 was there, 1 was stored;\n"
         "                   5 ≠ 4: 5 was there, not 4 as expected, so nothing stored",
         -18},
    [WHERE] = {"where", "the variable", -18},
    [STATE] = {"state",
               "of the cache line for this processor, before → after: I invalid,\n"
               "                   S shared, E exclusive, M modified, Sm shared and "
               "modified;\n"
               "                   – on a machine without caches",
               -7},
    [TRANSACTION] = {"transaction", "on the bus or the network; a hit needs none", -14},
    [TOOK] = {"took", "cycles from its beginning until the processor went on", 6},
    [SOURCE] = {"source", "the line of the program", -20},
};

static void put(enum column column, const char *text)
{
    int width = columns[column].width;
    (width < 0 ? text_left : text_right)(file, (unsigned)abs(width), text);
    (void)fputs("  ", file);
}

static void put_format(enum column column, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void put_format(enum column column, const char *format, ...)
{
    char text[TEXT];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    put(column, text);
}

/* --- what is in them ---------------------------------------------------------------- */

static const char *operation_name(const struct seen *seen)
{
    static const char *const names[] = {
        [VM_LOAD] = "load",
        [VM_STORE] = "store",
        [VM_EXCHANGE] = "exchange",
        [VM_ADD] = "fetch_add",
        [VM_SUB] = "fetch_sub",
        [VM_AND] = "fetch_and",
        [VM_OR] = "fetch_or",
        [VM_XOR] = "fetch_xor",
        [VM_NAND] = "fetch_nand",
        [VM_CAS] = "compare_exchange",
        [VM_CAS_WEAK] = "compare_exchange",
        [VM_ADD_BELOW] = "fetch_add",
    };
    if (seen->operation == NULL) {
        return seen->use == READ ? "read" : "write";
    }
    return seen->operation->name != NULL ? seen->operation->name
                                         : names[seen->operation->kind];
}

/* A small number, or what it points to ("&node[1]"). */
static void write_value(char *text, size_t size, uint64_t value, unsigned bytes)
{
    uint64_t top = UINT64_C(1) << (8 * bytes - 1);
    int64_t negative = (int64_t)((value ^ top) - top);
    if (bytes == sizeof(void *) && value >= 65536 && value >> 63 == 0) {
        text[0] = '&';
        address_name((const void *)(uintptr_t)value, text + 1, size - 1);
        if (strncmp(text, "&0x", 3) != 0) {
            return;
        }
        value = vm_settled_address((const void *)(uintptr_t)value);
    }
    if (negative < 0 && negative > -65536) {
        (void)snprintf(text, size, "%" PRId64, negative);
    } else {
        (void)snprintf(text, size, value < 100000000 ? "%" PRIu64 : "0x%" PRIx64, value);
    }
}

static void put_value(const struct seen *seen)
{
    const struct vm_operation *operation = seen->operation;
    uint64_t stored = 0;
    if (operation == NULL) {
        put(VALUE, "");
        return;
    }
    char old[TEXT / 3], new[TEXT / 3];
    bool stores = vm_writes(operation, seen->value, &stored);
    bool compares = operation->kind == VM_CAS || operation->kind == VM_CAS_WEAK;
    write_value(old, sizeof old, seen->value, operation->size);
    write_value(new, sizeof new, stores ? stored : operation->expected, operation->size);
    if (operation->kind == VM_LOAD) {
        put(VALUE, old);
    } else if (operation->kind == VM_STORE) {
        put(VALUE, new);
    } else {
        put_format(VALUE, "%s %s %s", old, compares && !stores ? "≠" : "→", new);
    }
}

static void put_state(const struct seen *seen)
{
    if (machine.protocol == NO_CACHES) {
        put(STATE, "–");
    } else {
        put_format(STATE, "%-2s → %s", state_name(seen->before), state_name(seen->after));
    }
}

static void put_source(const void *site)
{
    struct vm_source source;
    if (site == NULL || !vm_source_of(site, &source)) {
        return;
    }
    const char *text = vm_source_text(source.file, source.line);
    put_format(SOURCE, "%s:%d", last_part(source.file), source.line);
    (void)fputs(text == NULL ? "" : text, file);
}

/* --- all of it ---------------------------------------------------------------------- */

void trace_open(const char *path, const char *on, const char *changed)
{
    bool standard = strcmp(path, "-") == 0;
    file_name = standard ? "standard output" : path;
    file = standard ? vm_out : fopen(path, "w");
    if (file == NULL) {
        (void)fprintf(vm_err, "locksim: --trace: %s: %s\n", path, strerror(errno));
        exit(STATUS_CANNOT);
    }
    (void)fprintf(file,
                  "On %s%s%s. A line for each access to shared memory, in the order in "
                  "which they took effect:\n\n",
                  on, changed != NULL ? ", changed: " : "",
                  changed != NULL ? changed : "");
    for (enum column i = 0; i < COLUMNS; i++) {
        (void)fprintf(file, "    %-13s  %s\n", columns[i].heading, columns[i].meaning);
    }
}

void trace_begin(const char *title)
{
    (void)fprintf(file, "\n=== %s\n\n", title);
    for (enum column i = 0; i < SOURCE; i++) {
        put(i, columns[i].heading);
    }
    (void)fprintf(file, "%s\n", columns[SOURCE].heading);
}

/* Known only when the wait is over, and so listed then. */
static void put_repeated(const struct seen *seen, const char *name)
{
    put(CYCLE, "");
    put_format(PROCESSOR, "P%u", seen->processor);
    (void)fprintf(file,
                  "… %" PRIu64 " more %s that hit: %s, cycles %" PRIu64 "–%" PRIu64 "\n",
                  seen->repeated, seen->repeated == 1 ? "try" : "tries", name, seen->time,
                  seen->end);
}

void trace_access(const struct seen *seen)
{
    char name[TEXT];
    address_name(seen->address, name, sizeof name);
    if (seen->repeated > 0) {
        put_repeated(seen, name);
        return;
    }
    put_format(CYCLE, "%" PRIu64, seen->time);
    put_format(PROCESSOR, "P%u", seen->processor);
    put(OPERATION, operation_name(seen));
    put_value(seen);
    put(WHERE, name);
    put_state(seen);
    put(TRANSACTION, seen->hit ? "hit" : transaction_name(seen->transaction));
    put_format(TOOK, "%" PRIu64, seen->end - seen->issued);
    put_source(seen->site);
    (void)fputc('\n', file);
}

void trace_close(void)
{
    bool failed = ferror(file) != 0;
    if ((file == vm_out ? fflush(file) : fclose(file)) != 0 || failed) {
        (void)fprintf(vm_err, "locksim: --trace: %s: %s\n", file_name, strerror(errno));
        exit(STATUS_CANNOT);
    }
    file = NULL;
}

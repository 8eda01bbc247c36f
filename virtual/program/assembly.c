/* SPDX-License-Identifier: MIT */
/*
 * Reads the assembly that gcc or clang made of a source, for what escapes
 * instrumentation: inline assembly, and synchronising instructions that come from
 * builtins.
 */
#include "common/text.h"
#include "virtual/program/build.h"
#include "virtual/program/tool.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_COMPLAINTS = 10 }; /* for one source */

/* A listing that is being read, line by line. */
struct reader {
    char *text, *next;
    char **files; /* by the numbers that .file gave them */
    size_t file_count;
    const char *file; /* where the source was, by the last .loc */
    int line;
    const char *said_file; /* where the last complaint was */
    int said_line;
    const char *floating_file; /* where the last fnstenv was */
    int floating_line;
};

/* --- source places ------------------------------------------------------------------ */

/* Takes a quoted string off *text, without quotes and escapes; NULL: there is none. */
static char *take_string(char **text)
{
    char *from = *text + strspn(*text, " \t");
    if (*from++ != '"') {
        return NULL;
    }
    char *const string = from;
    char *to = string;
    while (*from != '"' && *from != '\0') {
        if (*from == '\\' && from[1] >= '0' && from[1] <= '7') {
            unsigned octal = 0;
            from++;
            for (int digit = 0; digit < 3 && *from >= '0' && *from <= '7'; digit++) {
                octal = octal * 8 + (unsigned)(*from++ - '0');
            }
            *to++ = (char)octal;
        } else {
            if (*from == '\\' && from[1] != '\0') {
                from++;
            }
            *to++ = *from++;
        }
    }
    if (*from == '"') {
        from++;
    }
    *to = '\0';
    *text = from;
    return string;
}

/* `.file NUMBER "directory" "name"`, or without the directory. */
static void note_file(struct reader *reader, char *rest)
{
    char *end;
    size_t number = strtoul(rest, &end, 10);
    if (end == rest || number > 1u << 20) {
        return;
    }
    char *directory = take_string(&end);
    char *name = take_string(&end);
    if (directory == NULL) {
        return;
    }
    /* Number 0 is the source itself, whose directory is where the compiler ran: here. */
    bool plain = name == NULL || name[0] == '/' || number == 0;
    if (name == NULL) {
        name = directory;
    }

    if (number >= reader->file_count) {
        reader->files = sure_resize(reader->files, (number + 1) * sizeof *reader->files);
        while (reader->file_count <= number) {
            reader->files[reader->file_count++] = NULL;
        }
    }
    size_t size = strlen(directory) + strlen(name) + 2;
    char *path = sure_resize(NULL, size);
    snprintf(path, size, "%s%s%s", plain ? "" : directory, plain ? "" : "/", name);
    free(reader->files[number]);
    reader->files[number] = path;
}

/* `.loc NUMBER LINE COLUMN`. Line 0 is the compiler's own: the place before stays. */
static void note_place(struct reader *reader, const char *rest)
{
    char *end;
    size_t number = strtoul(rest, &end, 10);
    long line = strtol(end, NULL, 10);
    if (line <= 0 || number >= reader->file_count || reader->files[number] == NULL) {
        return;
    }
    reader->file = file_shortened(reader->files[number]);
    reader->line = (int)line;
}

static void say_place(const struct reader *reader, char place[PLACE_SIZE])
{
    place[0] = '\0';
    if (reader->file != NULL) {
        snprintf(place, PLACE_SIZE, "%s:%d: ", reader->file, reader->line);
    }
}

/* --- reading ------------------------------------------------------------------------ */

static bool open_listing(struct reader *reader, const char *path)
{
    size_t size;
    *reader = (struct reader){.text = file_read(path, &size)};
    reader->next = reader->text;
    if (reader->text == NULL) {
        complain("%s: %s", path, strerror(errno));
    }
    return reader->text != NULL;
}

static void close_listing(struct reader *reader)
{
    for (size_t number = 0; number < reader->file_count; number++) {
        free(reader->files[number]);
    }
    free(reader->files);
    free(reader->text);
}

/* The next line, without indentation; NULL at the end. Keeps track of the place. */
static char *next_line(struct reader *reader)
{
    if (reader->next == NULL || *reader->next == '\0') {
        return NULL;
    }
    char *line = reader->next + strspn(reader->next, " \t");
    char *end = strchr(reader->next, '\n');
    reader->next = end != NULL ? end + 1 : NULL;
    if (end != NULL) {
        *end = '\0';
    }
    if (starts(line, ".loc") && isspace((unsigned char)line[4])) {
        note_place(reader, line + 4);
    } else if (starts(line, ".file") && isspace((unsigned char)line[5])) {
        note_file(reader, line + 5);
    }
    return line;
}

/* An instruction, not a directive, a label or a comment. */
static bool is_instruction(const char *line)
{
    if (!isalpha((unsigned char)line[0])) {
        return false;
    }
    return line[strcspn(line, ": \t\"")] != ':';
}

/* --- inline assembly ---------------------------------------------------------------- */

/* Hints to the processor, and what only the assembler sees: no effect on memory. (gcc
   puts its own .loc and labels between two asm statements that follow each other.) */
static bool is_harmless(const char *statement)
{
    static const char *const harmless[] = {"", "pause", "nop", "yield", ".globl", ".loc"};
    size_t length = strcspn(statement, " \t");
    if (strncmp(statement, "rep", length) == 0 && length == 3) {
        statement +=
            length + strspn(statement + length, " \t"); /* "rep nop" is "pause" */
        length = strcspn(statement, " \t");
    }
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
        if (strlen(harmless[i]) == length &&
            strncmp(statement, harmless[i], length) == 0) {
            return true;
        }
    }
    return statement[length] == '\0' && statement[length - 1] == ':';
}

/* The first statement of a line of inline assembly that is not harmless, or NULL. The
   compilers have put a program's `;` and newlines there as they were. */
static char *harmful_statement(char *line)
{
    char *comment = strpbrk(line, "#");
    if (comment == line || starts(line, "//")) {
        return NULL;
    }
    if (comment != NULL && isspace((unsigned char)comment[-1])) {
        *comment = '\0';
    }
    for (char *rest = NULL, *statement = strtok_r(line, ";", &rest); statement != NULL;
         statement = strtok_r(NULL, ";", &rest)) {
        statement += strspn(statement, " \t");
        size_t length = strlen(statement);
        while (length > 0 && isspace((unsigned char)statement[length - 1])) {
            statement[--length] = '\0';
        }
        if (!is_harmless(statement)) {
            return statement;
        }
    }
    return NULL;
}

/* gcc says where an asm statement stands: `# 12 "file.c" 1`. */
static void note_marker(struct reader *reader, const char *line)
{
    int number;
    if (reader->file != NULL && sscanf(line, "# %d \"", &number) == 1 && number > 0) {
        reader->line = number;
    }
}

/* Reads on to the end of the inline assembly. Returns how many complaints it made. */
static int check_inline(struct reader *reader)
{
    char *line, place[PLACE_SIZE];
    int complaints = 0;
    while ((line = next_line(reader)) != NULL) {
        if (starts(line, "#NO_APP") || starts(line, "//NO_APP") ||
            strstr(line, "End of file scope inline assembly") != NULL) {
            break;
        }
        note_marker(reader, line);
        char *statement = harmful_statement(line);
        if (statement == NULL || complaints > 0) {
            continue;
        }
        for (char *tab = statement; (tab = strchr(tab, '\t')) != NULL;) {
            *tab = ' ';
        }
        say_place(reader, place);
        complain("%sinline assembly (\"%.40s\") cannot be %s; use <stdatomic.h>", place,
                 statement, vm_purpose);
        complaints = 1;
    }
    return complaints;
}

/* --- instructions and calls --------------------------------------------------------- */

/* Instructions that say something to other processors, that give another answer each
   time, or that are about how the processor rounds, for all threads. Instrumented code
   has none; builtins and intrinsics make them. */
static bool is_refused(const char *line)
{
    static const char *const prefixes[] = {
        "mfence", "lfence",  "sfence",   "lock",    "cmpxchg",  "xadd",  "rdtsc",
        "rdrand", "rdseed",  "xbegin",   "xend",    "dmb",      "dsb",   "ldxr",
        "ldxp",   "ldaxr",   "ldaxp",    "stxr",    "stxp",     "stlxr", "stlxp",
        "ldar",   "ldapr",   "stlr",     "cas",     "swp",      "ldadd", "ldset",
        "ldclr",  "ldmxcsr", "vldmxcsr", "stmxcsr", "vstmxcsr",
    };
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        if (starts(line, prefixes[i])) {
            return true;
        }
    }
    return starts(line, "syscall") || starts(line, "svc") ||
           (starts(line, "xchg") && strchr(line, '(') != NULL);
}

/* gcc's addition to an _Atomic double begins with fnstenv. It sets exceptions aside and
   puts them back, and leaves the rounding as it is. */
static bool is_of_floating_atomic(struct reader *reader, const char *line)
{
    if (starts(line, "fnstenv")) {
        reader->floating_file = reader->file;
        reader->floating_line = reader->line;
    }
    return strstr(line, "mxcsr") != NULL && reader->file != NULL &&
           reader->floating_file == reader->file && reader->floating_line == reader->line;
}

static int check_instruction(struct reader *reader, char *line)
{
    char place[PLACE_SIZE];
    bool refused = !is_of_floating_atomic(reader, line) && is_refused(line);
    bool shared = strstr(line, "@gottpoff") != NULL || strstr(line, "@tpoff") != NULL ||
                  strstr(line, ", tpidr_el0") != NULL;
    bool described = strstr(line, ":tlsdesc:") != NULL; /* on aarch64, by clang */
    if (!refused && !shared && !described) {
        return 0;
    }
    /* One operation in the source may be several here. */
    if (reader->file != NULL && reader->said_file == reader->file &&
        reader->said_line == reader->line) {
        return 0;
    }
    reader->said_file = reader->file;
    reader->said_line = reader->line;
    say_place(reader, place);
    if (refused) {
        line[strcspn(line, " \t;")] = '\0';
        const char *instead = strstr(line, "mxcsr") == NULL ? "; use <stdatomic.h>" : "";
        complain("%sthe instruction \"%s\" cannot be %s%s", place, line, vm_purpose,
                 instead);
    } else if (described) {
        complain("%sthis compiler's thread-local variables cannot be given to each "
                 "thread; gcc's can",
                 place);
    } else {
        complain(
            "%sa thread-local variable with a tls_model of its own cannot be given to "
            "each thread; leave the attribute out",
            place);
    }
    return 1;
}

int assembly_check(const char *listing)
{
    struct reader reader;
    if (!open_listing(&reader, listing)) {
        return -1;
    }
    char *line;
    int complaints = 0;
    while (complaints < MOST_COMPLAINTS && (line = next_line(&reader)) != NULL) {
        if (starts(line, "#APP") || starts(line, "//APP") ||
            strstr(line, "Start of file scope inline assembly") != NULL) {
            complaints += check_inline(&reader);
        } else if (is_instruction(line)) {
            complaints += check_instruction(&reader, line);
        }
    }
    close_listing(&reader);
    return complaints;
}

/* --- other questions ---------------------------------------------------------------- */

/* Whether a function is one of namespace std, or of a neighbour of it. */
static bool is_library_function(const char *mangled)
{
    /* Also with their abbreviations: allocators, strings, streams. */
    static const char *const beginnings[] = {
        "_ZNSt",  "_ZNKSt", "_ZSt",          "_ZNSa",         "_ZNKSa",
        "_ZNSs",  "_ZNKSs", "_ZNSo",         "_ZNKSo",        "_ZNSi",
        "_ZNKSi", "_ZNSd",  "_ZN9__gnu_cxx", "_ZNK9__gnu_cxx"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        if (starts(mangled, beginnings[i])) {
            return true;
        }
    }
    return false;
}

/* With -ffunction-sections each function stands in a section .text.NAME, which may be
   quoted. The new name is shorter; spaces fill the place of the old one. */
bool assembly_mark_library(const char *listing)
{
    static const char directive[] = ".section\t", before[] = ".text.";
    size_t size;
    char *text = file_read(listing, &size);
    if (text == NULL) {
        return false;
    }
    bool marked = false;
    for (char *found = text; (found = strstr(found, directive)) != NULL;) {
        found += strlen(directive);
        size_t length = strcspn(found, ",\n");
        const char *name = found + (*found == '"');
        if (length < strlen(LIBRARY_SECTION) || !starts(name, before) ||
            !is_library_function(name + strlen(before))) {
            continue;
        }
        memset(found, ' ', length);
        memcpy(found, LIBRARY_SECTION, strlen(LIBRARY_SECTION));
        marked = true;
    }
    bool good = !marked || file_write(listing, text, size);
    free(text);
    return good;
}

/* Whether `name` stands in the line, and not as a part of another name. */
static bool mentions(const char *line, const char *name)
{
    size_t length = strlen(name);
    for (const char *found = line; (found = strstr(found, name)) != NULL; found++) {
        char before = ' ', after = found[length];
        if (found != line) {
            before = found[-1];
        }
        if (!isalnum((unsigned char)before) && strchr("_.$", before) == NULL &&
            !isalnum((unsigned char)after) &&
            (after == '\0' || strchr("_.$", after) == NULL)) {
            return true;
        }
    }
    return false;
}

bool assembly_may_have_openmp(const char *listing)
{
    struct reader reader;
    if (!open_listing(&reader, listing)) {
        return true;
    }
    while (next_line(&reader) != NULL) {
    }
    bool may = false;
    for (size_t number = 0; number < reader.file_count && !may; number++) {
        const char *path = reader.files[number];
        size_t size;
        char *text = path != NULL ? file_read(path, &size) : NULL;
        may = text != NULL && strstr(text, "ragma") != NULL && mentions(text, "omp");
        free(text);
    }
    close_listing(&reader);
    return may;
}

bool assembly_find(const char *listing, const char *name, char place[PLACE_SIZE])
{
    struct reader reader;
    place[0] = '\0';
    if (!open_listing(&reader, listing)) {
        return false;
    }
    char *line;
    bool found = false;
    while (!found && (line = next_line(&reader)) != NULL) {
        found = is_instruction(line) && mentions(line, name);
    }
    if (found) {
        say_place(&reader, place);
    }
    close_listing(&reader);
    return found;
}

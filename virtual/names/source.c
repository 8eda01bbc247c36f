/* SPDX-License-Identifier: MIT */
/*
 * From an address in machine code to its source line, by the debugging information.
 * Nothing is read before the first question, and each answer is kept.
 */
#include "virtual/names/source.h"
#include "virtual/ground/files.h"
#include "virtual/ground/messages.h"
#include "virtual/program/program.h"

#include <dlfcn.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- the objects of this process ---------------------------------------------------- */

/* No other files than those that are loaded: looking for more may ask the network. */
static int no_debug_file(Dwfl_Module *module, void **data, const char *name,
                         Dwarf_Addr base, const char *file, const char *link,
                         GElf_Word check, char **found)
{
    (void)module, (void)data, (void)name, (void)base;
    (void)file, (void)link, (void)check, (void)found;
    return -1;
}

Dwfl_Module *source_module(const void *address)
{
    static const Dwfl_Callbacks callbacks = {
        .find_elf = dwfl_linux_proc_find_elf,
        .find_debuginfo = no_debug_file,
    };
    static Dwfl *session;
    if (session == NULL) {
        session = dwfl_begin(&callbacks);
        if (session == NULL || dwfl_linux_proc_report(session, getpid()) != 0 ||
            dwfl_report_end(session, NULL, NULL) != 0) {
            return NULL;
        }
    }
    /* Not by the address itself: variables that are zero at first lie beyond what is
       mapped from the file. */
    Dl_info object;
    if (dladdr(address, &object) == 0) {
        return NULL;
    }
    return dwfl_addrmodule(session, (Dwarf_Addr)(uintptr_t)object.dli_fbase);
}

/* --- the functions of an object ----------------------------------------------------- */

/* A piece of a function's code. (Scopes are not looked up from the unit downwards: gcc
   puts the code of a lambda below a function that does not contain it.) */
struct piece {
    Dwarf_Addr start, end; /* as the object was linked */
    Dwarf_Die function;
};

struct pieces {
    Dwfl_Module *module;
    struct piece *all;
    size_t count;
    struct pieces *next;
};
static struct pieces *known_pieces;

static void add_pieces(struct pieces *pieces, Dwarf_Die *parent)
{
    Dwarf_Die die;
    if (dwarf_child(parent, &die) != 0) {
        return;
    }
    do {
        Dwarf_Addr base, start, end;
        if (dwarf_tag(&die) == DW_TAG_subprogram) {
            for (ptrdiff_t at = 0;
                 (at = dwarf_ranges(&die, at, &base, &start, &end)) > 0;) {
                size_t size = (pieces->count + 1) * sizeof *pieces->all;
                pieces->all = sure_resize(pieces->all, size);
                pieces->all[pieces->count++] = (struct piece){start, end, die};
            }
        }
        add_pieces(pieces, &die);
    } while (dwarf_siblingof(&die, &die) == 0);
}

static struct pieces *pieces_of(Dwfl_Module *module)
{
    for (struct pieces *pieces = known_pieces; pieces != NULL; pieces = pieces->next) {
        if (pieces->module == module) {
            return pieces;
        }
    }
    struct pieces *pieces = sure_resize(NULL, sizeof *pieces);
    *pieces = (struct pieces){.module = module, .next = known_pieces};
    known_pieces = pieces;
    Dwarf_Die *unit = NULL;
    Dwarf_Addr bias;
    while ((unit = dwfl_module_nextcu(module, unit, &bias)) != NULL) {
        add_pieces(pieces, unit);
    }
    return pieces;
}

/* The function that an address lies in; not one that was inlined there. */
static bool find_piece(Dwfl_Module *module, Dwarf_Addr address, Dwarf_Die *function)
{
    const struct pieces *pieces = pieces_of(module);
    for (size_t i = 0; i < pieces->count; i++) {
        if (pieces->all[i].start <= address && address < pieces->all[i].end) {
            *function = pieces->all[i].function;
            return true;
        }
    }
    return false;
}

/* --- file names --------------------------------------------------------------------- */

/* Each name that was given out, with where its file is said to be. */
struct named_file {
    char *name, *path;
    char **lines;
    size_t line_count;
    bool read;
};
static struct named_file *named_files;
static size_t named_file_count;

static struct named_file *find_file(const char *name)
{
    for (size_t i = 0; i < named_file_count; i++) {
        if (strcmp(named_files[i].name, name) == 0) {
            return &named_files[i];
        }
    }
    return NULL;
}

static struct named_file *add_file(const char *name, const char *path)
{
    named_files = sure_resize(named_files, (named_file_count + 1) * sizeof *named_files);
    struct named_file *file = &named_files[named_file_count++];
    *file = (struct named_file){.name = sure_copy(name), .path = sure_copy(path)};
    return file;
}

/* The short name of a file that the compiler recorded when it ran in `directory`. */
static const char *short_name(const char *recorded, const char *directory)
{
    char path[PATH_MAX];
    if (recorded[0] != '/' && directory != NULL) {
        snprintf(path, sizeof path, "%s/%s", directory, file_shortened(recorded));
    } else {
        snprintf(path, sizeof path, "%s", recorded);
    }
    char plain[PATH_MAX];
    if (strstr(path, "/../") != NULL && realpath(path, plain) != NULL) {
        memcpy(path, plain, sizeof path);
    }
    const char *name = file_shortened(path);
    /* A library that was compiled elsewhere: as it was called there. */
    if (name[0] == '/' && directory != NULL) {
        name = file_below(path, directory);
    }
    struct named_file *file = find_file(name);
    return (file != NULL ? file : add_file(name, path))->name;
}

/* --- the line of an address --------------------------------------------------------- */

/* Sets file, line and column. Lines 0 are the compiler's own: the one before counts. */
static bool find_line(Dwarf_Die *unit, Dwarf_Addr address, struct vm_source *source)
{
    Dwarf_Lines *lines;
    size_t count;
    if (dwarf_getsrclines(unit, &lines, &count) != 0) {
        return false;
    }
    Dwarf_Line *best = NULL;
    for (size_t i = 0; i < count; i++) {
        Dwarf_Line *line = dwarf_onesrcline(lines, i);
        Dwarf_Addr start;
        int number;
        bool end;
        if (dwarf_lineaddr(line, &start) != 0 || dwarf_lineendsequence(line, &end) != 0 ||
            dwarf_lineno(line, &number) != 0) {
            continue;
        }
        if (start > address) {
            break; /* they are sorted */
        }
        if (end) {
            best = NULL;
        } else if (number != 0) {
            best = line;
        }
    }
    if (best == NULL) {
        return false;
    }
    Dwarf_Attribute attribute;
    const char *directory =
        dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
    source->file = short_name(dwarf_linesrc(best, NULL, NULL), directory);
    dwarf_lineno(best, &source->line);
    if (dwarf_linecol(best, &source->column) != 0) {
        source->column = 0;
    }
    return true;
}

/* --- functions ---------------------------------------------------------------------- */

/* A name in front of which its classes and namespaces are put: it grows to the left. */
struct qualified {
    char text[512], *start;
};

static void put_before(struct qualified *name, const char *part)
{
    size_t length = strlen(part);
    if (length > (size_t)(name->start - name->text)) {
        return;
    }
    name->start -= length;
    memcpy(name->start, part, length);
}

/* Goes to where a function is declared: there its class and namespace are around it. */
static Dwarf_Die declaration_of(Dwarf_Die die)
{
    static const unsigned origins[] = {DW_AT_abstract_origin, DW_AT_specification};
    for (size_t i = 0; i < sizeof origins / sizeof *origins; i++) {
        Dwarf_Attribute attribute;
        Dwarf_Die other;
        if (dwarf_attr(&die, origins[i], &attribute) != NULL &&
            dwarf_formref_die(&attribute, &other) != NULL) {
            die = other;
        }
    }
    return die;
}

static const char *function_name(Dwarf_Die *function)
{
    Dwarf_Die declaration = declaration_of(*function), *scopes = NULL;
    const char *own = dwarf_diename(&declaration);
    if (own == NULL) {
        return NULL;
    }
    struct qualified name;
    name.start = name.text + sizeof name.text - 1;
    *name.start = '\0';
    /* The body of a parallel region, a function of the compiler's: gcc says in which of
       the program's it is, by what is around it. */
    bool region = strstr(own, "._omp_fn.") != NULL;
    if (strncmp(own, ".omp_outlined.", 14) == 0) {
        own = "a parallel region";
    }
    put_before(&name, region ? "" : own);
    int count = dwarf_getscopes_die(&declaration, &scopes);
    for (int i = 1; i < count; i++) {
        int tag = dwarf_tag(&scopes[i]);
        bool type = tag == DW_TAG_class_type || tag == DW_TAG_structure_type;
        if (!type && tag != DW_TAG_namespace && tag != DW_TAG_subprogram) {
            continue;
        }
        const char *part = dwarf_diename(&scopes[i]);
        if (part == NULL && type) {
            part = "<lambda>";
        }
        if (part != NULL) {
            put_before(&name, *name.start == '\0' ? "" : "::");
            put_before(&name, part);
        }
    }
    free(scopes);
    return sure_copy(name.start);
}

/* C++'s own library: its lines are not what a reader wants to see. */
static bool is_language_library(const char *file)
{
    return strstr(file, "/include/c++/") != NULL || strstr(file, "/lib/gcc/") != NULL ||
           strstr(file, "/lib/clang/") != NULL;
}

/* Where an inlined function was called. */
static bool find_call(Dwarf_Die *unit, Dwarf_Die *inlined, struct vm_source *source)
{
    Dwarf_Attribute attribute;
    Dwarf_Word file, line, column = 0;
    Dwarf_Files *files;
    if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attribute), &file) != 0 ||
        dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attribute), &line) != 0 ||
        dwarf_getsrcfiles(unit, &files, NULL) != 0) {
        return false;
    }
    const char *path = dwarf_filesrc(files, file, NULL, NULL);
    if (path == NULL) {
        return false;
    }
    dwarf_formudata(dwarf_attr(inlined, DW_AT_call_column, &attribute), &column);
    const char *directory =
        dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
    source->file = short_name(path, directory);
    source->line = (int)line;
    source->column = (int)column;
    return true;
}

enum { MOST_INLINED = 32 };

/* The function and those inlined in it, one in the other, that an address lies in. */
static int find_inlined(Dwarf_Die function, Dwarf_Addr address,
                        Dwarf_Die chain[MOST_INLINED])
{
    int count = 0;
    Dwarf_Die die = function;
    chain[count++] = die;
    for (bool more = dwarf_child(&die, &die) == 0; more && count < MOST_INLINED;) {
        int tag = dwarf_tag(&die);
        bool inlined = tag == DW_TAG_inlined_subroutine;
        if ((inlined || tag == DW_TAG_lexical_block) && dwarf_haspc(&die, address) > 0) {
            if (inlined) {
                chain[count++] = die;
            }
            more = dwarf_child(&die, &die) == 0;
        } else {
            more = dwarf_siblingof(&die, &die) == 0;
        }
    }
    return count;
}

/* Sets the function, and goes outwards from inlined functions of the C++ library. */
static void find_function(Dwarf_Die *unit, Dwarf_Die function, Dwarf_Addr address,
                          struct vm_source *source)
{
    Dwarf_Die chain[MOST_INLINED];
    int inner = find_inlined(function, address, chain) - 1;
    while (inner > 0 && is_language_library(source->file) &&
           find_call(unit, &chain[inner], source)) {
        inner--;
    }
    source->function = function_name(&chain[inner]);
}

/* --- answers that are kept ---------------------------------------------------------- */

struct answer {
    const void *site; /* NULL: free */
    struct vm_source source;
    bool known;
};
static struct answer *answers;
static size_t answer_count, answer_room; /* a power of 2, or 0 */

/* The place of a site in the table, which has room. */
static struct answer *place_of(const void *site)
{
    size_t place = (uintptr_t)site * 0x9E3779B1u % answer_room;
    while (answers[place].site != NULL && answers[place].site != site) {
        place = (place + 1) % answer_room;
    }
    return &answers[place];
}

static void make_room(void)
{
    if (answer_count * 2 < answer_room) {
        return;
    }
    struct answer *old = answers;
    size_t old_room = answer_room;
    answer_room = old_room == 0 ? 256 : old_room * 2;
    answers = sure_resize(NULL, answer_room * sizeof *answers);
    memset(answers, 0, answer_room * sizeof *answers);
    for (size_t i = 0; i < old_room; i++) {
        if (old[i].site != NULL) {
            *place_of(old[i].site) = old[i];
        }
    }
    free(old);
}

static bool look_up(const void *site, struct vm_source *source)
{
    /* The call is before the address that it returns to. */
    Dwarf_Addr address = (Dwarf_Addr)(uintptr_t)site - 1, bias;
    Dwarf_Die function, unit;
    Dwfl_Module *module = source_module((const char *)site - 1);
    *source = (struct vm_source){.file = "", .function = NULL};
    if (module == NULL || dwfl_module_getdwarf(module, &bias) == NULL) {
        return false;
    }
    address -= bias;
    if (!find_piece(module, address, &function) ||
        dwarf_diecu(&function, &unit, NULL, NULL) == NULL ||
        !find_line(&unit, address, source)) {
        return false;
    }
    find_function(&unit, function, address, source);
    if (source->function == NULL) {
        source->function = "";
    }
    return true;
}

bool source_function(const void *site, Dwarf_Die *function, Dwarf_Addr *bias)
{
    Dwfl_Module *module = source_module((const char *)site - 1);
    return module != NULL && dwfl_module_getdwarf(module, bias) != NULL &&
           find_piece(module, (Dwarf_Addr)(uintptr_t)site - 1 - *bias, function);
}

bool vm_source_of(const void *site, struct vm_source *source)
{
    if (site == NULL) {
        return false;
    }
    make_room();
    struct answer *answer = place_of(site);
    if (answer->site == NULL) {
        answer->site = site;
        answer->known = look_up(site, &answer->source);
        answer_count++;
    }
    *source = answer->source;
    return answer->known;
}

/* --- source text -------------------------------------------------------------------- */

/* Installed headers are recorded where they were built, and lie below the executable's
   neighbour `include`. */
static char *read_installed(const char *path, size_t *size)
{
    const char *inside = strstr(path, "include/lockstep");
    char executable[PATH_MAX], installed[2 * PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", executable, sizeof executable - 1);
    if (inside == NULL || length <= 0) {
        return NULL;
    }
    executable[length] = '\0';
    *strrchr(executable, '/') = '\0';
    snprintf(installed, sizeof installed, "%s/../%s", executable, inside);
    return file_read(installed, size);
}

static void read_lines(struct named_file *file)
{
    size_t size;
    char *text = file_read(file->name, &size);
    if (text == NULL) {
        text = file_read(file->path, &size);
    }
    if (text == NULL) {
        text = read_installed(file->path, &size);
    }
    file->read = true;
    while (text != NULL && *text != '\0') {
        /* Room for 64 more at a time. */
        if (file->line_count % 64 == 0) {
            file->lines =
                sure_resize(file->lines, (file->line_count + 64) * sizeof *file->lines);
        }
        file->lines[file->line_count++] = text + strspn(text, " \t");
        text += strcspn(text, "\n");
        if (*text == '\n') {
            *text++ = '\0';
        }
    }
}

const char *vm_source_text(const char *name, int line)
{
    struct named_file *file = find_file(name);
    if (file == NULL) {
        file = add_file(name, name);
    }
    if (!file->read) {
        read_lines(file);
    }
    if (line < 1 || (size_t)line > file->line_count) {
        return NULL;
    }
    return file->lines[line - 1];
}

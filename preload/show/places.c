/* SPDX-License-Identifier: MIT */
#include "preload/show/places.h"

#include <ctype.h>
#include <dlfcn.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/memory.h"
#include "common/text.h"

/* --- files -------------------------------------------------------------------------- */

struct file {
    const char *path;
    const char *trouble; /* why it cannot be used, or has no lines */
    Dwfl_Module *module;
    Elf *elf;
    Dwarf_Addr bias;
    struct file *next;
};

/* One for each path and each time at which it was loaded: it may have been changed. */
static struct file *files;

static struct file *new_file(const struct profile_module *module)
{
    static const Dwfl_Callbacks callbacks = {
        .find_elf = dwfl_build_id_find_elf,
        .find_debuginfo = dwfl_standard_find_debuginfo,
        .section_address = dwfl_offline_section_address,
    };
    struct file *file = zeroed(1, sizeof *file);
    struct stat status;
    file->path = sure(strdup(module->path));
    /* Where debugging information is missing, nobody is asked over a network. */
    (void)unsetenv("DEBUGINFOD_URLS");
    if (stat(file->path, &status) != 0) {
        file->trouble = "the file is not there";
        return file;
    }
    if ((uint64_t)status.st_ctime > module->seen) {
        file->trouble = "the file was changed after it was loaded";
        return file;
    }
    Dwfl *session = dwfl_begin(&callbacks);
    file->module =
        session == NULL ? NULL : dwfl_report_offline(session, file->path, file->path, -1);
    if (file->module == NULL || dwfl_report_end(session, NULL, NULL) != 0) {
        file->trouble = "the file cannot be read";
        file->module = NULL;
        return file;
    }
    file->elf = dwfl_module_getelf(file->module, &file->bias);
    Dwarf_Addr bias;
    if (dwfl_module_getdwarf(file->module, &bias) == NULL) {
        file->trouble = "no debugging information";
    }
    return file;
}

static struct file *file_of(const struct profile_module *module)
{
    for (struct file *file = files; file != NULL; file = file->next) {
        if (strcmp(file->path, module->path) == 0) {
            return file;
        }
    }
    struct file *file = new_file(module);
    file->next = files;
    files = file;
    return file;
}

const char *place_trouble(const struct profile_module *module)
{
    return file_of(module)->trouble;
}

/* Calls `take` with each part that is loaded, until it returns true. */
static bool any_segment(const struct file *file, bool (*take)(const GElf_Phdr *, void *),
                        void *argument)
{
    size_t count = 0;
    if (file->elf == NULL || elf_getphdrnum(file->elf, &count) != 0) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr part;
        if (gelf_getphdr(file->elf, (int)i, &part) != NULL && part.p_type == PT_LOAD &&
            take(&part, argument)) {
            return true;
        }
    }
    return false;
}

/* As the file was linked, of an offset in it. */
struct linked {
    uint64_t offset, address;
};

static bool holds_offset(const GElf_Phdr *part, void *argument)
{
    struct linked *linked = argument;
    /* Pages are mapped whole: what lies before or behind the part in them, too. */
    uint64_t mask = ~(uint64_t)0xffff;
    if (linked->offset < (part->p_offset & mask) ||
        linked->offset >= part->p_offset + part->p_filesz ||
        (part->p_flags & PF_X) == 0) {
        return false;
    }
    linked->address = linked->offset - part->p_offset + part->p_vaddr;
    return true;
}

/* --- names of C++ ------------------------------------------------------------------- */

static bool is_behind_operator(const char *begin, const char *at)
{
    return at - begin >= 8 && strncmp(at - 8, "operator", 8) == 0;
}

/* Whether that sign is a part of a name, such as "operator<<" or "operator()". */
static bool is_of_operator(const char *begin, const char *at)
{
    const char *sign = at;
    while (*at != '(' && sign > begin && strchr("<>-=", sign[-1]) != NULL) {
        sign--;
    }
    return (*at != '(' || at[1] == ')') && is_behind_operator(begin, sign);
}

/* Takes out arguments: of templates all but "<>", of functions with what follows them;
   and what a function of a template returns, in front of it. */
static void shorten(char *name)
{
    char *to = name;
    unsigned depth = 0, braces = 0;
    for (const char *at = name; *at != '\0'; at++) {
        bool is_name = braces > 0 || depth > 0 || is_of_operator(name, at);
        bool opens = *at == '<' && braces == 0 && (depth > 0 || !is_name);
        bool closes = *at == '>' && depth > 0 && at[-1] != '-';
        if (*at == '(' && at > name && !is_name && strncmp(at, "(anonymous", 10) != 0) {
            break;
        }
        braces += depth == 0 && *at == '{';
        braces -= depth == 0 && *at == '}' && braces > 0;
        depth -= closes;
        if (depth == 0 && *at == ' ' && braces == 0 && !is_behind_operator(name, at) &&
            strncmp(at, " namespace)", 11) != 0) {
            to = name;
        } else if (depth == 0) {
            *to++ = *at;
        }
        depth += opens;
    }
    *to = '\0';
}

static const char *plain_name(const char *name)
{
    typedef char *demangler(const char *, char *, size_t *, int *);
    static demangler *demangle;
    static bool asked;
    if (!asked) {
        void *library = dlopen("libstdc++.so.6", RTLD_NOW | RTLD_LOCAL);
        void *symbol = library != NULL ? dlsym(library, "__cxa_demangle") : NULL;
        memcpy(&demangle, &symbol, sizeof demangle);
        asked = true;
    }
    char *plain = demangle != NULL && strncmp(name, "_Z", 2) == 0
                      ? demangle(name, NULL, NULL, NULL)
                      : NULL;
    if (plain != NULL) {
        shorten(plain);
    }
    return plain != NULL ? plain : name;
}

/* --- lines -------------------------------------------------------------------------- */

static Dwarf_Die *unit_of(Dwfl_Module *module, Dwarf_Addr address, Dwarf_Addr *bias)
{
    Dwarf_Die *unit = dwfl_module_addrdie(module, address, bias);
    if (unit != NULL) {
        return unit;
    }
    /* Without a table of them, each is asked. */
    while ((unit = dwfl_module_nextcu(module, unit, bias)) != NULL) {
        if (dwarf_haspc(unit, address - *bias) > 0) {
            return unit;
        }
    }
    return NULL;
}

static const char *name_of(Dwarf_Die *function)
{
    Dwarf_Attribute attribute;
    const char *linked =
        dwarf_formstring(dwarf_attr_integrate(function, DW_AT_linkage_name, &attribute));
    return linked != NULL ? plain_name(linked) : dwarf_diename(function);
}

/* A library's header, whose lines say nothing of the program. */
static bool is_header_of_system(const char *file)
{
    return strncmp(file, "/usr/include/", 13) == 0 ||
           strstr(file, "/include/c++/") != NULL || strstr(file, "/lib/gcc/") != NULL ||
           strstr(file, "/lib/clang/") != NULL;
}

/* Below the directory that it was compiled in, if it is. */
static const char *short_path(Dwarf_Die *unit, const char *file)
{
    Dwarf_Attribute attribute;
    const char *directory =
        dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
    size_t length = directory != NULL ? strlen(directory) : 0;
    if (length > 0 && strncmp(file, directory, length) == 0 && file[length] == '/') {
        file += length + 1;
    }
    while (strncmp(file, "./", 2) == 0) {
        file += 2;
    }
    return file;
}

/* Goes outwards to where an inlined function was called. */
static bool go_to_call(Dwarf_Die *unit, Dwarf_Die *inlined, struct site *site)
{
    Dwarf_Attribute attribute;
    Dwarf_Word file, line;
    Dwarf_Files *all;
    if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attribute), &file) != 0 ||
        dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attribute), &line) != 0 ||
        dwarf_getsrcfiles(unit, &all, NULL) != 0) {
        return false;
    }
    site->file = dwarf_filesrc(all, file, NULL, NULL);
    site->line = (int)line;
    return site->file != NULL;
}

/* The innermost function there, also of inlined ones, that is not a system header's. */
static void find_function(Dwarf_Die *unit, Dwarf_Addr address, struct site *site)
{
    Dwarf_Die *scopes = NULL, *around = NULL;
    int count = dwarf_getscopes(unit, address, &scopes);
    count = count > 0 ? dwarf_getscopes_die(&scopes[0], &around) : 0;
    for (int i = 0; i < count; i++) {
        int tag = dwarf_tag(&around[i]);
        if (tag != DW_TAG_subprogram && tag != DW_TAG_inlined_subroutine) {
            continue;
        }
        site->function = name_of(&around[i]);
        if (tag == DW_TAG_subprogram || !is_header_of_system(site->file) ||
            !go_to_call(unit, &around[i], site)) {
            break;
        }
    }
    free(scopes);
    free(around);
}

static void find_line(Dwfl_Module *module, Dwarf_Addr address, struct site *site)
{
    Dwarf_Addr bias;
    Dwarf_Die *unit = unit_of(module, address, &bias);
    Dwarf_Line *line = unit != NULL ? dwarf_getsrc_die(unit, address - bias) : NULL;
    const char *file = line != NULL ? dwarf_linesrc(line, NULL, NULL) : NULL;
    if (file == NULL || dwarf_lineno(line, &site->line) != 0 || site->line == 0) {
        return;
    }
    site->file = file;
    find_function(unit, address - bias, site);
    site->file = short_path(unit, site->file);
}

/* --- sites -------------------------------------------------------------------------- */

static void find_symbol(const struct file *file, Dwarf_Addr address, struct site *site)
{
    GElf_Off offset;
    GElf_Sym symbol;
    const char *name =
        dwfl_module_addrinfo(file->module, address, &offset, &symbol, NULL, NULL, NULL);
    if (name != NULL && (symbol.st_size == 0 || offset < symbol.st_size)) {
        site->function =
            text_made("%s+0x%llx", plain_name(name), (unsigned long long)offset + 1);
    }
}

struct site place_site(const struct profile_module *module, uint64_t offset,
                       uint64_t address)
{
    struct site site = {.offset = offset};
    if (module == NULL) {
        site.offset = address;
        site.text = text_made("0x%llx, of no file", (unsigned long long)address);
        return site;
    }
    const struct file *file = file_of(module);
    site.module = file->path;
    /* The call is before the address that it returns to. */
    struct linked linked = {.offset = offset - 1};
    if (file->module != NULL && any_segment(file, holds_offset, &linked)) {
        find_line(file->module, linked.address + file->bias, &site);
        if (site.function == NULL) {
            find_symbol(file, linked.address + file->bias, &site);
        }
    }
    if (site.file != NULL) {
        site.text = text_made("%s  %s:%d", site.function != NULL ? site.function : "?",
                              site.file, site.line);
    } else if (site.function != NULL) {
        site.text = text_made("%s  %s", site.function, last_part(file->path));
    } else {
        site.text =
            text_made("%s+0x%llx", last_part(file->path), (unsigned long long)offset);
    }
    return site;
}

/* --- functions that take locks for others ------------------------------------------- */

/* The name without its classes and its template's arguments. */
static void plain_end(char *end, size_t size, const char *name)
{
    size_t length = 0;
    int depth = 0;
    for (const char *at = name; *at != '\0' && *at != '+'; at++) {
        depth += *at == '<';
        if (depth == 0 && strncmp(at, "::", 2) == 0) {
            length = 0;
            at++;
        } else if (depth == 0 && length + 1 < size) {
            end[length++] = *at;
        }
        depth -= *at == '>' && depth > 0;
    }
    end[length] = '\0';
}

/* The next word of a name such as "pthreadMutexEnter" or "item_lock", in small letters;
   false: there is none. */
static bool next_word(const char **at, char *word, size_t size)
{
    size_t length = 0;
    while (**at != '\0' && !isalnum((unsigned char)**at)) {
        ++*at;
    }
    for (; isalnum((unsigned char)**at); ++*at) {
        bool begins =
            isupper((unsigned char)**at) &&
            (islower((unsigned char)(*at)[-1]) || islower((unsigned char)(*at)[1]));
        if (length > 0 && begins) {
            break;
        }
        if (length + 1 < size) {
            word[length++] = (char)tolower((unsigned char)**at);
        }
    }
    word[length] = '\0';
    return length > 0;
}

bool place_takes_for_others(const struct site *site)
{
    static const char *const locks[] = {"lock",    "locks",   "locker",  "locked",
                                        "rdlock",  "wrlock",  "trylock", "spinlock",
                                        "mutex",   "mutexes", "mtx",     "guard",
                                        "acquire", "enter",   "rwlock",  NULL};
    static const char *const waits[] = {"wait", "timedwait", "timed", "cond",
                                        "var",  "for",       "until", NULL};
    static const char *const libraries[] = {"libstdc++.so", "libc++.so", "libgomp.so",
                                            "libglib-2.0.so", NULL};
    char name[128] = "", word[64];
    bool any = false, all_wait = true;
    for (size_t i = 0; site->module != NULL && libraries[i] != NULL; i++) {
        if (starts(last_part(site->module), libraries[i])) {
            return true;
        }
    }
    if (site->function == NULL) {
        return false;
    }
    plain_end(name, sizeof name, site->function);
    const char *at = name;
    while (next_word(&at, word, sizeof word)) {
        if (text_is_among(word, locks)) {
            return true;
        }
        any = true;
        all_wait = all_wait && text_is_among(word, waits);
    }
    return any && all_wait;
}

struct site place_choose(const struct site *const *frames, unsigned count)
{
    unsigned chosen = 0;
    while (chosen < count && place_takes_for_others(frames[chosen])) {
        chosen++;
    }
    if (chosen == 0 || chosen == count) {
        return *frames[0];
    }
    struct site site = *frames[chosen];
    const struct site *inner = frames[0];
    const char *name = inner->function != NULL ? inner->function
                       : inner->module != NULL ? last_part(inner->module)
                                               : "code of no file";
    site.by = text_made("%.*s", (int)strcspn(name, "+"), name);
    site.text = text_made("%s, by %s", site.text, site.by);
    return site;
}

/* --- variables ---------------------------------------------------------------------- */

static bool holds_address(const GElf_Phdr *part, void *argument)
{
    const uint64_t *address = argument;
    return *address >= part->p_vaddr && *address - part->p_vaddr < part->p_memsz;
}

const char *place_variable(const struct profile_module *module, uint64_t address,
                           bool *is_its)
{
    const struct file *file = file_of(module);
    struct linked linked = {.offset = module->offset};
    *is_its = false;
    if (file->module == NULL || !any_segment(file, holds_offset, &linked)) {
        return NULL;
    }
    uint64_t there = address - (module->start - linked.address);
    if (!any_segment(file, holds_address, &there)) {
        return NULL;
    }
    *is_its = true;
    GElf_Off offset;
    GElf_Sym symbol;
    const char *name = dwfl_module_addrinfo(file->module, there + file->bias, &offset,
                                            &symbol, NULL, NULL, NULL);
    if (name == NULL || offset >= symbol.st_size) {
        return NULL;
    }
    name = plain_name(name);
    return offset == 0 ? name : text_made("%s+0x%llx", name, (unsigned long long)offset);
}

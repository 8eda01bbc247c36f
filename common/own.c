/* SPDX-License-Identifier: MIT */
#include "common/own.h"

#include <errno.h>
#include <limits.h>
#include <lockstep/barrier.h>
#include <lockstep/lock.h>
#include <lockstep/rwlock.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/memory.h"

/* --- compilers ---------------------------------------------------------------------- */

bool own_is_cxx(const char *source)
{
    static const char *const suffixes[] = {".cc",  ".cpp", ".cxx", ".C",
                                           ".c++", ".hh",  ".hpp"};
    const char *suffix = strrchr(source, '.');
    for (size_t i = 0; suffix != NULL && i < sizeof suffixes / sizeof *suffixes; i++) {
        if (strcmp(suffix, suffixes[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void check_source(const char *source)
{
    const char *suffix = strrchr(source, '.');
    bool c = suffix != NULL && (strcmp(suffix, ".c") == 0 || strcmp(suffix, ".h") == 0);
    if (access(source, R_OK) != 0) {
        refuse("%s: %s", source, strerror(errno));
    }
    if (!c && !own_is_cxx(source)) {
        refuse("%s: not a C or C++ source (.c .cc .cpp .cxx .c++ .C)", source);
    }
}

const char *own_compiler(bool cxx)
{
    const char *named = getenv(cxx ? "CXX" : "CC");
    return named != NULL && named[0] != '\0' ? named : cxx ? "c++" : "cc";
}

struct command own_command(const struct own *own, bool cxx)
{
    struct command command = {NULL, 0, 0};
    command_add(&command, own_compiler(cxx));
    command_add(&command, "-pthread");
    command_add_all(&command, own->flags);
    if (own->includes != NULL) {
        command_add(&command, "-idirafter");
        command_add(&command, own->includes);
    }
    return command;
}

/* Where lockstep/own.h is that belongs to this program: beside it, or above. */
static const char *find_includes(void)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0) {
        return NULL;
    }
    path[length] = '\0';
    for (char *slash; (slash = strrchr(path, '/')) != NULL;) {
        *slash = '\0';
        if (access(own_text("%s/include/lockstep/own.h", path), R_OK) == 0) {
            return own_text("%s/include", path);
        }
    }
    return NULL;
}

/* --- adapters ----------------------------------------------------------------------- */

/* common/own_adapter.h, to be written beside the adapters. */
__asm__(".pushsection .rodata\n"
        ".globl own_adapter_text\n"
        ".hidden own_adapter_text\n"
        "own_adapter_text:\n"
        ".incbin \"common/own_adapter.h\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char own_adapter_text[] __attribute__((visibility("hidden")));

static FILE *create(const char *path)
{
    FILE *file = fopen(path, "we");
    if (file == NULL) {
        refuse("%s: %s", path, strerror(errno));
    }
    return file;
}

static void close_written(FILE *file, const char *path)
{
    if (ferror(file) != 0 || fclose(file) != 0) {
        refuse("%s: %s", path, strerror(errno));
    }
}

/* Whether the library or the platform has one of that name. */
static bool is_taken(const char *name)
{
#define NAME(name, other)     #name,
#define NAME_OF_BARRIER(name) #name,
    static const char *const taken[] = {
        LKS_EACH_LOCK(NAME) LKS_EACH_SLEEPING_LOCK(NAME) LKS_EACH_RWLOCK(NAME)
            LKS_EACH_BARRIER(NAME_OF_BARRIER) LKS_EACH_SLEEPING_BARRIER(NAME)
    };
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        if (strcmp(taken[i], name) == 0) {
            return true;
        }
    }
    return strncmp(name, "pthread_", strlen("pthread_")) == 0;
}

static const char *traits_of(const struct own_mark *mark)
{
    switch (mark->family) {
    case OWN_LOCK:
        return own_text("(unsigned)(0%s%s%s%s)", mark->fifo ? " | LKS_LOCK_FAIR" : "",
                        mark->calls[OWN_TRY] != NULL ? " | LKS_LOCK_TRYLOCK" : "",
                        mark->node != NULL && !mark->by_index ? " | LKS_LOCK_NEEDS_NODE"
                                                              : "",
                        mark->by_index ? " | LKS_LOCK_NEEDS_INDEX" : "");
    case OWN_RWLOCK:
        return own_text("(unsigned)(0%s%s)",
                        mark->node != NULL && !mark->by_index ? " | LKS_RWLOCK_NEEDS_NODE"
                                                              : "",
                        mark->by_index ? " | LKS_RWLOCK_NEEDS_INDEX" : "");
    default:
        return "0";
    }
}

static void define(FILE *file, const char *name, const char *value)
{
    if (value != NULL) {
        (void)fprintf(file, "#define OWN_%s %s\n", name, value);
    }
}

static void define_calls(FILE *file, const struct own_mark *mark)
{
    static const char *const names[OWN_PARTS] = {[OWN_INIT] = "CALL_INIT",
                                                 [OWN_DESTROY] = "CALL_DESTROY",
                                                 [OWN_TAKE] = "CALL_TAKE",
                                                 [OWN_GIVE] = "CALL_GIVE",
                                                 [OWN_TRY] = "CALL_TRY",
                                                 [OWN_READ] = "CALL_READ",
                                                 [OWN_READ_GIVE] = "CALL_READ_GIVE",
                                                 [OWN_TRY_READ] = "CALL_TRY_READ",
                                                 [OWN_DOWNGRADE] = "CALL_DOWNGRADE",
                                                 [OWN_IS_LOCKED] = "CALL_IS_LOCKED"};
    bool spare = false;
    for (int part = 0; part < OWN_PARTS; part++) {
        define(file, names[part], mark->calls[part]);
        spare = spare || (mark->calls[part] != NULL &&
                          strstr(mark->calls[part], "lks_spare") != NULL);
    }
    define(file, "SPARE", spare ? "" : NULL);
}

static void write_mark(FILE *file, const struct own_mark *mark, size_t number, bool cxx)
{
    static const char *const families[] = {"LOCK", "RWLOCK", "BARRIER"};
    bool behind = mark->node != NULL && (mark->by_index || mark->family == OWN_BARRIER);
    bool constructs = cxx && !mark->global && !mark->is_class;
    (void)fprintf(file, "\n#define OWN own_%zu\n#define OWN_IS_%s\n", number,
                  families[mark->family]);
    (void)fprintf(file, "#define OWN_NAME \"%s%s\"\n", is_taken(mark->name) ? "own:" : "",
                  mark->name);
    (void)fprintf(file, "#define OWN_SUMMARY \"%s:%d\"\n", mark->file, mark->line);
    define(file, "OBJECT", mark->global ? "char" : mark->type);
    define(file, "NODE", mark->node != NULL ? mark->node : "char");
    define(file, "TRAITS", traits_of(mark));
    define(file, "INDEX", mark->by_index ? "" : NULL);
    define(file, "NODES_BEHIND", behind ? "" : NULL);
    define(file, "NODE_IS_USED", mark->node != NULL && !behind ? "" : NULL);
    define(file, "CONSTRUCT",
           constructs ? "lks_own_construct<OWN_F(_object)>(object, 0)" : NULL);
    define(file, "DESTRUCT", cxx && !mark->global ? "lks_own_destruct(lks_l)" : NULL);
    define_calls(file, mark);
    (void)fputs("#include \"own_adapter.h\"\n", file);
}

static void write_table(FILE *file, const struct own_file *source, size_t number)
{
    (void)fprintf(file, "\nLKS_OWN_TABLE(lks_own_%zu) = {\n", number);
    for (size_t i = 0; i < source->count; i++) {
        enum own_family family = source->items[i].family;
        (void)fprintf(file, "    {&own_%zu_class, OWN_LOOP_OR_NULL(", i);
        (void)fprintf(file, family == OWN_RWLOCK ? "own_%zu_read_loop" : "LKS_NULL", i);
        (void)fputs("), OWN_LOOP_OR_NULL(", file);
        (void)fprintf(file, family != OWN_BARRIER ? "own_%zu_write_loop" : "LKS_NULL", i);
        (void)fputs(")},\n", file);
    }
    (void)fputs("    {LKS_NULL, LKS_NULL, LKS_NULL},\n};\n", file);
}

static const char *write_adapter(const struct own *own, size_t number)
{
    const struct own_file *source = &own->files[number];
    const char *path =
        own_text("%s/own%zu.%s", own->directory, number, source->cxx ? "cc" : "c");
    FILE *file = create(path);
    if (own->loops) { /* what is not lockcheck has no use for it */
        (void)fprintf(file, "#define OWN_LOOPS\n#define main lks_own_main_%zu\n", number);
    }
    (void)fprintf(file, "#include \"%s\"\n", source->path);
    (void)fputs(own->loops ? "#undef main\n" : "", file);
    (void)fputs("#include \"own_adapter.h\"\n", file);
    for (size_t i = 0; i < source->count; i++) {
        write_mark(file, &source->items[i], i, source->cxx);
    }
    write_table(file, source, number);
    close_written(file, path);
    return path;
}

/* --- what is missing ---------------------------------------------------------------- */

void own_tell_missing(const struct own_mark *mark, const char *what)
{
    static const struct {
        const char *name;
        enum own_part part;
        unsigned families;
    } optional[] = {{"tryrdlock", OWN_TRY_READ, 2},
                    {"trylock", OWN_TRY, 1},
                    {"trywrlock", OWN_TRY, 2},
                    {"downgrade", OWN_DOWNGRADE, 2},
                    {"is_locked", OWN_IS_LOCKED, 3}};
    const char *list = "";
    for (size_t i = 0; i < sizeof optional / sizeof *optional; i++) {
        if ((optional[i].families >> mark->family & 1) != 0 &&
            mark->calls[optional[i].part] == NULL) {
            list =
                own_text("%s%s%s", list, list[0] == '\0' ? "" : ", ", optional[i].name);
        }
    }
    if (list[0] != '\0') {
        (void)fprintf(tool.err != NULL ? tool.err : stderr, "%s: %s has no %s: not %s\n",
                      tool.name, mark->name, list, what);
    }
}

/* --- all of it ---------------------------------------------------------------------- */

static void read_source(struct own *own, size_t number)
{
    struct own_file *file = &own->files[number];
    const char *path = own->sources[number];
    check_source(path);
    file->cxx = own_is_cxx(path);
    file->source = path[0] == '-' ? own_text("./%s", path) : path;
    file->path = sure(realpath(path, NULL));
    own_find_marks(own, file);
}

void own_read(struct own *own)
{
    size_t count = 0, marks = 0;
    while (own->sources[count] != NULL) {
        count++;
    }
    own->includes = find_includes();
    own->files = zeroed(count, sizeof *own->files);
    own->adapters = zeroed(count + 1, sizeof *own->adapters);
    for (size_t i = 0; i < count; i++) {
        read_source(own, i);
        marks += own->files[i].count;
    }
    if (marks == 0) {
        refuse("%s has no LKS_LOCK line: for functions mine_init, mine_lock and "
               "mine_unlock add\n"
               "    #include <lockstep/own.h>\n"
               "    LKS_LOCK(mine)\n"
               "to it; there are LKS_RWLOCK, LKS_BARRIER and others, see lockstep-own(7)",
               own->sources[0]);
    }
    for (size_t i = 0; i < count; i++) {
        if (own->files[i].count > 0) {
            own_find_shapes(own, &own->files[i]);
            own->adapters[i] = write_adapter(own, i);
        } else {
            own->adapters[i] = own->files[i].path;
        }
    }
    const char *adapter = own_text("%s/own_adapter.h", own->directory);
    FILE *file = create(adapter);
    (void)fputs(own_adapter_text, file);
    close_written(file, adapter);
}

/* SPDX-License-Identifier: MIT */
#include "common/own.h"

#include <errno.h>
#include <lockstep/barrier.h>
#include <lockstep/lock.h>
#include <lockstep/rwlock.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/memory.h"
#include "common/options.h"
#include "common/standard.h"
#include "common/text.h"

const char *const own_family_names[OWN_FAMILIES] = {"lock", "rwlock", "barrier"};

/* --- compilers ---------------------------------------------------------------------- */

static bool is_cxx(const char *source)
{
    static const char *const suffixes[] = {".cc",  ".cpp", ".cxx", ".C",
                                           ".c++", ".hh",  ".hpp", NULL};
    const char *suffix = strrchr(source, '.');
    return suffix != NULL && text_is_among(suffix, suffixes);
}

static void check_source(const char *source)
{
    const char *suffix = strrchr(source, '.');
    bool c = suffix != NULL && (strcmp(suffix, ".c") == 0 || strcmp(suffix, ".h") == 0);
    struct stat status;
    if (access(source, R_OK) != 0) {
        refuse("%s: %s", source, strerror(errno));
    }
    if (stat(source, &status) == 0 && S_ISDIR(status.st_mode)) {
        refuse("%s: %s", source, strerror(EISDIR));
    }
    if (!c && !is_cxx(source)) {
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
    if (cxx && own->standard != NULL) {
        command_add(&command, own->standard);
    }
    command_add_all(&command, own->flags);
    const char *headers = headers_directory();
    if (headers != NULL) {
        command_add(&command, "-idirafter");
        command_add(&command, headers);
    }
    return command;
}

const char *const *own_flags(const struct own *own, const char *const *others)
{
    struct texts flags = {NULL, 0, 0};
    for (size_t i = 0; own->flags[i] != NULL; i++) {
        texts_add(&flags, own->flags[i]);
    }
    for (; *others != NULL; others++) {
        texts_add(&flags, *others);
    }
    return texts_of(&flags);
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
            LKS_EACH_BARRIER(NAME_OF_BARRIER) LKS_EACH_SLEEPING_BARRIER(NAME) NULL
    };
    return text_is_among(name, taken) || starts(name, "pthread_");
}

static const char *traits_of(const struct own_mark *mark)
{
    switch (mark->family) {
    case OWN_LOCK:
        return text_made("(unsigned)(0%s%s%s%s)", mark->fifo ? " | LKS_LOCK_FAIR" : "",
                         mark->calls[OWN_TRY] != NULL ? " | LKS_LOCK_TRYLOCK" : "",
                         mark->node != NULL && !mark->by_index ? " | LKS_LOCK_NEEDS_NODE"
                                                               : "",
                         mark->by_index ? " | LKS_LOCK_NEEDS_INDEX" : "");
    case OWN_RWLOCK:
        return text_made(
            "(unsigned)(0%s%s)",
            mark->node != NULL && !mark->by_index ? " | LKS_RWLOCK_NEEDS_NODE" : "",
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

/* Whether there is to be a variable of the user's name: that of C++ would be made, and
   the nodes would be elsewhere. */
static bool has_variable(const struct own *own, const struct own_mark *mark, bool cxx)
{
    return !own->loops && !cxx && !mark->global && mark->node == NULL;
}

static void write_mark(const struct own *own, FILE *file, const struct own_mark *mark,
                       size_t number, bool cxx)
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
    define(file, "MOST", mark->most > 0 ? text_made("%u", mark->most) : NULL);
    define(file, "VARIABLE", has_variable(own, mark, cxx) ? mark->name : NULL);
    define(file, "GLOBAL", mark->global ? "" : NULL);
    define(file, "INDEX", mark->by_index ? "" : NULL);
    define(file, "NODES_BEHIND", behind ? "" : NULL);
    define(file, "NODE_IS_USED", mark->node != NULL && !behind ? "" : NULL);
    define(file, "CONSTRUCT",
           constructs ? "lks_own_construct<OWN_F(_object)>(object, 0)" : NULL);
    define(file, "DESTRUCT", cxx && !mark->global ? "lks_own_destruct(lks_l)" : NULL);
    define_calls(file, mark);
    (void)fputs("#include \"own_adapter.h\"\n", file);
}

static void write_table(const struct own *own, FILE *file, const struct own_file *source,
                        size_t number)
{
    (void)fprintf(file, "\nLKS_OWN_TABLE(lks_own_%zu) = {\n", number);
    for (size_t i = 0; i < source->count; i++) {
        enum own_family family = source->items[i].family;
        (void)fprintf(file, "    {&own_%zu_class, OWN_LOOP_OR_NULL(", i);
        (void)fprintf(file, family == OWN_RWLOCK ? "own_%zu_read_loop" : "LKS_NULL", i);
        (void)fputs("), OWN_LOOP_OR_NULL(", file);
        (void)fprintf(file, family != OWN_BARRIER ? "own_%zu_write_loop" : "LKS_NULL", i);
        if (has_variable(own, &source->items[i], source->cxx)) {
            (void)fprintf(file, "), own_%zu_place_of, sizeof(own_%zu_object)},\n", i, i);
        } else {
            (void)fputs("), LKS_NULL, 0},\n", file);
        }
    }
    (void)fputs("    {LKS_NULL, LKS_NULL, LKS_NULL, LKS_NULL, 0},\n};\n", file);
}

static const char *write_adapter(const struct own *own, size_t number)
{
    const struct own_file *source = &own->files[number];
    const char *path =
        text_made("%s/own%zu.%s", own->directory, number, source->cxx ? "cc" : "c");
    FILE *file = create(path);
    /* Several files may have a main, and none is called. */
    bool global = false;
    for (size_t i = 0; i < source->count; i++) {
        global = global || source->items[i].global;
    }
    (void)fputs(global ? "#define OWN_OMP\n" : "", file);
    (void)fprintf(file,
                  "%s#define main __attribute__((weak)) main\n"
                  "#include \"%s\"\n"
                  "#undef main\n"
                  "#include \"own_adapter.h\"\n",
                  own->loops ? "#define OWN_LOOPS\n" : "", source->path);
    for (size_t i = 0; i < source->count; i++) {
        write_mark(own, file, &source->items[i], i, source->cxx);
    }
    write_table(own, file, source, number);
    close_written(file, path);
    return path;
}

/* --- what is missing ---------------------------------------------------------------- */

const char *own_missing(const struct own_mark *mark)
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
                text_made("%s%s%s", list, list[0] == '\0' ? "" : ", ", optional[i].name);
        }
    }
    return list;
}

void own_tell_missing(const struct own_mark *mark, const char *what)
{
    const char *list = own_missing(mark);
    if (list[0] != '\0' && !tool.is_again) {
        (void)fprintf(tool.err != NULL ? tool.err : stderr, "%s: %s has no %s: not %s\n",
                      tool.name, mark->name, list, what);
    }
}

/* --- all of it ---------------------------------------------------------------------- */

static void read_source(struct own *own, size_t number)
{
    struct own_file *file = &own->files[number];
    const char *path = own->sources[number];
    file->cxx = is_cxx(path);
    file->source = path[0] == '-' ? text_made("./%s", path) : path;
    file->path = sure(realpath(path, NULL));
    own_find_marks(own, file);
}

/* Whether there may be marks in what a source includes, if not in itself: a program with
   a main, and no word of marks, is not worth running the compiler for. */
static bool may_have_marks(const struct own *own)
{
    bool main = false;
    for (size_t i = 0; own->sources[i] != NULL; i++) {
        char *text = own_text_of_file(own->sources[i]);
        bool marks =
            strstr(text, "lockstep/own.h") != NULL || strstr(text, "LKS_LOCK") != NULL ||
            strstr(text, "LKS_RWLOCK") != NULL || strstr(text, "LKS_BARRIER") != NULL ||
            strstr(text, "LKS_GLOBAL_BARRIER") != NULL;
        main = main || strstr(text, "main") != NULL;
        free(text);
        if (marks) {
            return true;
        }
    }
    return !main;
}

/* Whether sources without a mark want one: they include what marks are made with, and
   have no main. */
static bool want_marks(const struct own *own)
{
    bool includes = false;
    for (size_t i = 0; own->sources[i] != NULL; i++) {
        if (own_place_of(&own->files[i], "main", true) != NULL) {
            return false;
        }
        includes = includes || strstr(own->files[i].text, "lockstep/own.h\"") != NULL;
    }
    return includes;
}

bool own_read_marks(struct own *own)
{
    size_t count = 0, marks = 0;
    while (own->sources[count] != NULL) {
        count++;
    }
    bool cxx = false;
    for (size_t i = 0; i < count; i++) {
        check_source(own->sources[i]);
        cxx = cxx || is_cxx(own->sources[i]);
    }
    if (own->may_be_none && !may_have_marks(own)) {
        return false;
    }
    if (cxx) {
        own->standard = cxx_standard(own_compiler(true), own->flags, own->directory);
    }
    own->files = zeroed(count, sizeof *own->files);
    own->adapters = zeroed(count + 1, sizeof *own->adapters);
    for (size_t i = 0; i < count; i++) {
        read_source(own, i);
        marks += own->files[i].count;
    }
    if (marks == 0 && own->may_be_none && !want_marks(own)) {
        return false;
    }
    if (marks == 0) {
        refuse("%s has no LKS_LOCK line: for functions mine_init, mine_lock and "
               "mine_unlock it needs #include <lockstep/own.h> and LKS_LOCK(mine); "
               "LKS_RWLOCK, LKS_BARRIER and others are in lockstep-own(7)",
               own->sources[0]);
    }
    return true;
}

const char *own_place_of_symbol(const struct own *own, const char **symbol)
{
    const char *place = NULL;
    char *name = NULL;
    int length = 0, begin = 0;
    if (sscanf(*symbol, "_Z%d%n", &length, &begin) == 1 && length > 0) {
        name = sure(strndup(*symbol + begin, (size_t)length));
        *symbol = name;
    }
    for (size_t i = 0; own->sources[i] != NULL && place == NULL; i++) {
        place = own_place_of(&own->files[i], *symbol, true);
    }
    return place;
}

const struct own_mark *own_first(const struct own *own)
{
    const struct own_file *file = own->files;
    while (file->count == 0) {
        file++;
    }
    return &file->items[0];
}

void own_read_shapes(struct own *own)
{
    for (size_t i = 0; own->sources[i] != NULL; i++) {
        if (own->files[i].count > 0) {
            own_find_shapes(own, &own->files[i]);
            own->adapters[i] = write_adapter(own, i);
        } else {
            own->adapters[i] = own->files[i].path;
        }
    }
    const char *adapter = text_made("%s/own_adapter.h", own->directory);
    FILE *file = create(adapter);
    (void)fputs(own_adapter_text, file);
    close_written(file, adapter);
}

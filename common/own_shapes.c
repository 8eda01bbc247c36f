/* SPDX-License-Identifier: MIT */
/*
 * How each function of a mark is called. The compiler is asked: all ways that there are
 * stand below the user's file, each in a function on a line of its own, and the lines
 * about which it does not complain are those that are right. The first of them is taken.
 *
 * Asked first is what there is by those names: C compilers report a name that they do not
 * know once only.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "common/memory.h"
#include "common/options.h"
#include "common/own.h"
#include "common/text.h"

/* --- what may be -------------------------------------------------------------------- */

/* The ends of a function's name, and in C++ the method that may be there instead, in the
   order in which they are looked for. */
static const struct part {
    const char *names[6], *methods[4];
    unsigned families; /* which have it, as bits, */
    unsigned needed;   /* and which must have it */
} parts[OWN_PARTS] = {
    [OWN_INIT] = {{"init"}, {NULL}, 7, 7},
    [OWN_DESTROY] = {{"destroy", "finalize"}, {NULL}, 7, 0},
    [OWN_IS_LOCKED] = {{"is_locked"}, {"is_locked"}, 3, 0},
    [OWN_DOWNGRADE] = {{"downgrade"}, {"downgrade"}, 2, 0},
    [OWN_READ] = {{"rdlock", "read_lock", "lock_shared"},
                  {"lock_shared", "rdlock"},
                  2,
                  2},
    [OWN_READ_GIVE] = {{"rdunlock", "read_unlock", "unlock_shared", "unlock"},
                       {"unlock_shared", "rdunlock"},
                       2,
                       2},
    [OWN_TRY_READ] = {{"tryrdlock", "read_trylock", "try_lock_shared"},
                      {"try_lock_shared", "tryrdlock"},
                      2,
                      0},
};

/* Those that differ by family. */
static const struct part take_parts[OWN_FAMILIES] = {
    {{"lock", "acquire"}, {"lock", "acquire"}, 1, 1},
    {{"wrlock", "write_lock", "lock"}, {"lock", "wrlock"}, 2, 2},
    {{"wait", "barrier"}, {"arrive_and_wait", "wait"}, 4, 4},
};
static const struct part give_parts[OWN_FAMILIES] = {
    {{"unlock", "release"}, {"unlock", "release"}, 1, 1},
    {{"wrunlock", "write_unlock", "unlock"}, {"unlock", "wrunlock"}, 2, 2},
    {{NULL}, {NULL}, 0, 0},
};
static const struct part try_parts[OWN_FAMILIES] = {
    {{"trylock", "try_lock"}, {"try_lock", "trylock"}, 1, 0},
    {{"trywrlock", "write_trylock", "trylock"}, {"try_lock", "trywrlock"}, 2, 0},
    {{NULL}, {NULL}, 0, 0},
};

static const struct part *part_of(const struct own_mark *mark, enum own_part part)
{
    return part == OWN_TAKE   ? &take_parts[mark->family]
           : part == OWN_GIVE ? &give_parts[mark->family]
           : part == OWN_TRY  ? &try_parts[mark->family]
                              : &parts[part];
}

static bool has_family(unsigned families, const struct own_mark *mark)
{
    return (families >> mark->family & 1) != 0;
}

/* The arguments behind the object, for people and for the compiler. */
struct arguments {
    const char *shown, *text;
    bool index, node;
};

static const struct arguments of_thread[] = {
    {"", "", false, false},
    {"self", "lks_self", true, false},
    {"node", "lks_node", false, true},
    {"*node", "*lks_node", false, true}, /* C++: a reference */
    {"&node", "lks_spare", false, true},
    {"node, self", "lks_node, lks_self", true, true},
    {"self, node", "lks_self, lks_node", true, true},
    {NULL, NULL, false, false},
};
static const struct arguments of_lock_init[] = {
    {"", "", false, false},
    {"n", "lks_n", false, false},
    {"NULL", "0", false, false},
    {NULL, NULL, false, false},
};
static const struct arguments of_barrier_init[] = {
    {"n", "lks_n", false, false},
    {"NULL, n", "0, lks_n", false, false},
    {NULL, NULL, false, false},
};
static const struct arguments nothing[] = {
    {"", "", false, false},
    {NULL, NULL, false, false},
};

static const struct arguments *arguments_of(const struct own_mark *mark,
                                            enum own_part part)
{
    switch (part) {
    case OWN_INIT:
        return mark->family == OWN_BARRIER ? of_barrier_init : of_lock_init;
    case OWN_DESTROY:
    case OWN_IS_LOCKED:
        return nothing;
    case OWN_TAKE:
    case OWN_GIVE:
    case OWN_TRY:
        return mark->family == OWN_RWLOCK ? nothing : of_thread;
    default:
        return of_thread;
    }
}

/* Whether this may be what behind the object is asked for. */
static bool may_be(const struct own_file *file, const struct own_mark *mark,
                   const struct arguments *arguments)
{
    return (!arguments->node || mark->node != NULL) &&
           (arguments->text[0] != '*' || file->cxx);
}

/* --- a source that asks ------------------------------------------------------------- */

/* A question is a line; `why` says what the compiler has against it. */
struct probe {
    FILE *file;
    const char *path;
    unsigned line;    /* the last one that is written */
    const char **why; /* of each line; NULL: nothing */
};

static bool is_good(const struct probe *probe, unsigned line)
{
    return line > 0 && probe->why[line] == NULL;
}

static void put_line(struct probe *probe, const char *text)
{
    (void)fprintf(probe->file, "%s\n", text);
    probe->line++;
}

static struct probe begin_probe(const struct own *own, const struct own_file *file)
{
    struct probe probe = {.file = NULL};
    probe.path = text_made("%s/probe.%s", own->directory, file->cxx ? "cc" : "c");
    probe.file = fopen(probe.path, "we");
    if (probe.file == NULL) {
        refuse("%s: cannot be written", probe.path);
    }
    put_line(&probe, text_made("#include \"%s\"", file->path));
    if (file->cxx) {
        put_line(&probe, "#include <new>");
    }
    return probe;
}

/* Adds a function with that body; returns its line. */
static unsigned ask(struct probe *probe, const struct own_mark *mark, const char *returns,
                    const char *body)
{
    const char *type = mark->type != NULL ? mark->type : "char";
    const char *node = mark->node != NULL ? mark->node : "char";
    put_line(probe,
             text_made("static inline __attribute__((unused)) %s lks_probe_%u(%s *lks_l, "
                       "%s *lks_node, %s **lks_spare, unsigned lks_self, unsigned lks_n) "
                       "{ (void)lks_l; (void)lks_node; (void)lks_spare; (void)lks_self; "
                       "(void)lks_n; %s }",
                       returns, probe->line, type, node, node, body));
    return probe->line;
}

/* What a line of the compiler's has to say: of our own lines without their place, of the
   user's file by the name that it was given. */
static const char *reason_in(const struct own_file *file, const char *line, bool ours)
{
    size_t length = strlen(file->path);
    const char *error = strstr(line, "error: ");
    const char *text = error + strlen("error: ");
    bool users = strncmp(line, file->path, length) == 0;
    return ours ? text_made("%.*s", (int)strcspn(text, "\n"), text)
                : text_made("%s%.*s%.*s", users ? file->source : "",
                            (int)(error - line) - (users ? (int)length : 0),
                            users ? line + length : line, (int)strcspn(text, "\n"), text);
}

/* Looks through what the compiler has said. An error may have its place elsewhere, in a
   macro or a template, and a note before or behind it which of our lines it is about.
   Returns whether there was one elsewhere. */
static bool read_errors(const struct probe *probe, const struct own_file *source,
                        const char *errors)
{
    FILE *file = fopen(errors, "re");
    char *line = NULL;
    size_t room = 0, length = strlen(probe->path);
    bool elsewhere = false;
    const char *last = NULL;  /* error that was elsewhere */
    unsigned long wanted = 0; /* our line that the next one is about */
    while (file != NULL && getline(&line, &room, file) >= 0) {
        bool ours = strncmp(line, probe->path, length) == 0 && line[length] == ':';
        unsigned long number = ours ? strtoul(line + length + 1, NULL, 10) : wanted;
        if (number > probe->line) {
            number = 0;
        }
        if (strstr(line, "warning: ") != NULL) {
            last = NULL;
        } else if (strstr(line, "error: ") != NULL) {
            last = reason_in(source, line, ours);
            elsewhere = elsewhere || !ours;
        } else if (ours && strstr(line, "required from") != NULL) {
            wanted = number;
            continue;
        } else if (!ours) {
            continue;
        }
        if (last != NULL && probe->why[number] == NULL) {
            probe->why[number] = last;
        }
        wanted = 0;
    }
    free(line);
    if (file != NULL) {
        (void)fclose(file);
    }
    return elsewhere;
}

/* A file that is wrong itself: its compiler says why. */
static void check_compiles(const struct own *own, const struct own_file *file)
{
    struct command command = own_command(own, file->cxx);
    if (!file->cxx) {
        command_add(&command, "-Werror=implicit-function-declaration");
    }
    command_add(&command, "-fsyntax-only");
    command_add(&command, file->source);
    if (!command_run(&command, NULL, NULL)) {
        refuse("%s: does not compile", file->source);
    }
}

static void compile_probe(const struct own *own, const struct own_file *file,
                          const struct probe *probe, const char *errors, const char *more)
{
    static const char *const words[] = {
        "-w",
        "-fsyntax-only",
        "-fno-diagnostics-color",
        NULL,
    };
    /* What C takes with a warning, and is wrong. -w would leave it out. */
    static const char *const c_words[] = {"-Wno-error",
                                          "-Werror=implicit-function-declaration",
                                          "-Werror=incompatible-pointer-types",
                                          "-Werror=int-conversion",
                                          "-fsyntax-only",
                                          "-fno-diagnostics-color",
                                          NULL};
    struct command command = own_command(own, file->cxx);
    command_add_all(&command, file->cxx ? words : c_words);
    if (more != NULL) {
        command_add(&command, more);
    }
    command_add(&command, probe->path);
    (void)command_run(&command, NULL, errors);
}

/* Asks the compiler all of it. */
static void end_probe(const struct own *own, const struct own_file *file,
                      struct probe *probe)
{
    (void)fclose(probe->file);
    probe->why = zeroed(probe->line + 1, sizeof *probe->why);
    const char *errors = text_made("%s/errors", own->directory);
    /* What is looked for is English. */
    const char *set = getenv("LC_ALL");
    const char *language = set != NULL ? text_made("%s", set) : NULL;
    (void)setenv("LC_ALL", "C", 1);
    compile_probe(own, file, probe, errors, NULL);
    char *said = own_text_of_file(errors);
    if (strstr(said, "[-ferror-limit=]") != NULL) { /* clang has not told all */
        compile_probe(own, file, probe, errors, "-ferror-limit=0");
    }
    free(said);
    (void)(language != NULL ? setenv("LC_ALL", language, 1) : unsetenv("LC_ALL"));
    if (read_errors(probe, file, errors)) {
        check_compiles(own, file);
    }
}

/* --- types and names ---------------------------------------------------------------- */

static const char *upper(const char *name)
{
    char *text = sure(strdup(name));
    for (char *at = text; *at != '\0'; at++) {
        *at = (char)toupper((unsigned char)*at);
    }
    return text;
}

/* Whether there is such a name, a function's or a macro's. */
static unsigned ask_name(struct probe *probe, const struct own_mark *mark,
                         const char *name)
{
    put_line(probe, text_made("#ifndef %s", name));
    unsigned line = ask(probe, mark, "void", text_made("(void)(%s);", name));
    put_line(probe, "#endif");
    return line;
}

enum { TYPES = 4 };

static const char *type_named(const struct own_mark *mark, int which)
{
    static const char *const prefixes[TYPES] = {"", "struct ", "union ", ""};
    return text_made("%s%s%s", prefixes[which], mark->name, which == 0 ? "_t" : "");
}

static unsigned ask_type(struct probe *probe, const struct own_mark *mark,
                         const char *type)
{
    return ask(probe, mark, "unsigned long",
               text_made("%s *lks_t = 0; return sizeof *lks_t;", type));
}

static const char *function_name(const struct own_mark *mark, const char *end)
{
    return text_made("%s_%s", mark->name, end);
}

/* What there is of a mark's names: the lines on which it was asked. */
struct lines {
    unsigned types[TYPES], cxx_type, node;
    unsigned names[OWN_PARTS][6];
};

static void ask_names(struct probe *probe, const struct own_file *file,
                      const struct own_mark *mark, struct lines *lines)
{
    struct own_mark plain = *mark;
    plain.node = NULL; /* it may be no type */
    for (int i = 0; i < TYPES && !mark->global; i++) {
        lines->types[i] = ask_type(probe, &plain, type_named(mark, i));
    }
    if (file->cxx && !mark->global) { /* so compilers say most clearly what it is */
        lines->cxx_type = ask(probe, &plain, "unsigned long",
                              text_made("return sizeof(%s);", mark->name));
    }
    if (mark->node != NULL) {
        lines->node = ask_type(probe, &plain, mark->node);
    }
    for (int part = 0; part < OWN_PARTS; part++) {
        const struct part *facts = part_of(mark, (enum own_part)part);
        for (int i = 0; facts->names[i] != NULL && has_family(facts->families, mark);
             i++) {
            lines->names[part][i] =
                ask_name(probe, &plain, function_name(mark, facts->names[i]));
        }
    }
}

/* What may have been meant by a name that is not what it should be, or else why it is not
   that. */
static const char *hint(const struct own_file *file, const char *name, bool function,
                        const char *why)
{
    const char *first = text_made("%.*s", (int)strcspn(name, "<:"), name);
    if (why != NULL && own_place_of(file, first, function) != NULL) {
        return text_made(": %s", why);
    }
    const char *nearest = own_nearest(file, name, function);
    const char *place = NULL;
    if (nearest != NULL && strcmp(nearest, name) == 0) {
        return text_made(": '%s' is something else", name);
    }
    if (nearest != NULL && function) {
        place = own_place_of(file, nearest, function);
    }
    return nearest == NULL ? ""
                           : text_made("; did you mean '%s'%s?", nearest,
                                       place != NULL ? text_made(" (%s)", place) : "");
}

/* Where a mark has a name such as mine_lock or mine_t, that functions begin with mine;
   or "". */
static const char *too_long(const struct own_file *file, const struct own_mark *mark)
{
    const char *end = strrchr(mark->name, '_');
    const char *begins =
        end == NULL ? "" : text_made("%.*s", (int)(end - mark->name), mark->name);
    bool is = begins[0] != '\0' &&
              (own_place_of(file, text_made("%s_lock", begins), true) != NULL ||
               own_place_of(file, text_made("%s_wait", begins), true) != NULL);
    return is ? text_made("; functions begin with '%s': %s(%s%s%s)", begins, mark->macro,
                          begins, mark->node != NULL ? ", " : "",
                          mark->node != NULL ? mark->node : "")
              : "";
}

static void find_types(const struct own_file *file, struct own_mark *mark,
                       const struct probe *probe, const struct lines *lines)
{
    for (int i = TYPES - 1; i >= 0 && !mark->global; i--) {
        if (is_good(probe, lines->types[i])) {
            mark->type = type_named(mark, i);
        }
    }
    if (mark->type == NULL && !mark->global) {
        const char *wanted = text_made("%s_t", mark->name);
        const char *said = too_long(file, mark);
        if (said[0] == '\0') {
            said = hint(file, wanted, false, probe->why[lines->types[0]]);
        }
        if (file->cxx) {
            const char *class =
                hint(file, mark->name, false, probe->why[lines->cxx_type]);
            said = class[0] != '\0' ? class : said;
        }
        own_refuse(mark, "there is no type %s%s%s", wanted,
                   file->cxx ? text_made(", and no class %s", mark->name) : "", said);
    }
    if (mark->node != NULL && !is_good(probe, lines->node)) {
        own_refuse(mark, "there is no type %s%s", mark->node,
                   hint(file, mark->node, false, probe->why[lines->node]));
    }
}

/* --- ways to call ------------------------------------------------------------------- */

/* A way to call a function that may be right. */
struct way {
    unsigned line;
    enum own_part part;
    const char *call;
    bool index;
};

struct ways {
    struct way *items;
    size_t count, room;
};

static void add_way(struct ways *ways, struct probe *probe, const struct own_mark *mark,
                    enum own_part part, const char *call, bool index)
{
    bool tells = part == OWN_INIT;
    bool tries = part == OWN_TRY || part == OWN_TRY_READ || part == OWN_IS_LOCKED;
    struct way way = {0, part, NULL, index};
    /* An initialiser that returns an int may fail. */
    for (int returns = tells; returns >= 0; returns--) {
        way.call = !tells    ? call
                   : returns ? text_made("return %s;", call)
                             : text_made("%s; return 0;", call);
        const char *body =
            tells && returns
                ? text_made("__typeof__(%s) *lks_t = (int *)0; (void)lks_t; %s", call,
                            way.call)
            : tells ? way.call
            : tries ? text_made("return %s ? 1 : 0;", call)
                    : text_made("%s;", call);
        way.line = ask(probe, mark, tells || tries ? "int" : "void", body);
        grow_for_one(ways);
        ways->items[ways->count++] = way;
    }
}

/* All ways to call one function, the object being in front of the arguments. */
static void ask_calls(struct ways *ways, struct probe *probe, const struct own_file *file,
                      const struct own_mark *mark, enum own_part part,
                      const char *function, const char *object)
{
    for (const struct arguments *arguments = arguments_of(mark, part);
         arguments->text != NULL; arguments++) {
        if (!may_be(file, mark, arguments)) {
            continue;
        }
        const char *comma = object[0] != '\0' && arguments->text[0] != '\0' ? ", " : "";
        add_way(ways, probe, mark, part,
                text_made("%s(%s%s%s)", function, object, comma, arguments->text),
                arguments->index);
    }
}

static void ask_part(struct ways *ways, struct probe *probe, const struct own_file *file,
                     const struct own_mark *mark, enum own_part part, const bool there[6])
{
    const struct part *facts = part_of(mark, part);
    for (int i = 0; facts->names[i] != NULL; i++) {
        if (there[i]) {
            const char *function = function_name(mark, facts->names[i]);
            ask_calls(ways, probe, file, mark, part, function,
                      mark->global ? "" : "lks_l");
            if (file->cxx && !mark->global) {
                ask_calls(ways, probe, file, mark, part, function, "*lks_l");
            }
        }
    }
    for (int i = 0; file->cxx && !mark->global && facts->methods[i] != NULL; i++) {
        ask_calls(ways, probe, file, mark, part,
                  text_made("lks_l->%s", facts->methods[i]), "");
    }
}

/* Without a function: MINE_INIT, or a constructor. */
static void ask_initialisers(struct ways *ways, struct probe *probe,
                             const struct own_file *file, const struct own_mark *mark)
{
    static const char *const ends[] = {"INIT", "INITIALIZER"};
    for (int i = 0; i < 2; i++) {
        const char *value = text_made("%s_%s", upper(mark->name), ends[i]);
        struct way way = {0, OWN_INIT, NULL, false};
        way.call = text_made("static const %s lks_value = %s; "
                             "__builtin_memcpy((void *)lks_l, (const void *)&lks_value, "
                             "sizeof lks_value); return 0;",
                             mark->type, value);
        way.line = ask(probe, mark, "int", way.call);
        grow_for_one(ways);
        ways->items[ways->count++] = way;
    }
    for (const struct arguments *arguments = arguments_of(mark, OWN_INIT);
         file->cxx && arguments->text != NULL; arguments++) {
        struct way way = {0, OWN_INIT, NULL, false};
        way.call = text_made("new ((void *)lks_l) %s(%s); return 0;", mark->type,
                             arguments->text);
        way.line = ask(probe, mark, "int", way.call);
        grow_for_one(ways);
        ways->items[ways->count++] = way;
    }
}

/* --- what is missing, or wrong ------------------------------------------------------ */

static const char *first_name(const struct own_mark *mark, enum own_part part)
{
    const struct part *facts = part_of(mark, part);
    return function_name(mark, mark->global && part == OWN_TAKE      ? "barrier"
                               : mark->global && part == OWN_DESTROY ? "finalize"
                                                                     : facts->names[0]);
}

/* The first thing that was asked about a part of a class. */
static const char *first_reason(const struct ways *ways, const struct probe *probe,
                                enum own_part part)
{
    const char *method = part == OWN_INIT ? "new " : "lks_l->";
    for (size_t i = 0; i < ways->count; i++) {
        if (ways->items[i].part == part && starts(ways->items[i].call, method)) {
            return probe->why[ways->items[i].line];
        }
    }
    return NULL;
}

_Noreturn static void refuse_missing(const struct own_file *file,
                                     const struct own_mark *mark, enum own_part part,
                                     const struct ways *ways, const struct probe *probe)
{
    const char *name = first_name(mark, part);
    const char *said = too_long(file, mark);
    if (said[0] == '\0') {
        said = hint(file, name, true, NULL);
    }
    const struct part *facts = part_of(mark, part);
    const char *why = first_reason(ways, probe, part);
    if (why != NULL && said[0] == '\0') {
        own_refuse(mark, "there is no function %s, nor can it be %s: %s", name,
                   part == OWN_INIT ? text_made("constructed as %s(%s)", mark->name,
                                                arguments_of(mark, part)->shown)
                                    : text_made("called as %s()", facts->methods[0]),
                   why);
    }
    own_refuse(mark, "there is no function %s%s%s", name,
               part == OWN_INIT && !mark->global
                   ? text_made(", and no value %s_INIT", upper(mark->name))
                   : "",
               said);
}

_Noreturn static void refuse_shape(const struct own_file *file,
                                   const struct own_mark *mark, enum own_part part,
                                   const char *function)
{
    struct texts shapes = {NULL, 0, 0};
    for (const struct arguments *arguments = arguments_of(mark, part);
         arguments->text != NULL; arguments++) {
        if (may_be(file, mark, arguments)) {
            texts_add(&shapes,
                      text_made("%s(%s%s%s)", function, mark->global ? "" : "l",
                                mark->global || arguments->shown[0] == '\0' ? "" : ", ",
                                arguments->shown));
        }
    }
    char list[512] = "";
    for (size_t i = 0; i < shapes.count; i++) {
        size_t length = strlen(list);
        (void)snprintf(list + length, sizeof list - length, "%s%s",
                       i == 0                  ? ""
                       : i + 1 == shapes.count ? " nor "
                                               : ", ",
                       shapes.items[i]);
    }
    const char *place = own_place_of(file, function, true);
    bool thread = arguments_of(mark, part) == of_thread;
    own_refuse(mark, "%s%s can be called %s %s%s%s%s", function,
               place != NULL ? text_made(" (%s)", place) : "",
               shapes.count > 1 ? "neither as" : "not as", list,
               mark->global ? "" : text_made("; l is a %s *", mark->type),
               thread ? ", self the thread's index" : "",
               mark->node != NULL ? text_made(", node a %s *", mark->node)
               : thread
                   ? text_made("; where threads bring nodes, say %s(%s, TYPE)",
                               mark->family == OWN_LOCK     ? "LKS_LOCK_WITH_NODE"
                               : mark->family == OWN_RWLOCK ? "LKS_RWLOCK_WITH_NODE"
                                                            : "LKS_BARRIER_WITH_NODE",
                               mark->name)
                   : "");
}

/* --- all of it ---------------------------------------------------------------------- */

static void take_ways(struct own_mark *mark, const struct ways *ways,
                      const struct probe *probe)
{
    for (size_t i = 0; i < ways->count; i++) {
        const struct way *way = &ways->items[i];
        if (mark->calls[way->part] == NULL && is_good(probe, way->line)) {
            mark->calls[way->part] = way->call;
            mark->is_class = mark->is_class || strncmp(way->call, "new ", 4) == 0;
            mark->by_index = mark->by_index || way->index;
        }
    }
}

static void check_complete(const struct own_file *file, const struct own_mark *mark,
                           bool there[OWN_PARTS][6], const struct ways *ways,
                           const struct probe *probe)
{
    for (int part = 0; part < OWN_PARTS; part++) {
        const struct part *facts = part_of(mark, (enum own_part)part);
        for (int i = 0; facts->names[i] != NULL && mark->calls[part] == NULL; i++) {
            if (there[part][i]) {
                refuse_shape(file, mark, (enum own_part)part,
                             function_name(mark, facts->names[i]));
            }
        }
        if (mark->calls[part] == NULL && has_family(facts->needed, mark)) {
            refuse_missing(file, mark, (enum own_part)part, ways, probe);
        }
    }
}

static void find_shape(const struct own *own, const struct own_file *file,
                       struct own_mark *mark)
{
    struct lines lines;
    memset(&lines, 0, sizeof lines);
    struct probe names = begin_probe(own, file);
    ask_names(&names, file, mark, &lines);
    end_probe(own, file, &names);
    find_types(file, mark, &names, &lines);

    struct ways ways = {NULL, 0, 0};
    bool there[OWN_PARTS][6];
    struct probe calls = begin_probe(own, file);
    for (int part = 0; part < OWN_PARTS; part++) {
        for (int i = 0; i < 6; i++) {
            there[part][i] = is_good(&names, lines.names[part][i]);
        }
        ask_part(&ways, &calls, file, mark, (enum own_part)part, there[part]);
    }
    unsigned destructor = 0;
    if (!mark->global) {
        ask_initialisers(&ways, &calls, file, mark);
        destructor =
            ask(&calls, mark, "void",
                file->cxx ? "typedef __typeof__(*lks_l) lks_t; lks_l->~lks_t();" : "");
    }
    end_probe(own, file, &calls);
    if (destructor > 0 && !is_good(&calls, destructor)) {
        own_refuse(mark, "it cannot be destroyed: %s", calls.why[destructor]);
    }
    take_ways(mark, &ways, &calls);
    check_complete(file, mark, there, &ways, &calls);
    free(ways.items);
    free(names.why);
    free(calls.why);
}

void own_find_shapes(const struct own *own, struct own_file *file)
{
    for (size_t i = 0; i < file->count; i++) {
        find_shape(own, file, &file->items[i]);
    }
}

/* SPDX-License-Identifier: MIT */
/* Where the marks are: in what the preprocessor makes of a file, which tells macros,
   comments and what is left out from what is there. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/memory.h"
#include "common/options.h"
#include "common/own.h"
#include "common/text.h"

static const struct kind {
    const char *macro;
    enum own_family family;
    bool node, global;
} kinds[] = {
    {"LKS_LOCK", OWN_LOCK, false, false},
    {"LKS_LOCK_WITH_NODE", OWN_LOCK, true, false},
    {"LKS_RWLOCK", OWN_RWLOCK, false, false},
    {"LKS_RWLOCK_WITH_NODE", OWN_RWLOCK, true, false},
    {"LKS_BARRIER", OWN_BARRIER, false, false},
    {"LKS_BARRIER_WITH_NODE", OWN_BARRIER, true, false},
    {"LKS_GLOBAL_BARRIER", OWN_BARRIER, false, true},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

static const char found[] = "lks_own_mark(\""; /* as lockstep/own.h has it */

/* --- walking through the text ------------------------------------------------------- */

/* A place in a preprocessed text. */
struct place {
    const char *at;   /* the beginning of a line */
    const char *file; /* of which it is one; not ended by NUL */
    int file_length;
    int line;
    bool system; /* in a header of the system */
};

/* Reads `# 12 "file" 3`, if it is that. */
static bool read_marker(struct place *place)
{
    int line, begin = 0;
    if (sscanf(place->at, "# %d \"%n", &line, &begin) != 1 || begin == 0) {
        return false;
    }
    const char *end = strchr(place->at + begin, '"');
    if (end == NULL) {
        return false;
    }
    place->file = place->at + begin;
    place->file_length = (int)(end - place->file);
    place->line = line - 1; /* the next one is that */
    place->system = false;
    for (end++; *end == ' '; end += 2) {
        place->system = place->system || end[1] == '3';
    }
    return true;
}

/* Goes on to the next line that is no marker. */
static bool next_line(struct place *place, const char *text)
{
    do {
        const char *end = place->at == NULL ? text : strchr(place->at, '\n');
        if (end == NULL || *end == '\0') {
            return false;
        }
        place->at = place->at == NULL ? text : end + 1;
        place->line++;
    } while (*place->at != '\0' && read_marker(place));
    return *place->at != '\0';
}

static bool is_in_name(char letter)
{
    return isalnum((unsigned char)letter) || letter == '_';
}

/* --- names -------------------------------------------------------------------------- */

void own_refuse(const struct own_mark *mark, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    refuse("%s:%d: %s(%s): %s", mark->file, mark->line, mark->macro, mark->name, text);
}

static const char *after_string(const char *at)
{
    do {
        at += at[0] == '\\' && at[1] != '\n' && at[1] != '\0' ? 2 : 1;
    } while (*at != '"' && *at != '\n' && *at != '\0');
    return *at == '"' ? at + 1 : at;
}

/* Calls `each` for the names in the user's part of a text until it returns true. */
static bool each_name(const char *text,
                      bool (*each)(const struct place *place, const char *name,
                                   size_t length, void *context),
                      void *context)
{
    struct place place = {NULL, "", 0, 0, false};
    while (next_line(&place, text)) {
        const char *at = place.at;
        while (!place.system && *at != '\n' && *at != '\0') {
            size_t length = 0;
            if (*at == '"') {
                at = after_string(at);
                continue;
            }
            while (is_in_name(at[length])) {
                length++;
            }
            if (length > 0 && !isdigit((unsigned char)*at) &&
                each(&place, at, length, context)) {
                return true;
            }
            at += length > 0 ? length : 1;
        }
    }
    return false;
}

static bool is_called(const char *name, size_t length)
{
    return name[length + strspn(name + length, " ")] == '(';
}

struct search {
    const char *name, *place;
    bool function;
    struct texts others;
};

static bool collect(const struct place *place, const char *name, size_t length,
                    void *context)
{
    (void)place;
    struct search *search = context;
    if (!search->function || is_called(name, length)) {
        texts_add(&search->others, text_made("%.*s", (int)length, name));
    }
    return false;
}

const char *own_nearest(const struct own_file *file, const char *name, bool function)
{
    struct search search = {name, NULL, function, {NULL, 0, 0}};
    (void)each_name(file->text, collect, &search);
    const char *const *names = texts_of(&search.others);
    for (size_t i = 0; names[i] != NULL; i++) {
        if (strcasecmp(names[i], name) == 0) {
            return names[i];
        }
    }
    return text_nearest(name, names);
}

static bool find(const struct place *place, const char *name, size_t length,
                 void *context)
{
    struct search *search = context;
    if (strlen(search->name) == length && strncmp(name, search->name, length) == 0 &&
        (!search->function || is_called(name, length))) {
        search->place =
            text_made("%.*s:%d", place->file_length, place->file, place->line);
        return true;
    }
    return false;
}

const char *own_place_of(const struct own_file *file, const char *name, bool function)
{
    struct search search = {name, NULL, function, {NULL, 0, 0}};
    (void)each_name(file->text, find, &search);
    return search.place;
}

/* --- marks -------------------------------------------------------------------------- */

/* Takes the next word from "mine, fifo", without the blanks around it; a comma within <>
   ends none. */
static const char *take_word(const char **words)
{
    const char *at = *words + strspn(*words, " \t");
    char *word = zeroed(1, strcspn(at, "\n") + 1);
    size_t length = 0;
    for (int depth = 0; *at != '"' && (*at != ',' || depth > 0); at++) {
        at += *at == '\\'; /* what is in a string is written so */
        depth += (*at == '<') - (*at == '>');
        word[length++] = *at;
    }
    *words = at + (*at == ',');
    while (length > 0 && word[length - 1] == ' ') {
        length--;
    }
    word[length] = '\0';
    return word;
}

/* Whether functions can begin with that, or a class be called so. */
static bool is_name(const char *text, bool cxx)
{
    size_t length = 0;
    while (is_in_name(text[length]) || (cxx && text[length] == ':')) {
        length++;
    }
    bool arguments = cxx && text[length] == '<' && text[strlen(text) - 1] == '>';
    return length > 0 && !isdigit((unsigned char)text[0]) &&
           (text[length] == '\0' || arguments);
}

/* The name in what is none: in "mine", struct mine, mine_t *. */
static const char *name_in(const char *text)
{
    static const char *const others[] = {"struct", "union", "class", "const", "typename"};
    for (size_t length; *text != '\0'; text += length > 0 ? length : 1) {
        length = 0;
        while (is_in_name(text[length])) {
            length++;
        }
        bool other = length == 0 || isdigit((unsigned char)text[0]);
        for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
            other = other || (strlen(others[i]) == length &&
                              strncmp(text, others[i], length) == 0);
        }
        if (!other) {
            bool type = length > 2 && strncmp(text + length - 2, "_t", 2) == 0;
            return text_made("%.*s", (int)length - 2 * type, text);
        }
    }
    return "mine";
}

static const struct kind *kind_of(const char *macro, size_t length)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (strlen(kinds[i].macro) == length &&
            strncmp(macro, kinds[i].macro, length) == 0) {
            return &kinds[i];
        }
    }
    return NULL;
}

static void read_words(struct own_mark *mark, const struct kind *kind, const char *words,
                       bool cxx)
{
    mark->name = take_word(&words);
    if (!is_name(mark->name, cxx)) {
        const char *name = name_in(mark->name);
        own_refuse(mark, "what its functions begin with is asked for, such as %s(%s%s)",
                   mark->macro, name, kind->node ? text_made(", %s_node_t", name) : "");
    }
    if (kind->node) {
        mark->node = take_word(&words);
        if (mark->node[0] == '\0') {
            own_refuse(mark, "and the type of a thread's node: %s(%s, %s_node_t)",
                       mark->macro, mark->name, mark->name);
        }
    }
    while (*words != '"') {
        const char *word = take_word(&words);
        int end = 0;
        if (mark->family == OWN_LOCK && strcmp(word, "fifo") == 0) {
            mark->fifo = true;
        } else if (word[0] != '-' &&
                   sscanf(word, "%u thread%n", &mark->most, &end) == 1 && end > 0 &&
                   (strcmp(word + end, "s") == 0 || word[end] == '\0') &&
                   mark->most > 0) {
            continue;
        } else if (mark->family == OWN_LOCK && !kind->node) {
            own_refuse(
                mark,
                "'%s' is neither the word fifo nor such as 2 threads; a lock whose "
                "threads bring nodes is LKS_LOCK_WITH_NODE(%s, %s)",
                word, mark->name, word);
        } else {
            own_refuse(mark, "'%s' is one word too many", word);
        }
    }
}

static void check_new(const struct own *own, const struct own_mark *mark)
{
    for (size_t i = 0; own->sources[i] != NULL; i++) {
        const struct own_file *file = &own->files[i];
        for (size_t k = 0; k < file->count; k++) {
            const struct own_mark *other = &file->items[k];
            if (strcmp(other->name, mark->name) == 0) {
                own_refuse(mark, "there is a mark of that name, in %s:%d", other->file,
                           other->line);
            }
        }
    }
}

/* The string behind a comma; the preprocessor may say in between where it comes from. */
static const char *next_string(const char *at)
{
    at += strspn(at, ", \t");
    while (*at == '\n' && (at[1] == '#' || at[1] == '\n')) {
        at += 1 + strcspn(at + 1, "\n");
    }
    at += strspn(at, " \t\n");
    return *at == '"' ? at + 1 : NULL;
}

static void add_mark(const struct own *own, struct own_file *file,
                     const struct place *place, const char *macro)
{
    size_t length = strcspn(macro, "\"");
    const struct kind *kind = kind_of(macro, length);
    const char *words = next_string(macro + length + 1);
    if (kind == NULL || words == NULL) {
        return; /* not from our header */
    }
    struct own_mark mark = {
        .macro = kind->macro,
        .family = kind->family,
        .global = kind->global,
        .name = "",
        .file = text_made("%.*s", place->file_length, place->file),
        .line = place->line,
    };
    read_words(&mark, kind, words, file->cxx);
    check_new(own, &mark);
    grow_for_one(file);
    file->items[file->count++] = mark;
}

/* A mark that the preprocessor has left as it was: the header is not included, or there
   is none of that name. */
static bool refuse_unknown(const struct place *place, const char *name, size_t length,
                           void *context)
{
    (void)context;
    if (length < 5 || strncasecmp(name, "LKS_", 4) != 0) {
        return false;
    }
    const char *macro = text_made("%.*s", (int)length, name);
    bool called = is_called(name, length);
    if (kind_of(name, length) != NULL) {
        refuse(called ? "%.*s:%d: %s: #include <lockstep/own.h> is missing above it"
                      : "%.*s:%d: %s: in parentheses behind it is what its functions "
                        "begin with, such as LKS_LOCK(mine)",
               place->file_length, place->file, place->line, macro);
    }
    const char *names[KINDS + 1] = {NULL};
    const char *nearest = NULL;
    for (size_t i = 0; i < KINDS; i++) {
        names[i] = kinds[i].macro;
        nearest = strcasecmp(macro, names[i]) == 0 ? names[i] : nearest;
    }
    bool capitals = strcspn(macro, "abcdefghijklmnopqrstuvwxyz") == length;
    if (nearest == NULL && capitals) {
        nearest = text_nearest(macro, names);
    }
    if (called && (nearest != NULL || capitals)) {
        refuse("%.*s:%d: there is no mark %s%s%s", place->file_length, place->file,
               place->line, macro,
               nearest != NULL ? "; did you mean "
                               : "; lockstep-own(7) has those there are",
               nearest != NULL ? text_made("%s?", nearest) : "");
    }
    return false;
}

/* --- all of it ---------------------------------------------------------------------- */

char *own_text_of_file(const char *path)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        refuse("%s: %s", path, strerror(errno));
    }
    char *text = NULL;
    size_t size = 0, count;
    do {
        text = grow(text, size + 65537);
        count = fread(text + size, 1, 65536, file);
        size += count;
    } while (count > 0);
    (void)fclose(file);
    text[size] = '\0';
    return text;
}

void own_find_marks(const struct own *own, struct own_file *file)
{
    const char *output = text_made("%s/marks.i", own->directory);
    struct command command = own_command(own, file->cxx);
    command_add(&command, "-DLKS_OWN_MARKS");
    command_add(&command, "-E");
    command_add(&command, file->source);
    if (!command_run(&command, output, NULL)) {
        refuse("%s: the compiler cannot read it", file->source);
    }
    file->text = own_text_of_file(output);
    struct place place = {NULL, "", 0, 0, false};
    while (next_line(&place, file->text)) {
        const char *end = strchr(place.at, '\n');
        for (const char *at = place.at;
             (at = strstr(at, found)) != NULL && (end == NULL || at < end); at++) {
            add_mark(own, file, &place, at + sizeof found - 1);
        }
    }
    (void)each_name(file->text, refuse_unknown, NULL);
}

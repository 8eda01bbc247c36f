/* SPDX-License-Identifier: MIT */
#include "check/literals.h"

#include <ctype.h>
#include <string.h>

#include "check/explore/sites.h"
#include "common/memory.h"

const char *const order_names[] = {"relaxed", "consume", "acquire",
                                   "release", "acq_rel", "seq_cst"};
enum { ORDERS = sizeof order_names / sizeof *order_names };

/* --- files -------------------------------------------------------------------------- */

struct change {
    size_t at, size;
    char text[40];
};

static struct file {
    char *name, *text;
    size_t size;
    struct change *changes; /* by place */
    size_t count;
} * files;
static size_t file_count;

/* A file, or NULL when it cannot be read. */
static struct file *file_of(const char *name)
{
    for (size_t i = 0; i < file_count; i++) {
        if (strcmp(files[i].name, name) == 0) {
            return &files[i];
        }
    }
    FILE *in = fopen(name, "r");
    if (in == NULL) {
        return NULL;
    }
    files = grow(files, (file_count + 1) * sizeof *files);
    struct file *file = &files[file_count++];
    *file = (struct file){.name = sure(strdup(name))};
    size_t room = 4096;
    file->text = zeroed(1, room + 1);
    while (!feof(in) && !ferror(in)) {
        room = 2 * room;
        file->text = grow(file->text, room + 1);
        file->size += fread(file->text + file->size, 1, room - file->size, in);
    }
    (void)fclose(in);
    file->text[file->size] = '\0';
    return file;
}

/* --- words -------------------------------------------------------------------------- */

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Behind spaces and comments. */
static const char *skip_blank(const char *at)
{
    for (;;) {
        while (isspace((unsigned char)*at) || (at[0] == '\\' && at[1] == '\n')) {
            at++;
        }
        if (at[0] == '/' && at[1] == '/') {
            at += strcspn(at, "\n");
        } else if (at[0] == '/' && at[1] == '*') {
            const char *end = strstr(at + 2, "*/");
            at = end == NULL ? at + strlen(at) : end + 2;
        } else {
            return at;
        }
    }
}

/* Behind the word, the string or the sign that begins here, and what is blank then. */
static const char *skip_token(const char *at)
{
    if (*at == '"' || *at == '\'') {
        char quote = *at++;
        while (*at != '\0' && *at != quote) {
            at += at[0] == '\\' && at[1] != '\0' ? 2 : 1;
        }
        return skip_blank(*at == '\0' ? at : at + 1);
    }
    if (is_word(*at)) {
        while (is_word(*at)) {
            at++;
        }
        return skip_blank(at);
    }
    return skip_blank(*at == '\0' ? at : at + 1);
}

static bool is_token(const char *at, const char *word)
{
    size_t length = strlen(word);
    return strncmp(at, word, length) == 0 && !is_word(at[length]);
}

/* --- names for orders --------------------------------------------------------------- */

/* Whether a text has a #define of `word` as memory_order_… of that order. */
static bool defines(const char *text, const char *word, int order)
{
    char value[32];
    (void)snprintf(value, sizeof value, "memory_order_%s", order_names[order]);
    for (const char *at = text; (at = strstr(at, "define")) != NULL; at += 6) {
        const char *before = at;
        while (before > text && (before[-1] == ' ' || before[-1] == '\t')) {
            before--;
        }
        const char *name = skip_token(at);
        if (before > text && before[-1] == '#' && is_token(name, word) &&
            is_token(skip_token(name), value)) {
            return true;
        }
    }
    return false;
}

/* The same in a file, or in those that it includes by a name in quotes. */
static bool file_defines(size_t which, const char *word, int order, unsigned depth)
{
    if (defines(files[which].text, word, order)) {
        return true;
    }
    for (size_t at = 0; depth > 0; at += 7) {
        const char *text = files[which].text, *found = strstr(text + at, "include");
        if (found == NULL) {
            return false;
        }
        at = (size_t)(found - text);
        const char *quote = skip_token(found), *end = strchr(quote + 1, '"');
        if (*quote != '"' || end == NULL) {
            continue;
        }
        const char *name = files[which].name, *slash = strrchr(name, '/');
        char path[512];
        (void)snprintf(path, sizeof path, "%.*s%.*s",
                       slash == NULL ? 0 : (int)(slash - name) + 1, name,
                       (int)(end - quote) - 1, quote + 1);
        const struct file *other = file_of(path);
        if (other != NULL &&
            file_defines((size_t)(other - files), word, order, depth - 1)) {
            return true;
        }
    }
    return false;
}

/* … in a file that has been looked at. */
static bool is_defined(const char *word, int order)
{
    enum { DEPTH = 4 };
    bool found = false;
    for (size_t i = 0; i < file_count && !found; i++) {
        found = file_defines(i, word, order, DEPTH);
    }
    return found;
}

static void write_order(char *text, size_t size, int order, bool upper)
{
    (void)snprintf(text, size, "%s", order_names[order]);
    for (; upper && *text != '\0'; text++) {
        *text = (char)toupper((unsigned char)*text);
    }
}

/* An order as it is written: its name, and what is before that, if it is not the
   standard's. */
struct written {
    int order; /* -1: there is none */
    const char *name, *own;
    size_t size;
};
static const struct written no_order = {.order = -1};

/* A word up to `end` that ends with the name of an order and is defined as it. */
static struct written named_order(const char *at, const char *end)
{
    char word[64];
    size_t length = 0;
    while (is_word(at[length])) {
        length++;
    }
    if (length == 0 || length >= sizeof word || skip_blank(at + length) != end) {
        return no_order;
    }
    memcpy(word, at, length);
    word[length] = '\0';
    for (int order = 0; order < ORDERS; order++) {
        size_t size = strlen(order_names[order]);
        if (length == size || (length > size && word[length - size - 1] == '_')) {
            const char *name = at + length - size;
            char tail[12];
            write_order(tail, sizeof tail, order, isupper((unsigned char)*name) != 0);
            if (strcmp(word + length - size, tail) == 0 && is_defined(word, order)) {
                return (struct written){order, name, at, size};
            }
        }
    }
    return no_order;
}

/* Whether every order that may be put in place of such a name has one, too. */
static bool has_names(const struct written *written, int kind, bool failure)
{
    bool loads = failure || kind != VM_STORE, stores = !failure && kind != VM_LOAD;
    for (int other = VM_RELAXED; other < written->order; other++) {
        bool possible = other == VM_RELAXED || (other == VM_ACQUIRE && loads) ||
                        (other == VM_RELEASE && stores && written->order > VM_RELEASE) ||
                        (other == VM_ACQ_REL && loads && stores);
        char word[96], tail[12];
        write_order(tail, sizeof tail, other,
                    isupper((unsigned char)*written->name) != 0);
        (void)snprintf(word, sizeof word, "%.*s%s", (int)(written->name - written->own),
                       written->own, tail);
        if (possible && !is_defined(word, other)) {
            return false;
        }
    }
    return true;
}

/* --- the orders of calls ------------------------------------------------------------ */

/* The order that is all there is up to `end`. */
static struct written order_at(const char *at, const char *end)
{
    static const char *const prefixes[] = {"memory_order_",
                                           "memory_order::", "__ATOMIC_"};
    if (is_token(at, "std") && strncmp(skip_token(at), "::", 2) == 0) {
        at = skip_token(skip_token(skip_token(at)));
    }
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t length = strlen(prefixes[i]);
        for (int order = 0; order < ORDERS && strncmp(at, prefixes[i], length) == 0;
             order++) {
            char name[12];
            write_order(name, sizeof name, order, prefixes[i][0] == '_');
            if (is_token(at + length, name) &&
                skip_blank(at + length + strlen(name)) == end) {
                return (struct written){order, at + length, NULL, strlen(name)};
            }
        }
    }
    return named_order(at, end);
}

/* --- calls -------------------------------------------------------------------------- */

/* What a call of this name is, or -1: an operation that has its orders as arguments. */
static int kind_of(const char *name, size_t size, bool method)
{
    char word[48];
    if (size >= sizeof word) {
        return -1;
    }
    memcpy(word, name, size);
    word[size] = '\0';
    if (strcmp(word, "atomic_thread_fence") == 0 ||
        strcmp(word, "__atomic_thread_fence") == 0) {
        return SITE_FENCE;
    }
    bool builtin = strncmp(word, "__atomic_", 9) == 0;
    bool generic = strncmp(word, "atomic_", 7) == 0 && size > 16 &&
                   strcmp(word + size - 9, "_explicit") == 0;
    if (!builtin && !generic && !method) {
        return -1;
    }
    const char *what = builtin ? word + 9 : generic ? word + 7 : word;
    what += generic && strncmp(what, "flag_", 5) == 0 ? 5 : 0;
    if (strncmp(what, "compare_exchange", 16) == 0) {
        return VM_CAS;
    }
    if (strncmp(what, "load", 4) == 0) {
        return VM_LOAD;
    }
    if (strncmp(what, "store", 5) == 0 || strncmp(what, "clear", 5) == 0) {
        return VM_STORE;
    }
    bool updates = strncmp(what, "exchange", 8) == 0 || strncmp(what, "fetch_", 6) == 0 ||
                   strncmp(what, "test_and_set", 12) == 0 ||
                   (builtin && strstr(what, "_fetch") != NULL);
    return updates ? VM_EXCHANGE : -1;
}

static bool is_like(int found, int kind)
{
    return found >= SITE_FENCE || kind >= SITE_FENCE ? found == kind
           : kind >= VM_CAS                          ? found == VM_CAS
           : kind >= VM_EXCHANGE                     ? found == VM_EXCHANGE
                                                     : found == kind;
}

struct found {
    unsigned calls; /* that may be it */
    struct written written;
    bool both; /* for success and for failure */
};

/* Where the arguments of a call are, up to its closing parenthesis. */
struct arguments {
    const char *last, *before, *end; /* the last but one, or NULL */
    unsigned count;
};

static struct arguments arguments_of(const char *open)
{
    struct arguments arguments = {.last = skip_token(open), .count = 1};
    unsigned depth = 1;
    for (const char *at = open; *at != '\0';) {
        const char *next = skip_token(at);
        if (at != open && strchr("([{", *at) != NULL) {
            depth++;
        } else if (strchr(")]}", *at) != NULL && --depth == 0) {
            arguments.end = at;
            return arguments;
        } else if (*at == ',' && depth == 1) {
            arguments.before = arguments.last;
            arguments.last = next;
            arguments.count++;
        }
        at = next;
    }
    arguments.end = NULL;
    return arguments;
}

/* The comma that ends an argument. */
static const char *comma_before(const char *argument)
{
    do {
        argument--;
    } while (*argument != ',');
    return argument;
}

/* The name that ends before a parenthesis; whether it is one of a method. */
static const char *name_before(const char *text, const char *open, size_t *size,
                               bool *method)
{
    const char *end = open;
    while (end > text && isspace((unsigned char)end[-1])) {
        end--;
    }
    const char *begin = end;
    while (begin > text && is_word(begin[-1])) {
        begin--;
    }
    *size = (size_t)(end - begin);
    *method =
        begin > text &&
        (begin[-1] == '.' || (begin - 1 > text && begin[-2] == '-' && begin[-1] == '>'));
    return begin;
}

/* Looks at a call: whether it is one of the kind, with the order. */
static void look_at(const char *text, const char *open, int kind, bool failure, int order,
                    struct found *found)
{
    struct arguments arguments = arguments_of(open);
    size_t size;
    bool method;
    (void)name_before(text, open, &size, &method);
    struct written written = no_order, other = no_order;
    if (arguments.end != NULL) {
        written = order_at(arguments.last, arguments.end);
    }
    if (kind >= VM_CAS && kind < SITE_FENCE) {
        if (arguments.before != NULL && written.order >= 0) {
            other = order_at(arguments.before, comma_before(arguments.last));
        }
        found->both = other.order < 0 && method;
        if (!found->both) {
            written = other.order < 0 ? no_order : failure ? written : other;
        }
    }
    bool follows = found->both && failure;
    found->calls++;
    if ((follows ? literal_of_failure(written.order) : written.order) == order) {
        found->written = written;
    }
}

static bool is_call(const char *text, const char *open, int kind)
{
    size_t size;
    bool method;
    const char *name = name_before(text, open, &size, &method);
    return is_like(kind_of(name, size, method), kind);
}

/* The parenthesis of the call that begins at a place: there may be an object before it,
   as in `object->flag.load(`. NULL: there is none. */
static const char *call_at(const char *at)
{
    while (is_word(*at) || *at == '.' || *at == ':' || *at == '[' ||
           (at[0] == '-' && at[1] == '>')) {
        if (*at == '[') {
            at = arguments_of(at).end;
            if (at == NULL) {
                return NULL;
            }
        }
        at = *at == '-' ? at + 1 : at;
        at = skip_token(at);
    }
    return *at == '(' ? at : NULL;
}

static const char *place_in(const struct file *file, int line, int column)
{
    const char *at = file->text;
    for (int i = 1; i < line && at != NULL; i++) {
        at = strchr(at, '\n');
        at = at == NULL ? NULL : at + 1;
    }
    return at == NULL || column < 1 || strcspn(at, "\n") < (size_t)column
               ? NULL
               : at + column - 1;
}

const char *literal_find(const struct vm_source *place, int kind, bool failure, int order,
                         struct literal *literal)
{
    const struct file *file = file_of(place->file);
    const char *at = file == NULL ? NULL : place_in(file, place->line, place->column);
    const char *open = at == NULL ? NULL : call_at(at);
    struct found found = {.written = no_order};
    if (at == NULL) {
        return "its place is not known";
    }
    const char *text = file->text; /* more files may be read */
    literal->file = (size_t)(file - files);
    if (open != NULL && is_call(text, open, kind)) {
        look_at(text, open, kind, failure, order, &found);
    } else if (open != NULL && arguments_of(open).end != NULL) {
        /* A macro: is it in its arguments, and there alone? */
        const char *end = arguments_of(open).end;
        for (const char *in = skip_token(open); in < end; in = skip_token(in)) {
            if (*in == '(' && is_call(text, in, kind)) {
                look_at(text, in, kind, failure, order, &found);
            }
        }
    }
    if (found.calls > 1) {
        return "there are several like it in the arguments of a macro";
    }
    if (found.calls == 0) {
        return "no order is written there (seq_cst is meant, or a macro has it)";
    }
    if (found.written.order < 0) {
        return kind >= VM_CAS && kind < SITE_FENCE
                   ? "its two orders are not both written there"
                   : "the order is not written there, but what stands for it";
    }
    if (found.written.own != NULL && !has_names(&found.written, kind, failure)) {
        return "not every weaker order has a name like the one that is written there";
    }
    literal->at = (size_t)(found.written.name - text);
    literal->size = found.written.size;
    literal->both = found.both;
    return NULL;
}

int literal_of_failure(int order)
{
    return order == VM_ACQ_REL ? VM_ACQUIRE : order == VM_RELEASE ? VM_RELAXED : order;
}

bool literal_same(const struct literal *a, const struct literal *b)
{
    return a->file == b->file && a->at == b->at;
}

/* --- changing ----------------------------------------------------------------------- */

void literal_change(const struct literal *literal, int order)
{
    struct file *file = &files[literal->file];
    size_t i = 0;
    while (i < file->count && file->changes[i].at < literal->at) {
        i++;
    }
    if (i == file->count || file->changes[i].at != literal->at) {
        file->changes = grow(file->changes, (file->count + 1) * sizeof *file->changes);
        memmove(&file->changes[i + 1], &file->changes[i],
                (file->count - i) * sizeof *file->changes);
        file->count++;
    }
    struct change *change = &file->changes[i];
    *change = (struct change){.at = literal->at, .size = literal->size};
    write_order(change->text, sizeof change->text, order,
                isupper((unsigned char)file->text[literal->at]) != 0);
}

/* --- the patch ---------------------------------------------------------------------- */

enum { CONTEXT = 3 };

struct lines {
    size_t *begin; /* of each line, and the end of the last */
    size_t count;
};

static struct lines lines_of(const struct file *file)
{
    struct lines lines = {.begin = zeroed(file->size + 2, sizeof *lines.begin)};
    for (size_t i = 0; i < file->size; i++) {
        if (i == 0 || file->text[i - 1] == '\n') {
            lines.begin[lines.count++] = i;
        }
    }
    lines.begin[lines.count] = file->size;
    return lines;
}

static bool is_changed(const struct file *file, const struct lines *lines, size_t line)
{
    for (size_t i = 0; i < file->count; i++) {
        if (file->changes[i].at >= lines->begin[line] &&
            file->changes[i].at < lines->begin[line + 1]) {
            return true;
        }
    }
    return false;
}

/* The line is changed, or one so near that both are in one hunk. */
static bool is_near(const struct file *file, const struct lines *lines, size_t line)
{
    size_t first = line > CONTEXT ? line - CONTEXT : 0;
    for (size_t i = first; i <= line + CONTEXT && i < lines->count; i++) {
        if (is_changed(file, lines, i)) {
            return true;
        }
    }
    return false;
}

static void put_end_of_line(FILE *out, const struct file *file, size_t end)
{
    if (file->text[end - 1] != '\n') {
        (void)fputs("\n\\ No newline at end of file\n", out);
    }
}

static void put_old(FILE *out, const struct file *file, const struct lines *lines,
                    size_t line, char sign)
{
    size_t begin = lines->begin[line], end = lines->begin[line + 1];
    (void)fputc(sign, out);
    (void)fwrite(file->text + begin, 1, end - begin, out);
    put_end_of_line(out, file, end);
}

static void put_new(FILE *out, const struct file *file, const struct lines *lines,
                    size_t line)
{
    size_t at = lines->begin[line], end = lines->begin[line + 1];
    (void)fputc('+', out);
    for (size_t i = 0; i < file->count; i++) {
        const struct change *change = &file->changes[i];
        if (change->at >= at && change->at < end) {
            (void)fwrite(file->text + at, 1, change->at - at, out);
            (void)fputs(change->text, out);
            at = change->at + change->size;
        }
    }
    (void)fwrite(file->text + at, 1, end - at, out);
    put_end_of_line(out, file, end);
}

/* Lines that are changed one after the other are taken away together, and then put. */
static void put_hunk(FILE *out, const struct file *file, const struct lines *lines,
                     size_t first, size_t end)
{
    (void)fprintf(out, "@@ -%zu,%zu +%zu,%zu @@\n", first + 1, end - first, first + 1,
                  end - first);
    for (size_t line = first; line < end;) {
        size_t run = line;
        while (run < end && is_changed(file, lines, run)) {
            put_old(out, file, lines, run++, '-');
        }
        for (; line < run; line++) {
            put_new(out, file, lines, line);
        }
        if (line < end && !is_changed(file, lines, line)) {
            put_old(out, file, lines, line++, ' ');
        }
    }
}

bool literals_diff(FILE *out)
{
    bool some = false;
    for (size_t i = 0; i < file_count; i++) {
        const struct file *file = &files[i];
        if (file->count == 0) {
            continue;
        }
        some = true;
        struct lines lines = lines_of(file);
        const char *name = file->name + strspn(file->name, "/");
        const char *end_of_name =
            strchr(name, ' ') != NULL ? "\t" : ""; /* as diff does */
        (void)fprintf(out, "--- a/%s%s\n+++ b/%s%s\n", name, end_of_name, name,
                      end_of_name);
        for (size_t line = 0, end; line < lines.count; line = end) {
            for (end = line; end < lines.count && is_near(file, &lines, end);) {
                end++;
            }
            if (end > line) {
                put_hunk(out, file, &lines, line, end);
            } else {
                end++;
            }
        }
        free(lines.begin);
    }
    return some;
}

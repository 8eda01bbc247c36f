/* SPDX-License-Identifier: MIT */
#include "common/options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/memory.h"
#include "common/text.h"

void texts_add(struct texts *texts, const char *text)
{
    grow_for_one(texts);
    texts->items[texts->count++] = text;
    texts->items[texts->count] = NULL;
}

const char *const *texts_of(const struct texts *texts)
{
    static const char *const none[] = {NULL};
    return texts->count > 0 ? texts->items : none;
}

void numbers_add(struct numbers *numbers, double number)
{
    grow_for_one(numbers);
    numbers->items[numbers->count++] = number;
}

/* --- numbers ------------------------------------------------------------------------ */

static uint64_t read_whole(const struct option_row *row, const char *text)
{
    errno = 0;
    uint64_t number = strtoull(text, NULL, 10);
    if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0' || errno != 0 ||
        number < (uint64_t)row->least || number > (uint64_t)row->greatest) {
        refuse("--%s: '%s' is not a whole number from %.0f to %.0f", row->name, text,
               row->least, row->greatest);
    }
    return number;
}

static double read_real(const struct option_row *row, const char *text)
{
    char *end;
    double number = strtod(text, &end);
    if (end == text || *end != '\0' ||
        !(number >= row->least && number <= row->greatest)) {
        refuse("--%s: '%s' is not a number from %.15g to %.15g", row->name, text,
               row->least, row->greatest);
    }
    return number;
}

/* --- lists -------------------------------------------------------------------------- */

/* Cuts the next item off a list separated by commas; NULL at its end. */
static char *next_item(const struct option_row *row, char **list)
{
    char *item = *list;
    if (item == NULL) {
        return NULL;
    }
    char *comma = strchr(item, ',');
    if (comma != NULL) {
        *comma = '\0';
    }
    if (item[0] == '\0') {
        refuse("--%s: there is nothing before, between or after the commas of the list",
               row->name);
    }
    *list = comma != NULL ? comma + 1 : NULL;
    return item;
}

static void add_number(const struct option_row *row, double number)
{
    struct numbers *numbers = row->value;
    for (size_t i = 0; i < numbers->count; i++) {
        if (numbers->items[i] == number) {
            refuse("--%s: %g is there twice", row->name, number);
        }
    }
    if (row->most > 0 && numbers->count == row->most) {
        refuse("--%s: more than %zu numbers", row->name, row->most);
    }
    numbers_add(numbers, number);
}

/* Whether a series that goes on from `from`, times `factor` and plus `step`, comes to
   `last`; if it is to be added, adds what comes after `from`. */
static bool go_on(const struct option_row *row, bool adding, double from, double factor,
                  double step, double last)
{
    double number = from;
    while (number < last && (factor > 1 || step > 0)) {
        number = number * factor + step;
        if (adding) {
            add_number(row, number);
        }
    }
    return number == last;
}

/* What "..." after two numbers, and before `last`, stands for: 2,4,...,16 multiplies, and
   10,20,...,50 adds, as the numbers are only then met. */
static void add_series(const struct option_row *row, double last)
{
    const struct numbers *numbers = row->value;
    if (numbers->count < 2) {
        refuse("--%s: there must be two numbers before '...'", row->name);
    }
    double one = numbers->items[numbers->count - 2];
    double two = numbers->items[numbers->count - 1];
    double step = two > one ? two - one : 0;
    double factor = one > 0 && fmod(two, one) == 0 ? two / one : 1;
    if (last > two && factor > 1 && go_on(row, false, two, factor, 0, last)) {
        (void)go_on(row, true, two, factor, 0, last);
    } else if (last > two && step > 0 && go_on(row, false, two, 1, step, last)) {
        (void)go_on(row, true, two, 1, step, last);
    } else {
        refuse("--%s: %g,%g,... does not come to %g, neither by adding nor by "
               "multiplying",
               row->name, one, two, last);
    }
}

static void add_range(const struct option_row *row, char *item)
{
    char *dash = strchr(item + 1, '-'); /* no sign: such a number is refused as a whole */
    if (dash != NULL) {
        *dash = '\0';
    }
    uint64_t first = read_whole(row, item);
    uint64_t last = dash != NULL ? read_whole(row, dash + 1) : first;
    if (last < first) {
        refuse("--%s: the range %s-%s is empty", row->name, item, dash + 1);
    }
    for (uint64_t number = first; number <= last; number++) {
        add_number(row, (double)number);
    }
}

static void read_wholes(const struct option_row *row, char *list)
{
    bool series = false;
    for (char *item; (item = next_item(row, &list)) != NULL;) {
        if (strcmp(item, "...") == 0 || strcmp(item, "…") == 0) {
            if (series || list == NULL) {
                refuse("--%s: there must be a number after '...'", row->name);
            }
            series = true;
        } else if (series) {
            add_series(row, (double)read_whole(row, item));
            series = false;
        } else {
            add_range(row, item);
        }
    }
}

static int read_word(const struct option_row *row, const char *text)
{
    char all[256] = "";
    for (int i = 0; row->words[i] != NULL; i++) {
        if (strcmp(row->words[i], text) == 0) {
            return i;
        }
        text_append(all, sizeof all, "%s%s", i == 0 ? "" : ", ", row->words[i]);
    }
    const char *nearest = text_nearest(text, row->words);
    if (nearest != NULL) {
        refuse("--%s: '%s' is none of %s; did you mean '%s'?", row->name, text, all,
               nearest);
    }
    refuse("--%s: '%s' is none of %s", row->name, text, all);
}

/* --- an option ---------------------------------------------------------------------- */

static bool is_list(const struct option_row *row)
{
    return row->kind == OPTION_TEXTS || row->kind == OPTION_NAMES ||
           row->kind == OPTION_WHOLES || row->kind == OPTION_REALS;
}

static void read_list(const struct option_row *row, const char *text)
{
    char *copy = sure(strdup(text)), *rest = copy;
    if (row->kind == OPTION_WHOLES) {
        read_wholes(row, copy);
        rest = NULL;
    }
    for (char *item; (item = next_item(row, &rest)) != NULL;) {
        if (row->kind == OPTION_REALS) {
            add_number(row, read_real(row, item));
        } else {
            texts_add(row->value, sure(strdup(item)));
        }
    }
    free(copy);
}

static void read_option(struct option_row *row, const char *argument)
{
    if (row->given && !is_list(row)) {
        refuse("--%s is given twice", row->name);
    }
    row->given = true;
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)row->value = true;
        break;
    case OPTION_UNSIGNED:
        *(unsigned *)row->value = (unsigned)read_whole(row, argument);
        break;
    case OPTION_WHOLE:
        *(uint64_t *)row->value = read_whole(row, argument);
        break;
    case OPTION_REAL:
        *(double *)row->value = read_real(row, argument);
        break;
    case OPTION_WORD:
        *(int *)row->value = read_word(row, argument);
        break;
    case OPTION_TEXT:
        *(const char **)row->value = argument;
        break;
    case OPTION_TEXTS:
        texts_add(row->value, argument);
        break;
    default:
        read_list(row, argument);
    }
}

/* --- help --------------------------------------------------------------------------- */

enum { HELP_COLUMN = 28 };

static void print_help_row(char letter, const char *name, const char *argument,
                           const char *help)
{
    char head[64] = "";
    if (letter != 0) {
        text_append(head, sizeof head, "  -%c, --%s", letter, name);
    } else {
        text_append(head, sizeof head, "      --%s", name);
    }
    if (argument != NULL) {
        text_append(head, sizeof head, "%s%s", argument[0] == '[' ? "" : " ", argument);
    }
    bool fits = text_width(head) + 2 <= HELP_COLUMN;
    text_left(stdout, fits ? HELP_COLUMN : 0, head);
    int missing = fits ? 0 : HELP_COLUMN;
    (void)fputs(fits ? "" : "\n", stdout);
    for (const char *line = help; line != NULL;) {
        const char *end = strchr(line, '\n');
        int length = end != NULL ? (int)(end - line) : (int)strlen(line);
        (void)printf("%*s%.*s\n", missing, "", length, line);
        missing = HELP_COLUMN;
        line = end != NULL ? end + 1 : NULL;
    }
}

static _Noreturn void print_help(const struct command_line *line)
{
    (void)printf("%s\n%s\n", line->usage, line->purpose);
    for (const struct option_row *row = line->rows; row->name != NULL; row++) {
        print_help_row(row->letter, row->name, row->argument, row->help);
    }
    print_help_row('h', "help", NULL, "this text");
    print_help_row('V', "version", NULL, "the version");
    (void)printf("\n%s", line->after);
    output_close(stdout, NULL);
    exit(0);
}

static _Noreturn void print_version(void)
{
    (void)printf("%s %s\n", tool.name, tool.version);
    output_close(stdout, NULL);
    exit(0);
}

/* --- getopt's tables ---------------------------------------------------------------- */

enum { HELP = 1000, VERSION, FIRST_ROW };

static size_t count_rows(const struct option_row *rows)
{
    size_t count = 0;
    while (rows[count].name != NULL) {
        count++;
    }
    return count;
}

static int has_argument(const struct option_row *row)
{
    return row->argument == NULL     ? no_argument
           : row->argument[0] == '[' ? optional_argument
                                     : required_argument;
}

static struct option *long_options_of(const struct option_row *rows, size_t count)
{
    struct option *all = zeroed(count + 3, sizeof *all);
    for (size_t i = 0; i < count; i++) {
        all[i] = (struct option){rows[i].name, has_argument(&rows[i]), NULL,
                                 FIRST_ROW + (int)i};
    }
    all[count] = (struct option){"help", no_argument, NULL, HELP};
    all[count + 1] = (struct option){"version", no_argument, NULL, VERSION};
    return all;
}

/* With "+" first, getopt ends at the first word that is no option. */
static char *letters_of(const struct option_row *rows, size_t count, bool for_program)
{
    char *all = zeroed(3 * count + 5, 1), *end = all;
    if (for_program) {
        *end++ = '+';
    }
    *end++ = ':';
    for (size_t i = 0; i < count; i++) {
        if (rows[i].letter != 0) {
            *end++ = rows[i].letter;
            for (int colons = has_argument(&rows[i]); colons > 0; colons--) {
                *end++ = ':';
            }
        }
    }
    *end++ = 'h';
    *end = 'V';
    return all;
}

static struct option_row *row_of(struct option_row *rows, size_t count, int option)
{
    for (size_t i = 0; i < count; i++) {
        if (option == FIRST_ROW + (int)i || option == rows[i].letter) {
            return &rows[i];
        }
    }
    return NULL;
}

/* --- what is wrong with a word ------------------------------------------------------ */

/* What no option of a tool begins with, but many of a compiler. */
static bool is_for_compiler(const char *word)
{
    static const char *const beginnings[] = {
        "-D",       "-I",        "-U",      "-O",       "-W",       "-g",
        "-std=",    "-fno-",     "-fsan",   "-include", "-isystem", "-iquote",
        "-pthread", "-pedantic", "-march=", "-mtune=",  "-x",       NULL};
    for (unsigned i = 0; beginnings[i] != NULL; i++) {
        if (starts(word, beginnings[i])) {
            return true;
        }
    }
    return false;
}

/* Whether the next word belongs to this one. */
static bool takes_next(const struct option_row *rows, const char *word)
{
    for (; rows->name != NULL; rows++) {
        if (has_argument(rows) == required_argument &&
            ((starts(word, "--") && strcmp(word + 2, rows->name) == 0) ||
             (word[0] == '-' && word[1] == rows->letter && rows->letter != 0 &&
              word[2] == '\0'))) {
            return true;
        }
    }
    return false;
}

static void refuse_compiler_flags(const struct command_line *line, int own, char **argv)
{
    for (int i = 1; i < own && line->for_compiler; i++) {
        if (takes_next(line->rows, argv[i])) {
            i++;
        } else if (is_for_compiler(argv[i])) {
            refuse("'%s' is for the compiler: put it behind '--', after the files",
                   argv[i]);
        }
    }
}

static _Noreturn void refuse_option(const struct command_line *line, const char *word)
{
    struct texts names = {NULL, 0, 0};
    texts_add(&names, "help");
    texts_add(&names, "version");
    for (const struct option_row *row = line->rows; row->name != NULL; row++) {
        texts_add(&names, row->name);
    }
    char written[64] = "";
    if (starts(word, "--")) {
        (void)snprintf(written, sizeof written, "%.*s", (int)strcspn(word + 2, "="),
                       word + 2);
    }
    const char *nearest = written[0] != '\0' ? text_nearest(written, names.items) : NULL;
    refuse("'%s' is no option of %s%s%s%s (`%s --help` lists them)", word, tool.name,
           nearest != NULL ? "; did you mean '--" : "", nearest != NULL ? nearest : "",
           nearest != NULL ? "'?" : "", tool.name);
}

/* --- all of it ---------------------------------------------------------------------- */

static json_t *command;

static void keep_command(int argc, char **argv)
{
    command = json_array();
    (void)json_array_append_new(command, json_string(tool.name));
    for (int i = 1; i < argc; i++) {
        (void)json_array_append_new(command, json_text(argv[i]));
    }
}

/* What getopt has found for it in that word: `-p=FILE` is meant as `-pFILE`. */
static const char *argument_of(const struct option_row *row, const char *word)
{
    if (row->implied == NULL) {
        return optarg;
    }
    if (optarg == NULL) {
        return row->implied;
    }
    bool has_sign = optarg[0] == '=' && strncmp(word, "--", 2) != 0;
    return has_sign ? optarg + 1 : optarg;
}

/* Ends the process where the word that getopt has stumbled over is none of ours. */
static void read_word_of(const struct command_line *line, int option, char **argv)
{
    size_t count = count_rows(line->rows);
    struct option_row *row = row_of(line->rows, count, option);
    if (option == 'h' || option == HELP) {
        print_help(line);
    } else if (option == 'V' || option == VERSION) {
        print_version();
    } else if (option == ':') {
        refuse("%s needs an argument (`%s --help` says which)", argv[optind - 1],
               tool.name);
    } else if (row == NULL) {
        char letter[] = {'-', (char)optopt, '\0'};
        bool of_letter = optopt != 0 && optopt < HELP;
        if (optopt >= HELP) {
            refuse("'%s' takes no argument", argv[optind - 1]);
        }
        refuse_option(line, of_letter ? letter : argv[optind - 1]);
    } else {
        read_option(row, argument_of(row, argv[optind - 1]));
    }
}

struct rest options_read(const struct command_line *line, int argc, char **argv)
{
    keep_command(argc, argv);
    int own = 1;
    while (own < argc && !(line->for_compiler && strcmp(argv[own], "--") == 0)) {
        own++;
    }
    refuse_compiler_flags(line, own, argv);
    size_t count = count_rows(line->rows);
    struct option *long_options = long_options_of(line->rows, count);
    char *letters = letters_of(line->rows, count, line->for_program);
    for (int option;
         (option = getopt_long(own, argv, letters, long_options, NULL)) != -1;) {
        read_word_of(line, option, argv);
    }
    free(letters);
    free(long_options);
    return (struct rest){.words = argv + optind,
                         .count = own - optind,
                         .flags =
                             (const char *const *)(argv + (own < argc ? own + 1 : own))};
}

const char *options_given(const struct command_line *line, const char *names)
{
    for (const struct option_row *row = line->rows; row->name != NULL; row++) {
        size_t length = strlen(row->name);
        for (const char *at = names; row->given && (at = strstr(at, row->name)) != NULL;
             at++) {
            if ((at == names || at[-1] == ' ') &&
                (at[length] == ' ' || at[length] == '\0')) {
                return row->name;
            }
        }
    }
    return NULL;
}

/* --- names from a catalog ----------------------------------------------------------- */

/* What is said to the tool so that it lists the names. */
static const char *listing(void)
{
    return tool.listing != NULL ? tool.listing : "list";
}

static _Noreturn void refuse_name(const char *name, const struct known_names *kinds,
                                  size_t kind_count, size_t which)
{
    for (size_t i = 0; i < kind_count; i++) {
        if (text_is_among(name, kinds[i].names)) {
            refuse("%s: '%s' is not one of them, but one of %s", kinds[which].option,
                   name, kinds[i].option);
        }
    }
    const char *nearest = text_nearest(name, kinds[which].names);
    if (nearest != NULL) {
        refuse("%s: nothing is called '%s'; did you mean '%s'? (`%s %s` has the names)",
               kinds[which].option, name, nearest, tool.name, listing());
    }
    refuse("%s: nothing is called '%s'; `%s %s` has the names", kinds[which].option, name,
           tool.name, listing());
}

void names_check(const char *name, const struct known_names *kinds, size_t kind_count,
                 size_t which)
{
    if (!text_is_among(name, kinds[which].names)) {
        refuse_name(name, kinds, kind_count, which);
    }
}

void names_choose(struct texts *chosen, const struct texts *given,
                  const struct known_names *kinds, size_t kind_count, size_t which)
{
    const struct known_names *kind = &kinds[which];
    for (size_t i = 0; i < given->count; i++) {
        const char *name = given->items[i];
        bool all = strcmp(name, "all") == 0;
        if (all || strcmp(name, "none") == 0) {
            if (given->count > 1) {
                refuse("%s: '%s' stands alone, without other names", kind->option, name);
            }
            for (const char *const *known = kind->names; all && *known != NULL; known++) {
                texts_add(chosen, *known);
            }
            return;
        }
        names_check(name, kinds, kind_count, which);
        for (size_t j = 0; j < i; j++) {
            if (strcmp(given->items[j], name) == 0) {
                refuse("%s: '%s' is named twice", kind->option, name);
            }
        }
        texts_add(chosen, name);
    }
}

/* --- for results -------------------------------------------------------------------- */

json_t *options_command(void)
{
    return json_incref(command);
}

static json_t *json_of_numbers(const struct numbers *numbers, bool whole)
{
    json_t *array = json_array();
    for (size_t i = 0; i < numbers->count; i++) {
        double number = numbers->items[i];
        (void)json_array_append_new(array, whole ? json_integer((json_int_t)number)
                                                 : json_real(number));
    }
    return array;
}

static json_t *json_of_row(const struct option_row *row)
{
    if (row->worked_out && !row->given) {
        return json_null();
    }
    switch (row->kind) {
    case OPTION_FLAG:
        return json_boolean(*(bool *)row->value);
    case OPTION_UNSIGNED:
        return json_integer(*(unsigned *)row->value);
    case OPTION_WHOLE:
        return json_integer((json_int_t) * (uint64_t *)row->value);
    case OPTION_REAL:
        return json_known(*(double *)row->value);
    case OPTION_WORD:
        return json_text(row->words[*(int *)row->value]);
    case OPTION_TEXT:
        return json_text(*(const char **)row->value);
    case OPTION_WHOLES:
    case OPTION_REALS:
        return json_of_numbers(row->value, row->kind == OPTION_WHOLES);
    default:
        return json_texts(((struct texts *)row->value)->items);
    }
}

json_t *options_in_force(const struct command_line *line)
{
    json_t *object = json_object();
    for (const struct option_row *row = line->rows; row->name != NULL; row++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%s", row->name);
        for (char *dash; (dash = strchr(name, '-')) != NULL;) {
            *dash = '_';
        }
        set(object, name, json_of_row(row));
    }
    return object;
}

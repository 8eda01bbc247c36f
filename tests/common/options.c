/* SPDX-License-Identifier: MIT */
/* The command line: what a table of options makes of it, and what it refuses. */
#include "common/options.h"

#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/text.h"
#include "common/tool.h"

static const char *const words[] = {"table", "csv", NULL};

static struct values {
    bool flag;
    unsigned number;
    uint64_t whole;
    double real;
    int word;
    const char *text;
    struct texts texts, names;
    struct numbers wholes, reals;
} v;

static struct option_row rows[] = {
    {"flag", 'f', OPTION_FLAG, &v.flag, .help = "a flag"},
    {"number", 'n', OPTION_UNSIGNED, &v.number, .argument = "[=N]", .least = 1,
     .greatest = 10, .implied = "3", .help = "a number"},
    {"whole", 'w', OPTION_WHOLE, &v.whole, .argument = "N", .greatest = 9007199254740992,
     .help = "a large one"},
    {"real", 0, OPTION_REAL, &v.real, .argument = "X", .greatest = 100, .help = "a real"},
    {"word", 0, OPTION_WORD, &v.word, .argument = "WORD", .words = words,
     .help = "a word"},
    {"text", 't', OPTION_TEXT, &v.text, .argument = "FILE", .help = "a text"},
    {"a-text", 'a', OPTION_TEXTS, &v.texts, .argument = "VALUE", .help = "some"},
    {"names", 'l', OPTION_NAMES, &v.names, .argument = "NAMES", .help = "names"},
    {"list", 'p', OPTION_WHOLES, &v.wholes, .argument = "LIST", .least = 1,
     .greatest = 1024, .most = 8, .help = "numbers"},
    {"shares", 0, OPTION_REALS, &v.reals, .argument = "LIST", .greatest = 100,
     .help = "shares"},
    {.name = NULL},
};

static const struct command_line line = {.usage = "usage",
                                         .purpose = "purpose",
                                         .after = "after",
                                         .rows = rows,
                                         .for_compiler = true};

static jmp_buf ended;
static char *complaint;

static void quit(int status)
{
    longjmp(ended, status + 1);
}

/* Reads words, separated by '|'. Returns 0, or the status that it ends with; its message
   is in `complaint`. */
static int read_line(const char *all, struct rest *rest)
{
    static char *argv[32];
    static int argc;
    argc = 0;
    char *copy = strdup(all);
    argv[argc++] = "tool";
    for (char *word = strtok(copy, "|"); word != NULL; word = strtok(NULL, "|")) {
        argv[argc++] = word;
    }
    argv[argc] = NULL;
    memset(&v, 0, sizeof v);
    for (struct option_row *row = rows; row->name != NULL; row++) {
        row->given = false;
    }
    optind = 0;
    free(complaint);
    size_t size;
    FILE *messages = open_memstream(&complaint, &size);
    tool = (struct tool){.name = "tool", .version = "1", .err = messages, .quit = quit};
    int status = setjmp(ended);
    if (status == 0) {
        struct rest read = options_read(&line, argc, argv);
        if (rest != NULL) {
            *rest = read;
        }
    }
    (void)fclose(messages);
    return status == 0 ? 0 : status - 1;
}

static void refuses(const char *all, const char *message)
{
    assert_int_equal(read_line(all, NULL), STATUS_CANNOT);
    assert_int_equal(strncmp(complaint, "tool: ", 6), 0);
    assert_non_null(strstr(complaint, message));
    assert_ptr_equal(strchr(complaint, '\n'), complaint + strlen(complaint) - 1);
}

static void reads_each_kind(void **state)
{
    (void)state;
    struct rest rest;
    assert_int_equal(
        read_line("-f|one.c|-n|--whole=9007199254740992|--real|2.5|--word=csv|"
                  "-t|-x|-a|a b|-a|-f|-l|mcs,tas|two.c|--|-DX|-f",
                  &rest),
        0);
    assert_true(v.flag);
    assert_int_equal(v.number, 3);
    assert_true(v.whole == UINT64_C(9007199254740992));
    assert_true(v.real == 2.5);
    assert_int_equal(v.word, 1);
    assert_string_equal(v.text, "-x");
    assert_int_equal(v.texts.count, 2);
    assert_string_equal(v.texts.items[0], "a b");
    assert_string_equal(v.texts.items[1], "-f");
    assert_int_equal(v.names.count, 2);
    assert_string_equal(v.names.items[1], "tas");
    assert_null(v.names.items[2]);
    assert_int_equal(rest.count, 2);
    assert_string_equal(rest.words[0], "one.c");
    assert_string_equal(rest.words[1], "two.c");
    assert_string_equal(rest.flags[0], "-DX");
    assert_string_equal(rest.flags[1], "-f");
    assert_null(rest.flags[2]);
}

static void stands_for(const char *list, size_t count, const double *numbers)
{
    char all[64];
    (void)snprintf(all, sizeof all, "-p|%s", list);
    assert_int_equal(read_line(all, NULL), 0);
    assert_int_equal(v.wholes.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_true(v.wholes.items[i] == numbers[i]);
    }
}

static void reads_lists_and_series(void **state)
{
    (void)state;
    stands_for("8,2", 2, (double[]){8, 2});
    stands_for("1,2,4-6", 5, (double[]){1, 2, 4, 5, 6});
    stands_for("2,4,...,64", 6, (double[]){2, 4, 8, 16, 32, 64});
    stands_for("10,20,...,50", 5, (double[]){10, 20, 30, 40, 50});
    stands_for("1,2,...,4", 3, (double[]){1, 2, 4});
    assert_int_equal(read_line("-p|1|-p|3", NULL), 0); /* adds */
    assert_int_equal(v.wholes.count, 2);
    assert_int_equal(read_line("--shares=0.5,100", NULL), 0);
    assert_true(v.reals.items[0] == 0.5 && v.reals.items[1] == 100);
    refuses("-p|4-2", "range");
    refuses("-p|-1", "'-1' is not a whole number");
    refuses("-p|1,1", "there twice");
    refuses("-p|1|-p|1", "there twice");
    refuses("-p|1-9", "more than 8");
    refuses("-p|2,...,8", "two numbers before");
    refuses("-p|2,4,...", "a number after");
    refuses("-p|2,5,...,10", "neither by adding");
    refuses("-p|1,,2", "nothing before");
    refuses("-p|0", "from 1 to 1024");
    refuses("-p|1025", "from 1 to 1024");
}

static void refuses_in_one_line(void **state)
{
    (void)state;
    refuses("--nmuber=3", "did you mean '--number'?");
    refuses("--zzzzzzzzzz", "no option of tool");
    refuses("-q", "'-q' is no option");
    refuses("--real", "needs an argument");
    refuses("--flag=x", "takes no argument");
    refuses("-n11", "from 1 to 10");
    refuses("-nx", "not a whole number");
    refuses("-w|9007199254740993", "not a whole number");
    refuses("-w|99999999999999999999", "not a whole number");
    refuses("-w|-1", "not a whole number");
    refuses("--real=nan", "not a number");
    refuses("--real=1x", "not a number");
    refuses("--word=csw", "did you mean 'csv'?");
    refuses("-t|a|-t|b", "given twice");
    refuses("-f|-f", "given twice");
}

/* Would catch an argument of an option that is taken for a flag of the compiler. */
static void names_what_is_for_the_compiler(void **state)
{
    (void)state;
    refuses("-DX|a.c", "'-DX' is for the compiler: put it behind '--'");
    refuses("a.c|-Iinclude", "for the compiler");
    refuses("a.c|-std=c11", "for the compiler");
    refuses("a.c|-O2", "for the compiler");
    assert_int_equal(read_line("-a|-DX|--text|-O2", NULL), 0);
    assert_string_equal(v.texts.items[0], "-DX");
    assert_string_equal(v.text, "-O2");
}

static struct texts chosen;

static int choose(const char *names)
{
    static const char *const locks[] = {"tas", "ttas", "mcs", NULL};
    static const char *const barriers[] = {"central", NULL};
    static const struct known_names kinds[] = {{"--locks", locks},
                                               {"--barriers", barriers}};
    char all[64];
    (void)snprintf(all, sizeof all, "-l|%s", names);
    assert_int_equal(read_line(all, NULL), 0);
    free(complaint);
    size_t size;
    tool.err = open_memstream(&complaint, &size);
    chosen = (struct texts){NULL, 0, 0};
    int status = setjmp(ended);
    if (status == 0) {
        names_choose(&chosen, &v.names, kinds, 2, 0);
    }
    (void)fclose(tool.err);
    return status;
}

static void chooses_names(void **state)
{
    (void)state;
    assert_int_equal(choose("mcs,tas"), 0);
    assert_int_equal(chosen.count, 2);
    assert_string_equal(chosen.items[0], "mcs");
    assert_int_equal(choose("all"), 0);
    assert_int_equal(chosen.count, 3);
    assert_int_equal(choose("none"), 0);
    assert_int_equal(chosen.count, 0);
    assert_int_not_equal(choose("tas,mcss"), 0);
    assert_non_null(strstr(complaint, "did you mean 'mcs'?"));
    assert_int_not_equal(choose("central"), 0);
    assert_non_null(strstr(complaint, "one of --barriers"));
    assert_int_not_equal(choose("tas,tas"), 0);
    assert_non_null(strstr(complaint, "named twice"));
    assert_int_not_equal(choose("tas,all"), 0);
    assert_non_null(strstr(complaint, "stands alone"));
}

static void says_what_is_in_force(void **state)
{
    (void)state;
    assert_int_equal(read_line("-f|-p|1,2|-a|x|--word=csv", NULL), 0);
    json_t *options = options_in_force(&line);
    char *text = json_dumps(options, 0);
    assert_string_equal(text,
                        "{\"flag\": true, \"number\": 0, \"whole\": 0, \"real\": 0.0, "
                        "\"word\": \"csv\", \"text\": null, \"a_text\": [\"x\"], "
                        "\"names\": [], \"list\": [1, 2], \"shares\": []}");
    free(text);
    json_decref(options);
}

static void counts_columns_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(text_width("a–…"), 3);
    assert_int_equal(text_width(""), 0);
    const char *const names[] = {"mcs", "mcs_sleep", NULL};
    assert_string_equal(text_nearest("msc", names), "mcs");
    assert_string_equal(text_nearest("mcs_slep", names), "mcs_sleep");
    assert_null(text_nearest("central", names));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_each_kind),
        cmocka_unit_test(reads_lists_and_series),
        cmocka_unit_test(refuses_in_one_line),
        cmocka_unit_test(names_what_is_for_the_compiler),
        cmocka_unit_test(chooses_names),
        cmocka_unit_test(says_what_is_in_force),
        cmocka_unit_test(counts_columns_not_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

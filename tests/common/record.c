/* SPDX-License-Identifier: MIT */
/* Records: the same fields in JSON and CSV, and texts that no reader stumbles over. */
#include "common/record.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/json.h"

static char *written(enum format format, json_t *record)
{
    char *text;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    record_write(file, format, record);
    (void)fclose(file);
    return text;
}

/* Would catch a writer that drops control characters, or bytes that are no UTF-8. */
static void texts_are_whole(void **state)
{
    (void)state;
    json_t *record = json_pack("{s:o, s:o, s:o, s:o}", "control",
                               json_text("a\001\t\"\\"), "utf8", json_text("ä–"), "bytes",
                               json_text("a\xFF\xC3z"), "none", json_text(NULL));
    char *text = written(JSON, record);
    assert_string_equal(text, "{\"control\": \"a\\u0001\\t\\\"\\\\\", \"utf8\": \"ä–\", "
                              "\"bytes\": \"a\xEF\xBF\xBD\xEF\xBF\xBDz\", "
                              "\"none\": null}\n");
    json_t *back = json_loads(text, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(back, "control")),
                        "a\001\t\"\\");
    json_decref(back);
    free(text);
}

static void unknown_numbers_are_null(void **state)
{
    (void)state;
    json_t *record = json_pack("{s:o, s:o, s:o}", "nan", json_known(NAN), "much",
                               json_known(INFINITY), "some", json_known(0.5));
    char *text = written(JSON, record);
    assert_string_equal(text, "{\"nan\": null, \"much\": null, \"some\": 0.5}\n");
    free(text);
}

/* The heading stands once, before the first row. */
static void csv_has_the_same_fields(void **state)
{
    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        json_t *record =
            json_pack("{s:i, s:{s:o, s:[s,s]}, s:s, s:b}", "a", 1, "inner", "x",
                      json_null(), "list", "p", "q,\"", "text", "c,d", "b", 1);
        char *text = written(CSV, record);
        assert_string_equal(text, turn == 0 ? "a,inner.x,inner.list,text,b\n"
                                              "1,,\"p q,\"\"\",\"c,d\",true\n"
                                            : "1,,\"p q,\"\"\",\"c,d\",true\n");
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_has_the_same_fields), /* first: before it there is no JSON */
        cmocka_unit_test(texts_are_whole),
        cmocka_unit_test(unknown_numbers_are_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* What a critical section of lockbench reads and writes, and what it sees. */
#include "bench/lines.h"
#include "bench/section.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct workload THREE_TWO = {.lines_read = 3, .lines_written = 2};
static struct team nobody;

/* Would catch a line too many or too few. */
static void writes_as_many_lines(void **state)
{
    (void)state;
    struct guarded *guarded = allocate_lines(guarded_size(&THREE_TWO));
    assert_int_equal(guarded_size(&THREE_TWO), sizeof *guarded + 3 * LKS_CACHE_LINE);
    for (uint64_t number = 0; number < 2; number++) {
        assert_false(begin_writing(guarded, &THREE_TWO));
        assert_false(end_writing(guarded, &THREE_TWO, number));
    }
    assert_int_equal(guarded->lines[0].number, 2);
    assert_int_equal(guarded->lines[1].number, 2);
    assert_int_equal(guarded->lines[2].number, 0);
    assert_int_equal(updates_of(guarded), 2);
    free(guarded);
}

/* Would catch traces of another section that are passed over. */
static void sees_what_differs(void **state)
{
    (void)state;
    struct guarded *guarded = allocate_lines(guarded_size(&THREE_TWO));
    assert_false(only_read(&nobody, guarded, &THREE_TWO, 0));
    guarded->lines[2].number = 9; /* nobody writes it */
    assert_false(only_read(&nobody, guarded, &THREE_TWO, 0));
    guarded->lines[1].number = 9;
    assert_true(only_read(&nobody, guarded, &THREE_TWO, 0));
    assert_true(begin_writing(guarded, &THREE_TWO));
    assert_true(only_read(&nobody, guarded, &THREE_TWO, 0)); /* it has not ended */
    assert_false(end_writing(guarded, &THREE_TWO, 0));
    assert_false(only_read(&nobody, guarded, &THREE_TWO, 0));
    guarded->first = 7;
    assert_true(end_writing(guarded, &THREE_TWO, 1));
    free(guarded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_as_many_lines),
        cmocka_unit_test(sees_what_differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

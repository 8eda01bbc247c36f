/* SPDX-License-Identifier: MIT */
/* What lockcheck and locksim make of asm statements of aarch64, in a listing: on any
   machine. What then is done is tested where there is such a processor (tests/check). */
#include "virtual/program/inline_assembly.h"
#include "virtual/ground/seen.h"
#include "virtual/virtual.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The listing of a function with that statement, rewritten. */
static char *rewritten(const char *before, const char *statement, const char *behind)
{
    char listing[1024], *text = NULL;
    size_t size;
    assert_true((size_t)snprintf(listing, sizeof listing,
                                 "\t.text\nf:\n\t.cfi_startproc\n%s#APP\n%s\n#NO_APP\n%s"
                                 "\tret\n\t.cfi_endproc\n",
                                 before, statement, behind) < sizeof listing);
    FILE *to = open_memstream(&text, &size);
    assert_non_null(to);
    (void)inline_assembly_rewrite(to, listing, &assembly_aarch64);
    assert_int_equal(fclose(to), 0);
    return text;
}

static unsigned count_of(const char *text, const char *word)
{
    unsigned count = 0;
    for (; (text = strstr(text, word)) != NULL; text++) {
        count++;
    }
    return count;
}

/* The one call that an instruction becomes. */
static struct vm_aarch64 call_of(const char *instruction)
{
    char *text = rewritten("", instruction, "");
    unsigned low, high;
    if (count_of(text, ":got_lo12:vm_assembly]") != 1) {
        fail_msg("\"%s\" becomes %s", instruction, text);
    }
    const char *word = strstr(text, "\tmov\tx16, #");
    assert_non_null(word);
    assert_int_equal(
        sscanf(word, "\tmov\tx16, #%u\n\tmovk\tx16, #%u, lsl #16", &low, &high), 2);
    free(text);
    return vm_aarch64_of(low | high << 16);
}

/* Would catch an order that is too strong, registers in the wrong order, a wrong size. */
static void accesses_become_calls(void **state)
{
    enum { Z = VM_AARCH64_ZERO };
    static const struct {
        const char *instruction;
        struct vm_aarch64 does;
    } known[] = {
        {"dmb ish", {VM_AARCH64_FENCE, 0, VM_SEQ_CST, 0, 0, 0, 0, 0}},
        {"dsb sy", {VM_AARCH64_FENCE, 0, VM_SEQ_CST, 0, 0, 0, 0, 0}},
        {"dmb ishld", {VM_AARCH64_FENCE, 0, VM_ACQUIRE, 0, 0, 0, 0, 0}},
        {"dmb ishst", {VM_AARCH64_FENCE, 0, VM_RELEASE, 0, 0, 0, 0, 0}},
        {"ldr w1, [x2]", {VM_AARCH64_LOAD, 4, VM_RELAXED, 0, 0, 1, Z, 0}},
        {"ldrsb x1, [x2, 7]", {VM_AARCH64_LOAD, 1, VM_RELAXED, 1, 1, 1, Z, 0}},
        {"ldar x30, [x2]", {VM_AARCH64_LOAD, 8, VM_SEQ_CST, 0, 1, 30, Z, 0}},
        {"ldarh w1, [x2]", {VM_AARCH64_LOAD, 2, VM_SEQ_CST, 0, 0, 1, Z, 0}},
        {"ldapr w1, [x2]", {VM_AARCH64_LOAD, 4, VM_ACQUIRE, 0, 0, 1, Z, 0}},
        {"str xzr, [sp, #8]", {VM_AARCH64_STORE, 8, VM_RELAXED, 0, 1, Z, Z, 0}},
        {"stlrb w1, [x2]", {VM_AARCH64_STORE, 1, VM_SEQ_CST, 0, 0, 1, Z, 0}},
        {"ldp x1, x3, [x2], 16", {VM_AARCH64_LOAD_PAIR, 8, VM_RELAXED, 0, 1, 1, 3, 0}},
        {"ldxr w1, [x2]", {VM_AARCH64_LOAD_EXCLUSIVE, 4, VM_RELAXED, 0, 0, 1, Z, 0}},
        {"ldaxrb w1, [x2]", {VM_AARCH64_LOAD_EXCLUSIVE, 1, VM_SEQ_CST, 0, 0, 1, Z, 0}},
        {"stxr w1, x3, [x2]", {VM_AARCH64_STORE_EXCLUSIVE, 8, VM_RELAXED, 0, 1, 1, 3, 0}},
        {"stlxr w1, w3, [x2]",
         {VM_AARCH64_STORE_EXCLUSIVE, 4, VM_SEQ_CST, 0, 0, 1, 3, 0}},
        {"casal w1, w3, [x2]", {VM_AARCH64_COMPARE, 4, VM_SEQ_CST, 0, 0, 1, 3, 0}},
        {"casb w1, w3, [x2]", {VM_AARCH64_COMPARE, 1, VM_RELAXED, 0, 0, 1, 3, 0}},
        {"swpa w1, w3, [x2]", {VM_AARCH64_SWAP, 4, VM_ACQUIRE, 0, 0, 1, 3, 0}},
        {"swpa w1, wzr, [x2]", {VM_AARCH64_SWAP, 4, VM_RELAXED, 0, 0, 1, Z, 0}},
        {"ldaddal x1, xzr, [x2]", {VM_AARCH64_ADD, 8, VM_RELEASE, 0, 1, 1, Z, 0}},
        {"ldclrl x1, x3, [x2]", {VM_AARCH64_CLEAR, 8, VM_RELEASE, 0, 1, 1, 3, 0}},
        {"ldsetah w1, w3, [x2]", {VM_AARCH64_SET, 2, VM_ACQUIRE, 0, 0, 1, 3, 0}},
        {"ldeor w1, w3, [x2]", {VM_AARCH64_XOR, 4, VM_RELAXED, 0, 0, 1, 3, 0}},
        {"staddl w1, [x2]", {VM_AARCH64_ADD, 4, VM_RELEASE, 0, 0, 1, Z, 0}}};
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct vm_aarch64 found = call_of(known[i].instruction), does = known[i].does;
        if (vm_aarch64_word(found) != vm_aarch64_word(does)) {
            fail_msg("%s: kind %u, size %u, order %u, sign %d, wide %d, registers %u %u",
                     known[i].instruction, (unsigned)found.kind, found.size, found.order,
                     found.sign, found.wide, found.first, found.second);
        }
    }
}

/* Would catch what is taken as known by its beginning. */
static void others_are_refused(void **state)
{
    static const char *const others[] = {"dmb nsh",
                                         "dmb",
                                         "ldxp x0, x1, [x2]",
                                         "caspal x0, x1, x2, x3, [x4]",
                                         "ldsmax w0, w1, [x2]",
                                         "ldr q0, [x1]",
                                         "ldr x0, =label",
                                         "ldr x0, 1f",
                                         "str w1, [sp], 8",
                                         "ldar w0, [x1, 8]",
                                         "ldarb x0, [x1]",
                                         "stadda w1, [x2]",
                                         "ldr w0, [x1, 8192]",
                                         "ldr w0, [w1]",
                                         "mov sp, x0",
                                         "mov x0, v1.d[0]",
                                         "svc 0",
                                         "bl f",
                                         "blr x0",
                                         "ret",
                                         "mrs x0, tpidr_el0",
                                         "stxr x1, x3, [x2]",
                                         "swp w0, x1, [x2]",
                                         "cbz w0, 7f"};
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        char *text = rewritten("", others[i], "");
        if (count_of(text, "vm_assembly_refused]") != 1) {
            fail_msg("\"%s\" becomes %s", others[i], text);
        }
        free(text);
    }
}

/* Would catch an access that is left in, and one on registers that is not. */
static void registers_stay_and_hints_go(void **state)
{
    static const char *const stay[] = {
        "add x0, x1, w2, uxtw #3", "csel w0, w1, wzr, ne", "ccmp w0, #1, #4, eq",
        "movk x16, #0x12, lsl 16", "and w0, w0, 0xff",     "bfi w0, w1, 8, 8"};
    static const char *const go[] = {
        "yield",    "wfe",         "sevl", "isb", "isb sy", "nop", "prfm pstl1strm, [x0]",
        "# remark", "// 1 \"f\" 1"};
    (void)state;
    for (size_t i = 0; i < sizeof stay / sizeof *stay; i++) {
        char line[64], *text = rewritten("", stay[i], "");
        (void)snprintf(line, sizeof line, "\t%s\n", stay[i]);
        if (count_of(text, line) != 1 || strstr(text, "vm_assembly") != NULL) {
            fail_msg("\"%s\" becomes %s", stay[i], text);
        }
        free(text);
    }
    for (size_t i = 0; i < sizeof go / sizeof *go; i++) {
        char *text = rewritten("", go[i], "");
        assert_string_equal(text,
                            "\t.text\nf:\n\t.cfi_startproc\n\tret\n\t.cfi_endproc\n");
        free(text);
    }
}

/* Would catch a jump to the wrong one of two labels with one number, and a second
   statement on a line that is not read. */
static void numbered_labels_are_found(void **state)
{
    (void)state;
    char *text = rewritten("", "1: cbz w0, 1f; b.ne 1b\n1: tbnz w0, #3, 1b", "");
    char first[32] = "", second[32] = "", ahead[32] = "", back[32] = "", last[32] = "";
    const char *begin = strstr(text, ".Lvm_");
    assert_non_null(begin);
    assert_int_equal(sscanf(begin,
                            "%31[^:]:\n\tcbz w0, %31s\n\tb.ne %31s\n%31[^:]:\n"
                            "\ttbnz w0, #3, %31s",
                            first, ahead, back, second, last),
                     5);
    assert_string_equal(ahead, second);
    assert_string_equal(back, first);
    assert_string_equal(last, second);
    assert_string_not_equal(first, second);
    free(text);
}

/* Would catch a place that is relative to the stack pointer as it is moved for the call,
   and a base that does not keep what is added. */
static void places_are_those_of_the_program(void **state)
{
    (void)state;
    char line[64], *text = rewritten("", "ldr w0, [sp, #12]", "");
    (void)snprintf(line, sizeof line, "\tadd\tx16, sp, #%d\n\tadd\tx16, x16, #12\n",
                   VM_AARCH64_ROOM);
    assert_non_null(strstr(text, line));
    free(text);
    text = rewritten("", "ldr w0, [x1, -4]!", "");
    assert_non_null(strstr(text, "\tsub\tx1, x1, #4\n\tsub\tsp, sp, "));
    assert_non_null(strstr(text, "\tmov\tx16, x1\n"));
    free(text);
    text = rewritten("", "str w0, [x1], #4", "");
    assert_non_null(strstr(text, "\tmov\tx16, x1\n"));
    const char *behind = strstr(text, "\tadd\tx1, x1, #4\n");
    assert_non_null(behind);
    assert_true(behind > strstr(text, "\tblr\tx16\n"));
    free(text);
}

/* Would catch registers that are taken away behind the call for a thread-local variable,
   which leaves them; and results of functions. */
static void registers_are_cleared_behind_calls(void **state)
{
    (void)state;
    char *text = rewritten("\tbl\t__tsan_read4\n", "dmb ish", "\tbl\tg\n");
    assert_int_equal(count_of(text, "\tmov\tx0, xzr\n"), 1);
    assert_int_equal(count_of(text, "\tmov\tx2, xzr\n"), 2);
    assert_int_equal(count_of(text, "\tmov\tx18, xzr\n"), 0);
    free(text);
    text = rewritten("\t.tlsdesccall\tv\n\tblr\tx1\n", "dmb ish", "");
    assert_int_equal(count_of(text, ", xzr\n"), 0);
    free(text);
}

/* Would catch a fence of an intrinsic that is left to the processor. */
static void intrinsics_are_calls(void **state)
{
    (void)state;
    char *text = rewritten("\tdmb\tish\n\twfe\n", "", "");
    assert_int_equal(count_of(text, ":got_lo12:vm_assembly]"), 1);
    assert_null(strstr(text, "dmb"));
    assert_null(strstr(text, "wfe"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accesses_become_calls),
        cmocka_unit_test(others_are_refused),
        cmocka_unit_test(registers_stay_and_hints_go),
        cmocka_unit_test(numbered_labels_are_found),
        cmocka_unit_test(places_are_those_of_the_program),
        cmocka_unit_test(registers_are_cleared_behind_calls),
        cmocka_unit_test(intrinsics_are_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

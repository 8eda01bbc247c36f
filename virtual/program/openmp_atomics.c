/* SPDX-License-Identifier: MIT */
/*
 * `#pragma omp atomic` as gcc compiles it: what is no addition or the like becomes a loop
 * around a compare-and-swap, which gcc does not announce, and of whose memory order the
 * instruction says nothing. The order is in what gcc can print of the program on its way
 * through the compiler, so that is asked for; the instruction becomes a call.
 *
 * What is not found there is refused when a thread comes to it. (clang has such ones in
 * the code for a reduction's results, which asks first whether to do that.) An atomic of
 * a type that has no such instructions is refused at once: gcc makes a critical section
 * of it, which orders more than an atomic does.
 *
 * For x86-64.
 */
#include "common/text.h"
#include "virtual/ground/seen.h"
#include "virtual/program/build.h"
#include "virtual/program/tool.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the orders, from `optimized` --------------------------------------------------- */

/* A compare-and-swap: in which function, in the order of the text. */
struct swap {
    char *function;
    int order, failure;
};
struct swaps {
    struct swap *all;
    size_t count;
    bool locked, refused; /* in such a critical section; an atomic was found there */
};

/* `;; Function NAME (SYMBOL, …`: a copy of the symbol. */
static char *symbol_of(const char *line)
{
    const char *from = strstr(line, " (");
    const char *end = from == NULL ? NULL : strstr(from, ", funcdef_no");
    while (end != NULL && from != NULL) { /* a name may have parentheses, too */
        const char *next = strstr(from + 2, " (");
        if (next == NULL || next > end) {
            return strndup(from + 2, (size_t)(end - from - 2));
        }
        from = next;
    }
    return sure_copy("");
}

/* `[file:line:column] MEM[(long double * {ref-all})…`: an access of `omp atomic`. */
static bool check_locked(const char *line)
{
    const char *access = strstr(line, "MEM[("), *end = strstr(line, " * {ref-all}");
    if (access == NULL || end == NULL || end < access) {
        return true;
    }
    char file[PLACE_SIZE] = "", type[64];
    int number = 0;
    for (const char *from = line; (from = strchr(from, '[')) != NULL && number == 0;) {
        if (sscanf(++from, "%500[^]:[]:%d:", file, &number) != 2) {
            number = 0;
        }
    }
    snprintf(type, sizeof type, "%.*s", (int)(end - access - 5), access + 5);
    complain("%s:%d: omp atomic on %s: only 1, 2, 4 and 8 bytes can be had",
             file_shortened(file), number, type);
    return false;
}

static void read_swaps(struct swaps *swaps, char *text)
{
    char *function = sure_copy(""), *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        const char *found = strstr(line, ".ATOMIC_COMPARE_EXCHANGE (");
        swaps->locked = (swaps->locked || strstr(line, "GOMP_atomic_start") != NULL) &&
                        strstr(line, "GOMP_atomic_end") == NULL;
        if (swaps->locked && !check_locked(line)) {
            swaps->refused = true;
            swaps->locked = false;
        }
        if (starts(line, ";; Function ")) {
            free(function);
            function = symbol_of(line);
        } else if (found != NULL) {
            struct swap swap = {.function = sure_copy(function), .order = -1};
            const char *last[2] = {found, found}; /* commas */
            while ((found = strchr(found + 1, ',')) != NULL) {
                last[0] = last[1];
                last[1] = found;
            }
            if (sscanf(last[0], ", %d, %d", &swap.order, &swap.failure) != 2) {
                swap.order = -1;
            }
            swaps->all = sure_resize(swaps->all, (swaps->count + 1) * sizeof *swaps->all);
            swaps->all[swaps->count++] = swap;
        }
    }
    free(function);
}

/* The one of that number in a function that has `count` of them; NULL: they do not fit.
   An optimiser may put them in another order. */
static const struct swap *find_swap(const struct swaps *swaps, const char *function,
                                    size_t number, size_t count, bool optimised)
{
    const struct swap *found = NULL, *first = NULL;
    size_t seen = 0;
    bool same = true;
    for (size_t i = 0; i < swaps->count; i++) {
        const struct swap *swap = &swaps->all[i];
        if (strcmp(swap->function, function) != 0) {
            continue;
        }
        first = first == NULL ? swap : first;
        found = seen++ == number ? swap : found;
        same = same && swap->order == first->order && swap->failure == first->failure;
    }
    return seen == count && (same || !optimised) && found != NULL && found->order >= 0
               ? found
               : NULL;
}

/* --- the instructions --------------------------------------------------------------- */

/* All of a register by the name of a part of it, or NULL. */
static const char *whole_register(const char *part)
{
    static const struct {
        const char *whole, *parts;
    } known[] = {
        {"%rax", " rax eax ax al "},      {"%rbx", " rbx ebx bx bl "},
        {"%rcx", " rcx ecx cx cl "},      {"%rdx", " rdx edx dx dl "},
        {"%rsi", " rsi esi si sil "},     {"%rdi", " rdi edi di dil "},
        {"%rbp", " rbp ebp bp bpl "},     {"%r8", " r8 r8d r8w r8b "},
        {"%r9", " r9 r9d r9w r9b "},      {"%r10", " r10 r10d r10w r10b "},
        {"%r11", " r11 r11d r11w r11b "}, {"%r12", " r12 r12d r12w r12b "},
        {"%r13", " r13 r13d r13w r13b "}, {"%r14", " r14 r14d r14w r14b "},
        {"%r15", " r15 r15d r15w r15b "},
    };
    char word[16];
    snprintf(word, sizeof word, " %.8s ", part);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strstr(known[i].parts, word) != NULL) {
            return known[i].whole;
        }
    }
    return NULL;
}

/* A line such as `lock cmpxchgq %rcx, (%rbx)`: where its operands are said, or NULL. */
static const char *find_instruction(const char *line)
{
    static const char prefix[] = "\tlock", name[] = "cmpxchg";
    if (!starts(line, prefix)) {
        return NULL;
    }
    line += strlen(prefix) + strspn(line + strlen(prefix), " \t");
    return starts(line, name) ? line + strlen(name) : NULL;
}

/* In a function that calls others, so that nothing of it lies below the stack pointer.
   vm_seen_compare takes the place in rdi, what is to be written in rsi, and what it is in
   edx; it leaves all registers but rax. `swap`: NULL if it is not known. */
static bool put_call(FILE *to, const char *operands, const struct swap *swap)
{
    char letter, source[8], place[128];
    if (sscanf(operands, "%c\t%%%7[a-z0-9], %127[^\n]", &letter, source, place) != 3) {
        return false;
    }
    static const char letters[] = "bwlq";
    const char *found = strchr(letters, letter), *whole = whole_register(source);
    if (found == NULL || whole == NULL) {
        return false;
    }
    unsigned size = 1U << (found - letters);
    unsigned what =
        swap == NULL ? VM_COMPARES_SOMEHOW
                     : VM_COMPARES(size, (unsigned)swap->order, (unsigned)swap->failure);
    const char *lower = "";
    if (strstr(place, "(%rsp") != NULL) {
        lower = place[0] == '(' ? "32" : "32+";
    }
    return fprintf(to,
                   "\tpushq\t%%rdi\n\tpushq\t%%rsi\n\tpushq\t%%rdx\n\tpushq\t%s\n"
                   "\tleaq\t%s%s, %%rdi\n\tpopq\t%%rsi\n\tmovl\t$%u, %%edx\n"
                   "\tcall\t*vm_seen_compare@GOTPCREL(%%rip)\n"
                   "\tpopq\t%%rdx\n\tpopq\t%%rsi\n\tpopq\t%%rdi\n",
                   whole, lower, place, what) > 0;
}

/* A label that is a function's name, without its colon, as long as the next one. */
static bool take_function(const char *line, size_t length, char *function, size_t size)
{
    const char *colon = memchr(line, ':', length);
    if (colon == NULL || isspace((unsigned char)line[0]) || line[0] == '.' ||
        line[0] == '#' || (size_t)(colon - line) >= size) {
        return false;
    }
    memcpy(function, line, (size_t)(colon - line));
    function[colon - line] = '\0';
    char *cold = strstr(function, ".cold"); /* a part of another one */
    if (cold != NULL) {
        *cold = '\0';
    }
    return true;
}

enum { LONGEST = 1024 };

/* How many there are in a function. */
static size_t count_swaps(const char *text, const char *function)
{
    char now[LONGEST] = "";
    size_t count = 0;
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        (void)take_function(line, length, now, sizeof now);
        count += find_instruction(line) != NULL && strcmp(now, function) == 0;
        line += length + (line[length] == '\n');
    }
    return count;
}

static bool rewrite(FILE *to, const char *text, const struct swaps *swaps, bool optimised)
{
    char function[LONGEST] = "";
    size_t number = 0, count = 0;
    bool assembly = false, good = true;
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        length += line[length] == '\n';
        if (take_function(line, length, function, sizeof function)) {
            number = 0;
            count = count_swaps(text, function);
        }
        assembly = (assembly || starts(line, "#APP")) && !starts(line, "#NO_APP");
        const char *operands = assembly ? NULL : find_instruction(line);
        if (operands == NULL ||
            !put_call(to, operands,
                      find_swap(swaps, function, number++, count, optimised))) {
            good = fwrite(line, 1, length, to) == length && good;
        }
        line += length;
    }
    return good;
}

bool openmp_mark(const char *listing, const char *printed, bool optimised)
{
    size_t size, written = 0;
    char *text = file_read(listing, &size), *orders = file_read(printed, &size);
    char *marked = NULL;
    bool good = true;
    if (text != NULL) {
        struct swaps swaps = {0};
        if (orders != NULL) {
            read_swaps(&swaps, orders);
        }
        FILE *to = open_memstream(&marked, &written);
        good = to != NULL && rewrite(to, text, &swaps, optimised);
        good = to != NULL && fclose(to) == 0 && good && !swaps.refused &&
               file_write(listing, marked, written);
        for (size_t i = 0; i < swaps.count; i++) {
            free(swaps.all[i].function);
        }
        free(swaps.all);
    }
    free(marked);
    free(text);
    free(orders);
    return good;
}

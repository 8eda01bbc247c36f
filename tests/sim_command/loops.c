/* SPDX-License-Identifier: MIT */
/* OpenMP's loops, of all schedules and kinds of variables: each iteration once, those of
   ordered regions one after the other. Prints the size of a team. */
#include <assert.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 7, ROOM = 2 * MOST + 1 };

static int hits[ROOM];

static void check(int count)
{
    for (int i = 0; i < ROOM; i++) {
        assert(hits[i] == (i < count));
    }
    memset(hits, 0, sizeof hits);
}

#define PRAGMA(text) _Pragma(#text)
#define LOOP(clauses, head, index)                                                       \
    PRAGMA(omp parallel)                                                                 \
    {                                                                                    \
        PRAGMA(omp for clauses)                                                          \
        head hits[index]++;                                                              \
    }                                                                                    \
    check(count);                                                                        \
    PRAGMA(omp parallel for clauses)                                                     \
    head hits[index]++;                                                                  \
    check(count);

#define LOOPS(name, clauses)                                                             \
    static void name(int count)                                                          \
    {                                                                                    \
        const unsigned long size = (unsigned long)count, high = ~0UL - 2 * size;         \
        LOOP(clauses, for (int i = 0; i < count; i++), i)                                \
        LOOP(clauses, for (int i = count; i > 0; i--), i - 1)                            \
        LOOP(clauses, for (long i = -5; i < 2L * count - 5; i += 2), (i + 5) / 2)        \
        LOOP(clauses, for (unsigned i = 0; i < 3 * (unsigned)count; i += 3), i / 3)      \
        LOOP(clauses, for (unsigned long i = size; i > 0; i--), i - 1)                   \
        LOOP(clauses, for (unsigned long i = high; i < ~0UL; i += 2), (i - high) / 2)    \
        PRAGMA(omp parallel for clauses collapse(2))                                     \
        for (int i = 0; i < count; i++) {                                                \
            for (int j = 0; j < 2; j++) {                                                \
                hits[2 * i + j]++;                                                       \
            }                                                                            \
        }                                                                                \
        check(2 * count);                                                                \
        int next = 0;                                                                    \
        PRAGMA(omp parallel for ordered clauses)                                         \
        for (int i = 0; i < count; i++) {                                                \
            hits[i]++;                                                                   \
            PRAGMA(omp ordered)                                                          \
            assert(next++ == i);                                                         \
        }                                                                                \
        check(count);                                                                    \
    }

LOOPS(blocks, schedule(static))
LOOPS(singly, schedule(static, 1))
LOOPS(pairs, schedule(static, 2))
LOOPS(dynamic, schedule(dynamic))
LOOPS(dynamic_pairs, schedule(dynamic, 2))
LOOPS(guided, schedule(guided))
LOOPS(guided_pairs, schedule(guided, 2))
LOOPS(runtime, schedule(runtime))
LOOPS(automatic, schedule(auto))

int main(void)
{
    static void (*const all[])(int) = {blocks,       singly,        pairs,
                                       dynamic,      dynamic_pairs, guided,
                                       guided_pairs, runtime,       automatic};
    for (int count = 0; count <= MOST; count++) {
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
            all[i](count);
        }
    }
    int size = 0;
#pragma omp parallel
#pragma omp single
    size = omp_get_num_threads();
    printf("teams of %d\n", size);
    return 0;
}

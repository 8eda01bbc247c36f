/* SPDX-License-Identifier: MIT */
/* A struct, or something else that no single load holds, is copied as a whole while
   another thread writes to it: the compilers do not announce such copies. Sizes of
   other words, and more ways, are in cases/table. */
// expect: wrong race -DWAY=RETURNED -DWORDS=1
// expect: wrong race -DWAY=RETURNED -DWORDS=2
// expect: wrong race -DWAY=RETURNED -DWORDS=3
// expect: wrong race -DWAY=RETURNED -DWORDS=40
// expect: wrong race -DWAY=RETURNED -DWORDS=2 -O2
// expect: wrong race -DWAY=PASSED -DWORDS=1
// expect: wrong race -DWAY=PASSED -DWORDS=2
// expect: wrong race -DWAY=PASSED -DWORDS=3
// expect: wrong race -DWAY=PASSED -DWORDS=40
// expect: wrong race -DWAY=PASSED -DWORDS=3 -O2
// expect: wrong race -DWAY=RETURNS_IT -DWORDS=2
// expect: verified -DWAY=MASKED -DWORDS=2 -DOTHER=2
// expect: wrong race -DWAY=BUILTIN_SET -DWORDS=2
// expect: wrong race -DWAY=NOT_INSTRUMENTED -DWORDS=2
// expect: wrong race -DWAY=RETURNED -DWORDS=1 -DLOCAL
// expect: wrong race -DWAY=RETURNED -DWORDS=2 -DLOCAL
// expect: wrong race -DWAY=PASSED -DWORDS=2 -DLOCAL
// expect: wrong race -DWAY=PASSED -DWORDS=3 -DLOCAL
// expect: verified -DWAY=RETURNED -DWORDS=3 -DOTHER=4
// expect: verified -DWAY=PASSED -DWORDS=2 -DLOCAL -DOTHER=3
// expect: verified -DWAY=PASSED -DWORDS=3 -DLOCAL -DOTHER=4
// expect: verified -DWAY=PASSED -DWORDS=40 -DREAD
#ifdef __SSE2__
#include <emmintrin.h>
#endif
#include <pthread.h>
#include <stdarg.h>
#include <string.h>

#ifndef WORD
#define WORD long
#endif
#ifndef OTHER
#define OTHER 0 /* the word that the other thread writes */
#endif

enum way {
    ASSIGNED,
    RETURNED,
    PASSED,
    VARIADIC,
    RETURNS_IT,
    LONG_DOUBLE,
    VECTOR,
    STREAMED,
    MASKED,
    HALF,
    BUILTIN_SET,
    BUILTIN_COPY,
    NOT_INSTRUMENTED
};

struct words {
    WORD word[WORDS];
};
struct all {
    _Alignas(32) struct words words;
    long more[4];
};
static struct words private;
static volatile long sink;

static struct words make(long value)
{
    struct words words;
    for (int i = 0; i < WORDS; i++) {
        words.word[i] = value;
    }
    return words;
}

static long use(struct words words)
{
    return words.word[0];
}

static long use_last(int count, ...)
{
    va_list list;
    va_start(list, count);
    struct words words = va_arg(list, struct words);
    va_end(list);
    return words.word[WORDS - 1];
}

static struct words get(const struct words *words)
{
    return *words;
}

typedef long vector __attribute__((vector_size(32), aligned(8)));

#undef no_sanitize_thread
__attribute__((no_sanitize_thread)) static void plainly(struct words *words)
{
    words->word[0] = 1;
}

static void copy(struct words *words)
{
    switch (WAY) {
    case ASSIGNED:
        *words = private;
        break;
    case RETURNED:
        *words = make(1);
        break;
    case PASSED:
        sink = use(*words);
        break;
    case VARIADIC:
        sink = use_last(1, *words);
        break;
    case RETURNS_IT:
        sink = get(words).word[0];
        break;
    case LONG_DOUBLE:
        *(long double *)words = 1;
        break;
    case VECTOR:
        *(vector *)words = (vector){1};
        break;
#ifdef __SSE2__
    case STREAMED:
        _mm_stream_si32((int *)words, 1);
        break;
    case MASKED: /* the first word alone */
        _mm_maskmoveu_si128(_mm_set1_epi8(1), _mm_set_epi64x(0, -1), (char *)words);
        break;
    case HALF:
        sink = (long)_mm_cvtsd_f64(_mm_loadl_pd(_mm_setzero_pd(), (double *)words));
        break;
#endif
    case BUILTIN_SET:
        __builtin_memset(words, 0, sizeof *words);
        break;
    case BUILTIN_COPY:
        __builtin_strcpy((char *)words, "abc");
        break;
    case NOT_INSTRUMENTED:
        plainly(words);
        break;
    }
}

static struct all shared;

static void *other(void *all)
{
#ifdef READ
    volatile long seen = ((long *)all)[OTHER];
    (void)seen;
#else
    ((long *)all)[OTHER] = 3;
#endif
    return NULL;
}

int main(void)
{
    pthread_t thread;
#ifdef LOCAL
    struct all own = {.more = {0}};
    pthread_create(&thread, NULL, other, &own);
    if (WAY == RETURNED) {
        own.words = make(1);
    } else {
        sink = use(own.words);
    }
#else
    pthread_create(&thread, NULL, other, &shared);
    copy(&shared.words);
#endif
    pthread_join(thread, NULL);
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: verified 2 executions -fopenmp -DADD
// expect: verified 4 executions -fopenmp -DMULTIPLY
// expect: verified 4 executions -fopenmp -DMULTIPLY -O2
// long: verified 4 executions -fopenmp -DMESSAGE -DUPDATE=seq_cst -DREAD=seq_cst
// expect: verified 4 executions -fopenmp -DMESSAGE -DUPDATE=release -DREAD=acquire
// expect: wrong race -fopenmp -DMESSAGE -DUPDATE=relaxed -DREAD=acquire
// long: wrong race -fopenmp -DMESSAGE -DUPDATE=release -DREAD=relaxed
// long: wrong race -fopenmp -DMESSAGE -DUPDATE= -DREAD=
// expect: verified 4 executions -fopenmp -DFLUSH
// expect: wrong race -fopenmp -DFLUSH -DWITHOUT_FLUSH
// expect: refused only 1, 2, 4 and 8 -fopenmp -DLONG_DOUBLE
// OpenMP: atomics, relaxed where they do not say more, and flushes. Two additions have 2
// orders. A multiplication is a load and a compare-and-swap: for each order of the two
// the second thread has loaded the first value, which makes it try again, or the second.
// A message has one of 2 senders, which reads what it has sent; the other one may, too.
#include <assert.h>

#define PRAGMA(text)          _Pragma(#text)
#define ATOMIC(what, clauses) PRAGMA(omp atomic what clauses)

static int sum = 1, flag, data;
static double product = 1, level;

int main(void)
{
#ifdef LONG_DOUBLE
    static long double wide;
#endif
#pragma omp parallel num_threads(2)
    {
#if defined ADD
#pragma omp atomic
        sum += 2;
#elif defined MULTIPLY
#pragma omp atomic
        product *= 2;
#elif defined LONG_DOUBLE
#pragma omp atomic
        wide += 1;
#elif defined MESSAGE
#pragma omp single nowait
        {
            data = 1;
            ATOMIC(update, UPDATE)
            level += 1.5;
        }
        double found;
        ATOMIC(read, READ)
        found = level;
        assert(found == 0 || data == 1);
#elif defined FLUSH
#pragma omp single nowait
        {
            data = 1;
#ifndef WITHOUT_FLUSH
#pragma omp flush
#endif
#pragma omp atomic write
            flag = 1;
        }
        int found;
#pragma omp atomic read
        found = flag;
        if (found) {
#ifndef WITHOUT_FLUSH
#pragma omp flush
#endif
            assert(data == 1);
        }
#endif
    }
#ifdef ADD
    assert(sum == 5);
#elif defined MULTIPLY
    assert(product == 4);
#endif
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: verified 1 execution -fopenmp -DSCHEDULE=static
// long: verified 1 execution -fopenmp -DSCHEDULE=auto
// expect: verified 8 executions -fopenmp -DSCHEDULE=dynamic
// expect: verified 8 executions -fopenmp -DSCHEDULE=guided
// long: verified 8 executions -fopenmp -DSCHEDULE=runtime
// expect: verified 8 executions -fopenmp -DSCHEDULE=dynamic -DORDERED
// long: verified 1 execution -fopenmp -DSCHEDULE=static -DORDERED
// expect: wrong race -fopenmp -DSCHEDULE=dynamic -DORDERED -DAFTER_ORDERED
// expect: wrong race -fopenmp -DSCHEDULE=dynamic -DSUM
// expect: verified 16 executions -fopenmp -DSCHEDULE=dynamic -DREDUCTION
// long: verified 2 executions -fopenmp -DSCHEDULE=static -DREDUCTION
// expect: verified 2 executions -fopenmp -DSCHEDULE=static -DREDUCTIONS
// expect: verified 1 execution -fopenmp -DSCHEDULE=static -DNOWAIT
// expect: wrong race -fopenmp -DSCHEDULE=dynamic -DNOWAIT
// OpenMP: loops. In a team of 2 each chunk that is not dealt out beforehand goes to one
// or the other: 2 to the power of the chunks, here 3 (guided: 4 iterations in chunks of
// 2, 1 and 1). A reduction's results come in one of 2 orders. What is in an ordered
// region has the order of the iterations, what is behind it has none.
#include <assert.h>
#include <omp.h>

#define PRAGMA(text) _Pragma(#text)
#define LOOP(clauses)        PRAGMA(omp for clauses)
#define GUIDED_guided   1
#define GUIDED_OF(name) GUIDED_##name
#define GUIDED(name)    GUIDED_OF(name)
#define HAS_GUIDED      (GUIDED(SCHEDULE) + 0)
#if HAS_GUIDED
enum { COUNT = 4 };
#else
enum { COUNT = 3 };
#endif

#ifdef REDUCTIONS
static long double wide;
static int largest;
#endif
static int done[4], order[4], ordered, sum, again[4];

int main(void)
{
#pragma omp parallel num_threads(2)
    {
#if defined ORDERED
        LOOP(schedule(SCHEDULE) ordered)
        for (int i = 0; i < COUNT; i++) {
            done[i]++;
#pragma omp ordered
            order[ordered++] = i;
#ifdef AFTER_ORDERED
            sum += i;
#endif
        }
#elif defined REDUCTION
        LOOP(schedule(SCHEDULE) reduction(+ : sum))
        for (int i = 0; i < COUNT; i++) {
            sum += i;
            done[i]++;
        }
        assert(sum == COUNT * (COUNT - 1) / 2);
#elif defined REDUCTIONS /* which the compilers make in a critical section */
        LOOP(schedule(SCHEDULE) reduction(+ : sum, wide) reduction(max : largest))
        for (int i = 0; i < COUNT; i++) {
            sum += i;
            wide += i;
            largest = i > largest ? i : largest;
            done[i]++;
        }
        assert(sum == 3 && wide == 3 && largest == 2);
#elif defined NOWAIT
        LOOP(schedule(SCHEDULE) nowait)
        for (int i = 0; i < COUNT; i++) {
            done[i]++;
        }
        LOOP(schedule(SCHEDULE)) /* a static one: the same iterations */
        for (int i = 0; i < COUNT; i++) {
            again[i] = done[i];
        }
#else
        LOOP(schedule(SCHEDULE))
        for (int i = 0; i < COUNT; i++) {
            done[i]++;
#ifdef SUM
            sum += i;
#endif
        }
        for (int i = 0; i < COUNT; i++) { /* a barrier was between */
            assert(done[i] == 1);
        }
#endif
    }
    for (int i = 0; i < COUNT; i++) {
        assert(done[i] == 1 && (ordered == 0 || order[i] == i));
    }
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: verified 2 executions -fopenmp -DCHAIN
// expect: wrong race -fopenmp -DCHAIN -DOTHER
// expect: verified 2 executions -fopenmp -DREADERS
// expect: wrong race -fopenmp -DREADERS -DOTHER
// expect: verified 4 executions -fopenmp -DMUTEX
// expect: wrong race -fopenmp -DMUTEX -DOTHER
// expect: verified 4 executions -fopenmp -DMUTEXES
// expect: verified 2 executions -fopenmp -DTASKWAIT
// expect: wrong race|assertion -fopenmp -DTASKWAIT -DOTHER
// expect: verified 2 executions -fopenmp -DAT_ONCE
// expect: wrong race|assertion -fopenmp -DAT_ONCE -DOTHER
// expect: verified 2 executions -fopenmp -DFINAL
// expect: wrong race|assertion -fopenmp -DFINAL -DOTHER
// long: verified 2 executions -fopenmp -DGROUP
// expect: wrong race|assertion -fopenmp -DGROUP -DOTHER
// expect: verified 2 executions -fopenmp -DLOOP
// expect: wrong race|assertion -fopenmp -DLOOP -DOTHER
// long: verified 2 executions -fopenmp -DLOOP -DDOWN
// long: verified 2 executions -fopenmp -DUNTIED
// OpenMP: tasks that depend on others, and loops of tasks. One of 2 threads runs the
// single region; which of two tasks that exclude each other comes first is open.
#include <assert.h>
#include <omp.h>

#ifdef OTHER
#define AS_SAID(is, other) other
#else
#define AS_SAID(is, other) is
#endif
#ifdef DOWN
#define ODD                                                                              \
    int i = 9;                                                                           \
    i >= 0;                                                                              \
    i -= 2
#define NUMBER num_tasks(2)
#else
#define ODD                                                                              \
    int i = 1;                                                                           \
    i < 10;                                                                              \
    i += 2
#define NUMBER grainsize(2)
#endif
#define PRAGMA(text)  _Pragma(#text)
#define TASK(clauses) PRAGMA(omp task clauses)

static int x, y, done[10];

static void tasks(void)
{
#if defined CHAIN /* the last one comes after the first by the one between */
    TASK(depend(out : x))
    x = 1;
    TASK(depend(AS_SAID(inout, in) : y) depend(in : x))
    y = x;
    TASK(depend(in : y))
    assert(x == 1);
#elif defined READERS
    TASK(depend(in : x))
    assert(x == 0);
    TASK(depend(in : x))
    assert(x == 0);
    TASK(depend(AS_SAID(inout, in) : x))
    x = 1;
#elif defined MUTEX
    TASK(depend(mutexinoutset : x))
    x++;
    TASK(depend(mutexinoutset : AS_SAID(x, y)))
    x++;
#elif defined MUTEXES /* none waits for the other with a lock that it holds */
    TASK(depend(mutexinoutset : x, y))
    x++, y++;
    TASK(depend(mutexinoutset : y, x))
    x++, y++;
    TASK(depend(in : x))
    assert(x == 2);
#elif defined TASKWAIT
    TASK(depend(out : x))
    x = 1;
    PRAGMA(omp taskwait depend(in : AS_SAID(x, y)))
    assert(x == 1);
#elif defined AT_ONCE
    TASK(depend(out : x))
    x = 1;
    TASK(if (0) depend(in : AS_SAID(x, y)))
    assert(x == 1);
#elif defined FINAL /* the tasks in it are done one after the other */
    TASK(final(AS_SAID(1, 0)))
    {
        TASK()
        {
            TASK()
            x++;
            x++;
        }
        assert(omp_in_final() == AS_SAID(1, 0));
        x++;
    }
#elif defined GROUP /* the one before the group is depended on, and not waited for */
    TASK(depend(out : x))
    x = 1;
    PRAGMA(omp taskgroup)
    {
        TASK(depend(in : AS_SAID(x, y)))
        y = x;
    }
    assert(y == 1);
    TASK(depend(inout : x))
    x++;
#elif defined LOOP
    PRAGMA(omp taskloop NUMBER AS_SAID(, nogroup) lastprivate(x))
    for (ODD) {
        done[i]++;
        x = i;
    }
#ifdef DOWN
    assert(x == 1);
#else
    assert(x == 9);
#endif
    for (int i = 0; i < 10; i++) {
        assert(done[i] == i % 2);
    }
#elif defined UNTIED
    TASK(untied)
    {
        TASK()
        x = 1;
        PRAGMA(omp taskwait)
        x = 2;
    }
#endif
}

int main(void)
{
#pragma omp parallel num_threads(2)
#pragma omp single
    tasks();
    return 0;
}

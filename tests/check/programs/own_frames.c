/* SPDX-License-Identifier: MIT */
// expect: verified
// expect: verified -O2 -fstack-protector-all
/* What functions have on the stack, in all the ways there are: variable arguments,
   A function saves its arguments before it says that it has been entered, and looks at
   what protects its return address once it has said that it is left. */
#include <alloca.h>
#include <assert.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct large {
    long part[20];
};

static long sum(struct large of, int number, ...)
{
    va_list rest;
    va_start(rest, number);
    long result = 0;
    for (int i = 0; i < number; i++) {
        result += va_arg(rest, int);
    }
    va_end(rest);
    for (int i = 0; i < 20; i++) {
        result += of.part[i];
    }
    return result;
}

static struct large make(int number)
{
    return (struct large){{number}};
}

static long fill(char *to, int size)
{
    long result = 0;
    for (int i = 0; i < size; i++) {
        to[i] = 1;
        result += to[i];
    }
    return result;
}

static long allocate(int size)
{
    char *one = alloca((size_t)size), *other = alloca((size_t)size);
    memset(other, 0, (size_t)size);
    return fill(one, size) + other[size - 1];
}

static long of_lengths(int size)
{
    long result = 0;
    for (int turn = 0; turn < 2; turn++) {
        char array[size + turn];
        result += fill(array, size + turn);
    }
    return result;
}

static long count_down(int from, long *up)
{
    long here = from;
    *up += 1;
    long below = from == 0 ? 0 : count_down(from - 1, &here);
    return below + here;
}

static int compare(const void *one, const void *other)
{
    return *(const int *)one - *(const int *)other;
}

static void *run(void *argument)
{
    int numbers[] = {3, 1, 2};
    qsort(numbers, 3, sizeof *numbers, compare);
    long up = 0;
    assert(numbers[0] == 1);
    assert(sum(make(1), 8, 1, 2, 3, 4, 5, 6, 7, 8) == 37);
    assert(allocate(30) == 30);
    assert(of_lengths(20) == 41);
    assert(count_down(3, &up) == 9 && up == 1);
    return argument;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, run, NULL);
    run(NULL);
    pthread_join(thread, NULL);
    return 0;
}

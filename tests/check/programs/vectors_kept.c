/* SPDX-License-Identifier: MIT */
// expect: verified -O2
/* What is in a register of vectors is still there when an access has been announced:
   between the load and the store of a structure that is copied; and a function's result,
   which the function that called it only passes on, beside such a copy. */
#include <assert.h>
#include <pthread.h>

struct four {
    long part[4];
};
static struct four from[2] = {{{1, 2, 3, 4}}, {{5, 6, 7, 8}}}, to[2];

__attribute__((noinline)) static double half_of(int number)
{
    return number / 2.0;
}

__attribute__((noinline)) static void check(struct four copied, double half)
{
    assert(copied.part[0] == 2 * half);
}

static void *copy(void *argument)
{
    int i = *(int *)argument;
    to[i] = from[i];
    check(from[i], half_of((int)from[i].part[0]));
    return argument;
}

int main(void)
{
    pthread_t threads[2];
    int numbers[2] = {0, 1};
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, copy, &numbers[i]);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        for (int j = 0; j < 4; j++) {
            assert(to[i].part[j] == from[i].part[j]);
        }
    }
    return 0;
}

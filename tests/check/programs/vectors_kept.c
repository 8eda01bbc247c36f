/* SPDX-License-Identifier: MIT */
// expect: verified -O2
/* What is in a register of vectors is still there when an access has been announced:
   between the load and the store of a structure that is copied; and a function's result,
   which the function that called it only passes on, beside a copy of what has not been
   accessed before. */
#include <assert.h>
#include <pthread.h>

struct four {
    long part[4];
};
static struct four from[2] = {{{1, 2, 3, 4}}, {{5, 6, 7, 8}}}, to[2];
static struct four first[2] = {{{1}}, {{5}}};

static double half_of(int number)
{
    return number / 2.0;
}
static double (*volatile half)(int) = half_of;

static void compare(struct four copied, double number)
{
    assert(copied.part[0] == 2 * number);
}
static void (*volatile with)(struct four, double) = compare;

static void *copy(void *argument)
{
    int i = *(int *)argument;
    to[i] = from[i];
    with(first[i], half((int)from[i].part[0]));
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

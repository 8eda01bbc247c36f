/* SPDX-License-Identifier: MIT */
// expect: wrong out of bounds -DWHAT=LOCAL
// expect: wrong out of bounds -DWHAT=AT_END
// expect: wrong out of bounds -DWHAT=MEMBER
// expect: wrong out of bounds -DWHAT=ROW -O2
// expect: wrong out of bounds -DWHAT=VARIABLE_LENGTH
// expect: wrong misuse -DWHAT=SHIFT
// expect: verified -DWHAT=RIGHT
// long: wrong out of bounds -DWHAT=GLOBAL
// long: wrong out of bounds -DWHAT=BELOW
// long: wrong misuse -DWHAT=NO_ELEMENTS
// long: wrong misuse -DWHAT=UNREACHABLE
// long: verified -DWHAT=RIGHT -O2
// What the compilers look at themselves: the second thread's place is one too far, and
// what is there is a variable of its own, or one that nobody else uses at this time.
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { THREADS = 2 };
enum what {
    RIGHT,
    LOCAL,
    MEMBER,
    AT_END, /* of a struct, with room behind it */
    ROW,    /* of an array of arrays */
    VARIABLE_LENGTH,
    GLOBAL,
    BELOW, /* the array's first element */
    SHIFT,
    NO_ELEMENTS,
    UNREACHABLE,
};

/* What has any length at its end; of the two that say so otherwise gcc knows more. And
   what has not. */
struct any {
    int count;
    int items[];
};
struct one {
    int count;
    int items[1];
};
struct none {
    int count;
    int items[0];
};
struct two {
    int count;
    int items[THREADS];
};

static atomic_int places;
static struct {
    int own[THREADS], next[THREADS];
} pair;
static int rows[THREADS][THREADS];
static int global[THREADS];

static void use_right(int place)
{
    int own[THREADS] = {0}, rest = 0;
    for (int *item = own; item != &own[place]; item++) {
        rest += *item; /* up to the end, which is no element */
    }
    struct any *any = malloc(sizeof *any + 4 * sizeof(int));
    struct one *one = malloc(sizeof *one + 4 * sizeof(int));
    struct none *none = malloc(sizeof *none + 4 * sizeof(int));
    any->items[place] = one->items[place] = none->items[place] = rest;
    free(any);
    free(one);
    free(none);
    int variable[place];
    variable[place - 1] = (int)(1u << (place * 15)) + (-1 >> place);
    rows[1][place - 1] = variable[place - 1];
}

static void *run(void *unused)
{
    int place = atomic_fetch_add(&places, 1) + 1;
    int own[THREADS] = {0};
    switch (WHAT) {
    case LOCAL:
        own[place] = 1;
        break;
    case MEMBER:
        pair.own[place] = 1;
        break;
    case AT_END: {
        struct two *two = malloc(sizeof *two + 4 * sizeof(int));
        two->items[place] = 1;
        free(two);
        break;
    }
    case ROW:
        rows[0][place] = 1;
        break;
    case VARIABLE_LENGTH: {
        int variable[place + 1], more[2] = {0};
        variable[2 * place - 1] = more[0];
        break;
    }
    case GLOBAL:
        global[place] = 1;
        break;
    case BELOW:
        own[1 - place] = 1;
        break;
    case SHIFT:
        own[0] = (int)(1u << (place * 16));
        break;
    case NO_ELEMENTS: {
        int variable[2 - place];
        own[0] = sizeof variable == 4;
        break;
    }
    case UNREACHABLE:
        if (place == 2) {
            __builtin_unreachable();
        }
        break;
    default:
        use_right(place);
    }
    return unused;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, run, NULL);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    return global[0];
}

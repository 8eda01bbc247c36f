/* SPDX-License-Identifier: MIT */
/* A variable of a block that is used when its function has left the block. */
// expect: wrong use after free -DPOINTER
// expect: wrong use after free -DTHREAD
// expect: wrong use after free -DATOMIC
// expect: wrong use after free -DCALL
// expect: verified -DRIGHT
// expect: verified -DSTATIC
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

static void *set(void *number)
{
    *(int *)number = 1;
    return NULL;
}

#ifdef RIGHT
static int get(const int *number)
{
    return *number;
}

static void clean(int *number)
{
    assert(*number == 2);
}

/* Blocks of all kinds, and each variable used in its own. */
static void blocks(int kind)
{
    for (int i = 0; get(&i) < 3; i += get(&(int){1})) {
        int numbers[20] = {i};
        const int *first = numbers;
        if (*first > 0) {
            int others[20];
            others[2] = get(first);
            assert(get(&others[2]) == i);
        }
    }
    switch (kind) {
        int number;
    case 0:
        number = 5;
        assert(get(&number) == 5);
        break;
    default: {
        int cleaned __attribute__((cleanup(clean))) = 2;
        assert(get(&cleaned) == 2);
    }
    }
    do {
        int length = get(&kind) + 2, array[length];
        set(&array[1]);
        assert(get(&array[1]) == 1);
    } while (get(&kind) < 0);
}
#endif

int main(void)
{
    pthread_t thread;
#ifdef POINTER
    int *pointer;
    {
        int number = 2;
        pointer = &number;
    }
    return *pointer == 3; /* wrong */
#elif defined CALL
    int *pointer = NULL;
    for (int i = 0; i < 1; i++) {
        pointer = &i;
    }
    set(pointer); /* wrong */
#elif defined ATOMIC
    atomic_int *pointer;
    {
        atomic_int number = 2;
        pointer = &number;
    }
    return atomic_load(pointer) == 3; /* wrong */
#elif defined THREAD || defined STATIC
    {
#ifdef STATIC
        static int number;
#else
        int number;
#endif
        pthread_create(&thread, NULL, set, &number);
    }
    pthread_join(thread, NULL); /* wrong: too late */
#else
    {
        int number = 0;
        pthread_create(&thread, NULL, set, &number);
        pthread_join(thread, NULL);
        assert(get(&number) == 1);
    }
    blocks(0);
    blocks(1);
#endif
    (void)thread;
    return 0;
}

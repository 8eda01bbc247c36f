/* SPDX-License-Identifier: MIT */
/* Relaxed loads of atomics of all sizes and kinds, wherever they lie: each of the eight
   reads what was there first or what is stored, whatever the others read: 2^8. (clang
   leaves a plain load behind each, which is none of the program's.) */
// expect: verified 256 executions
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct pair {
    int left, right;
};
static _Atomic signed char byte;
static _Atomic short word;
static _Atomic(int *) pointer;
static _Atomic struct pair both;
static atomic_bool flags[3];
static struct {
    int other;
    _Atomic float number;
} part;
static int target;

static void *reader(void *argument)
{
    atomic_int *mine = argument;
    _Atomic long long_word;
    atomic_init(&long_word, 7);
    int index = atomic_load_explicit(&long_word, memory_order_relaxed) == 7 ? 2 : 0;
    bool seen = atomic_load_explicit(&flags[index], memory_order_relaxed);
    (void)seen;
    (void)atomic_load_explicit(&flags[index - 1], memory_order_relaxed);
    long sum = atomic_load_explicit(&byte, memory_order_relaxed) +
               atomic_load_explicit(&word, memory_order_relaxed) +
               atomic_load_explicit(mine, memory_order_relaxed);
    sum += atomic_load_explicit(&part.number, memory_order_relaxed) > 0.5f;
    sum += atomic_load_explicit(&pointer, memory_order_relaxed) != NULL;
    struct pair pair = atomic_load_explicit(&both, memory_order_relaxed);
    return sum + pair.right > 0 ? argument : NULL;
}

int main(void)
{
    pthread_t thread;
    atomic_int mine;
    atomic_init(&mine, 0);
    pthread_create(&thread, NULL, reader, &mine);
    atomic_store_explicit(&byte, 1, memory_order_relaxed);
    atomic_store_explicit(&word, 1, memory_order_relaxed);
    atomic_store_explicit(&mine, 1, memory_order_relaxed);
    atomic_store_explicit(&pointer, &target, memory_order_relaxed);
    atomic_store_explicit(&both, ((struct pair){1, 2}), memory_order_relaxed);
    atomic_store_explicit(&flags[1], true, memory_order_relaxed);
    atomic_store_explicit(&flags[2], true, memory_order_relaxed);
    atomic_store_explicit(&part.number, 1.0f, memory_order_relaxed);
    pthread_join(thread, NULL);
    return 0;
}

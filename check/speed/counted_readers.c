/* SPDX-License-Identifier: MIT */
/* THREADS readers, which add themselves, look for a writer and take themselves back until
   there is none; and one writer. ROUNDS times each. */
#include <pthread.h>
#include <stdatomic.h>

enum { WRITER = 1 << 8 };

static atomic_uint word;
static int data;

static void *read_each_round(void *sum)
{
    for (int i = 0; i < ROUNDS; i++) {
        while (atomic_fetch_add_explicit(&word, 1, memory_order_acquire) & WRITER) {
            atomic_fetch_sub_explicit(&word, 1, memory_order_relaxed);
        }
        *(int *)sum += data;
        atomic_fetch_sub_explicit(&word, 1, memory_order_release);
    }
    return NULL;
}

static void write_each_round(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        unsigned nobody;
        do {
            nobody = 0;
        } while (!atomic_compare_exchange_strong_explicit(
            &word, &nobody, WRITER, memory_order_acquire, memory_order_relaxed));
        data++;
        atomic_fetch_and_explicit(&word, ~(unsigned)WRITER, memory_order_release);
    }
}

int main(void)
{
    pthread_t threads[THREADS];
    int sums[THREADS] = {0};
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, read_each_round, &sums[i]);
    }
    write_each_round();
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}

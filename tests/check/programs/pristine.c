/* SPDX-License-Identifier: MIT */
// expect: verified 6 executions
// Every execution begins with fresh globals, thread-locals, heap and function statics.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static int plain = 1, zeroed[3];
static atomic_int order;
static _Thread_local int own = 3;
static struct {
    char text[4];
    int *pointer;
} record = {"abc", &plain};

static int calls(void)
{
    static int count = 10;
    return ++count;
}

static void *disturb(void *unused)
{
    (void)unused;
    atomic_fetch_add_explicit(&order, 1, memory_order_relaxed);
    assert(own++ == 3);
    return NULL;
}

int main(void)
{
    assert(plain == 1 && zeroed[2] == 0 && own == 3 && calls() == 11);
    assert(record.text[0] == 'a' && record.pointer == &plain && atomic_load(&order) == 0);
    plain = zeroed[2] = own = 7;
    record.text[0] = 'x';
    record.pointer = malloc(sizeof *record.pointer);
    *record.pointer = 9;
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        pthread_create(&threads[i], NULL, disturb, NULL);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    printf("%d\n", atomic_load(&order));
    free(record.pointer);
    return 0;
}

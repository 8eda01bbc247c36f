/* SPDX-License-Identifier: MIT */
// expect: wrong use after free|race
/* A Treiber stack that frees what it pops, while another thread still looks at it. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct node {
    struct node *next;
    int value;
};

static struct node *_Atomic top;

static void push(int value)
{
    struct node *node = malloc(sizeof *node);
    node->value = value;
    node->next = atomic_load(&top);
    while (!atomic_compare_exchange_weak(&top, &node->next, node)) {
    }
}

static int pop(void)
{
    struct node *node = atomic_load(&top);
    while (node != NULL && !atomic_compare_exchange_weak(&top, &node, node->next)) {
    }
    if (node == NULL) {
        return 0;
    }
    int value = node->value;
    free(node); /* wrong: who failed to pop it may be about to read its next */
    return value;
}

static void *take(void *sum)
{
    *(int *)sum = pop();
    return NULL;
}

int main(void)
{
    push(1);
    push(2);
    pthread_t threads[2];
    int sums[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, take, &sums[i]);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}

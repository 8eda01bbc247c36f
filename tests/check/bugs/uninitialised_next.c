/* SPDX-License-Identifier: MIT */
// expect: wrong crash -DWHERE=1
// expect: wrong crash -DWHERE=2
// expect: wrong crash -DWHERE=3
// expect: wrong crash -DWHERE=4
// A pointer that nobody has set: in memory of malloc, in a variable, in another thread's
// block, of an atomic.
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct node {
    struct node *next;
    atomic_int *counter;
    int value;
};
static struct node *head;

static void *push(void *unused)
{
    struct node *node = malloc(sizeof *node);
    node->value = 1;
    head = node;
    return unused;
}

int main(void)
{
    struct node *own = malloc(sizeof *own), *never;
    pthread_t thread;
    pthread_create(&thread, NULL, push, NULL);
    pthread_join(thread, NULL);
    switch (WHERE) {
    case 1:
        own->next->value = 1; // crash 1
        break;
    case 2:
        never->value = 1; // crash 2
        break;
    case 3:
        head->next->value = 1; // crash 3
        break;
    default:
        atomic_fetch_add(own->counter, 1); // crash 4
    }
    free(own);
    return 0;
}

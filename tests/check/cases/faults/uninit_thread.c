/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdlib.h>
struct node {
    struct node *next;
    int v;
} * head;
static void *f(void *u)
{
    struct node *n = malloc(sizeof *n);
    n->v = 1;
    head = n;
    return u;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, 0, f, 0);
    pthread_join(t, 0);
    int s = 0;
    for (struct node *n = head; n; n = n->next)
        s += n->v;
    return s - 1;
}

/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
struct node {
    struct node *next;
    int v;
};
int main(void)
{
    struct node *n = malloc(sizeof *n);
    n->v = 1; /* forgot n->next = NULL */
    if (n->next != NULL)
        n->next->v = 2;
    free(n);
    return 0;
}

/* SPDX-License-Identifier: MIT */
struct node {
    struct node *next;
    int v;
};
int main(void)
{
    struct node *n;
    n->v = 1;
    return 0;
}

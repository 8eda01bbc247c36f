/* SPDX-License-Identifier: MIT */
#include <pthread.h>

__asm__(".text\n.globl bad\nbad: incl x(%rip)\nret\n");
int x;
void bad(void);
static void *other(void *u)
{
    (void)u;
    bad();
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    x = 1;
    pthread_join(t, NULL);
    return 0;
}

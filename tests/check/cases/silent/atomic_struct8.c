/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

struct s {
    int a, b;
};
_Atomic struct s x;
static void *other(void *u)
{
    (void)u;
    struct s y = {1, 2};
    atomic_store(&x, y);
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    struct s z = atomic_load(&x);
    assert((z.a == 0 && z.b == 0) || (z.a == 1 && z.b == 2));
    pthread_join(t, NULL);
    return 0;
}

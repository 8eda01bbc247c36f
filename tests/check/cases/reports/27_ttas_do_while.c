/* SPDX-License-Identifier: MIT */
/* SRC: MPI-SWS/genmc #17 incorrect liveness violation; #15 spin loop not recognised
   KIND: false alarm; EXPECT: verified */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
static int x;
static atomic_int lock = 1;
static struct node {
    _Atomic(struct node *) next;
} n1, n2;
static void *late(void *p)
{
    do {
        while (lock != 0)
            ;
    } while (atomic_exchange(&lock, 1));
    assert(x == 1);
    lock = 0;
    while (atomic_load_explicit(&n1.next, memory_order_seq_cst) == NULL)
        ;
    return p;
}
int main(void)
{
    pthread_t t[2];
    pthread_create(&t[0], NULL, late, NULL);
    pthread_create(&t[1], NULL, late, NULL);
    x = 1;
    lock = 0;
    n1.next = &n2;
    pthread_join(t[0], NULL);
    pthread_join(t[1], NULL);
    return 0;
}

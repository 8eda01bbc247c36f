/* SPDX-License-Identifier: MIT */
// expect: verified 1 execution
// What the verification competition's programs call: executions without it are left.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

void __VERIFIER_assume(int condition);

static atomic_int flag;
static int data;

static void *send(void *unused)
{
    (void)unused;
    data = 1;
    atomic_store(&flag, 1);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, send, NULL);
    __VERIFIER_assume(atomic_load(&flag) == 1);
    assert(data == 1);
    pthread_join(thread, NULL);
    return 0;
}

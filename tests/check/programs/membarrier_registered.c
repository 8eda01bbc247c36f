/* SPDX-License-Identifier: MIT */
/*
 * Who registers for membarrier, and when: a constructor does so for every execution;
 * otherwise one thread may find that another has, or that it has not yet.
 */
// expect: verified 1 execution -DCONSTRUCTOR
// expect: verified 2 executions
#include <assert.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef CONSTRUCTOR
__attribute__((constructor))
#endif
static void
enlist(void)
{
    long error = syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);
    assert(error == 0);
}

static void *fence(void *unused)
{
    (void)unused;
    long error = syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
#ifdef CONSTRUCTOR
    assert(error == 0);
#endif
    (void)error;
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, fence, NULL);
#ifndef CONSTRUCTOR
    enlist();
#endif
    pthread_join(thread, NULL);
    return 0;
}

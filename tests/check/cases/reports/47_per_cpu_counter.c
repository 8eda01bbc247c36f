/* SPDX-License-Identifier: MIT */
/* SRC: kind "CPU migration": plain per-processor counter indexed by sched_getcpu(), as in per-CPU reader counts (folly SharedMutex, rseq users)
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
static int per[8];
static void *run(void *p)
{
    per[sched_getcpu() % 4]++;
    return p;
}
int main(void)
{
    pthread_t a, b;
    pthread_create(&a, NULL, run, NULL);
    pthread_create(&b, NULL, run, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}

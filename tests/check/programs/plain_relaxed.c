/* SPDX-License-Identifier: MIT */
// expect: verified 4 executions --plain=relaxed -DSB
// expect: verified 4 executions --plain=relaxed -DMP
// expect: verified 3 executions --plain=relaxed -DLB
// expect: verified 6 executions --plain=relaxed -DCORR
// expect: verified 4 executions --plain=relaxed -DADD
// expect: verified 1 execution unblocked --plain=relaxed -DSIZES
// expect: verified 1 execution --plain=relaxed -DWAIT
// expect: wrong race --volatile=relaxed -DSB
// long: verified 4 executions --plain=relaxed -DSB -O2
// long: verified 3 executions --plain=relaxed --model=sc -DSB
// long: verified 1 execution --plain=relaxed -DMIXED
/* Plain accesses as relaxed atomics: with the numbers of volatile_relaxed.c. */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#define volatile
#include "volatile_relaxed.c"

/* SPDX-License-Identifier: MIT */
/*
 * Each thread has a register of its own, that nobody else sees written. A read of another
 * thread's write is wrong if it comes after it, and comes after it if a release and an
 * acquire say so (bugs/linear_ordered.c). By relaxed accesses it does not: the
 * read may as well have been first.
 */
// expect: verified 2 executions -I.
#define ORDER memory_order_relaxed
#include "tests/check/bugs/linear_ordered.c"

/* SPDX-License-Identifier: MIT */
/* A function that runs when the program ends; not after _exit. */
// expect: wrong assertion
// expect: wrong assertion -DEND=exit(0)
// expect: verified -DEND=_exit(0)
// expect: verified -DCOUNT=1
#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef COUNT
#define COUNT 2
#endif
#ifndef END
#define END return 0
#endif

static int ended;

static void handler(void)
{
    assert(ended == 0); /* handlers come first */
}

__attribute__((destructor)) static void end(void)
{
    ended++;
    assert(ended == COUNT);
}

int main(void)
{
    atexit(handler);
    END;
}

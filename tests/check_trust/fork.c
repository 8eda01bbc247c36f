/* SPDX-License-Identifier: MIT */
/* fork as a busy system has it, for LD_PRELOAD: FORKS is a word of `y` and `n`, one for
   each fork of a lockcheck, whether it succeeds; the last one is for all that follow. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

pid_t fork(void);
pid_t _Fork(void);

pid_t fork(void)
{
    static size_t count;
    const char *forks = getenv("FORKS");
    if (strcmp(program_invocation_short_name, "lockcheck") != 0) {
        return _Fork(); /* a compiler */
    }
    char now = forks[count];
    count += forks[count + 1] != '\0';
    if (now == 'n') {
        errno = EAGAIN;
        return -1;
    }
    return _Fork();
}

/* SPDX-License-Identifier: MIT */
// expect: verified
// expect: verified -O2
// errno, whose address an optimising compiler asks for once, after a function of libc.
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

int main(void)
{
    errno = 0;
    (void)strtol("99999999999999999999", NULL, 10);
    assert(errno == ERANGE);
    errno = 0;
    (void)strtol("9", NULL, 10);
    assert(errno == 0);
    return 0;
}

// SPDX-License-Identifier: MIT
// What a function that is not seen has allocated may be freed. With MINE it is the
// program's, which may not.
// expect: inconclusive
// expect: wrong double free -DMINE=&variable
// expect: wrong double free -DMINE=&local
#define _GNU_SOURCE
#include <stdlib.h>
#include <unistd.h>

#ifndef MINE
#define MINE name
#endif

static int variable;

int main(void)
{
    char *name = get_current_dir_name();
    int local = 0;
    free(MINE);
    return variable + local;
}

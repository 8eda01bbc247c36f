/* SPDX-License-Identifier: MIT */
/*
 * without_membarrier EPERM|ENOSYS PROGRAM [ARGUMENT…]
 *
 * Executes a program in a sandbox in which membarrier fails with that error. Exit status
 * 77 if there can be no such sandbox here.
 */
#include "../support.h"
#include "forbid.h"

int main(int argc, char **argv)
{
    if (argc < 3) {
        return 2;
    }
    if (!forbid_membarrier(strcmp(argv[1], "EPERM") == 0 ? EPERM : ENOSYS)) {
        return 77;
    }
    (void)execv(argv[2], argv + 2);
    return 126;
}

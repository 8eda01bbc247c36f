/* SPDX-License-Identifier: MIT */
/* A program that has no OpenMP loads one that has, FILE, and runs that. */
#include "expect.h"

#include <dlfcn.h>
#include <stdint.h>

int main(int argc, char **argv)
{
    void *file = dlopen(argc > 1 ? argv[1] : "", RTLD_NOW | RTLD_LOCAL);
    EXPECT(file != NULL, 1);
    int (*its_main)(void) = (int (*)(void))(uintptr_t)dlsym(file, "main");
    return its_main();
}

/* SPDX-License-Identifier: MIT */
/*
 * Files that are part of the executable, so that it needs nothing installed beside it:
 * the instrumented library, which programs under test are linked with, and the catalog's
 * clients. The Makefile says where they are.
 */

#define EMBED(name, file)                                                                \
    __asm__(".section .rodata\n"                                                         \
            ".balign 16\n"                                                               \
            ".globl " name "\n" name ":\n"                                               \
            ".incbin \"" file "\"\n"                                                     \
            ".globl " name "_end\n" name "_end:\n"                                       \
            ".byte 0\n"                                                                  \
            ".previous\n")

EMBED("instrumented_library", INSTRUMENTED_LIBRARY);
EMBED("catalog_object", CATALOG_OBJECT);

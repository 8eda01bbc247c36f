/* SPDX-License-Identifier: MIT */
/*
 * The machines that come with locksim, parts of the executable. File names are relative
 * to the directory that the Makefile is in.
 */
#include "sim/machine/texts.h"

#include <stddef.h>

/* clang-format off */
#define EMBED(name)                                                                      \
    __asm__(".section .rodata\n"                                                         \
            ".globl machine_" #name "\n"                                                 \
            "machine_" #name ":\n"                                                       \
            ".incbin \"sim/machine/texts/" #name ".machine\"\n"                     \
            ".globl machine_" #name "_end\n"                                             \
            "machine_" #name "_end:\n"                                                   \
            ".byte 0\n"                                                                  \
            ".previous\n");                                                              \
    extern const char machine_##name[], machine_##name##_end[];

/* A machine is added here, and its text in texts/. */
#define EACH_MACHINE(DO)                                                                 \
    DO(smp)                                                                              \
    DO(dancehall)                                                                        \
    DO(numa)                                                                             \
    DO(symmetry)                                                                         \
    DO(butterfly)                                                                        \
    DO(opteron)                                                                          \
    DO(xeon)

EACH_MACHINE(EMBED)

#define ROW(name) {#name, machine_##name, machine_##name##_end},
const struct machine_text machine_texts[] = {EACH_MACHINE(ROW){NULL, NULL, NULL}};
/* clang-format on */

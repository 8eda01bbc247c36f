/* SPDX-License-Identifier: MIT */
/* Linked before locksim's objects it moves their variables, by some lines and pages. */
char moved[3 * 4096 + 3 * 64];

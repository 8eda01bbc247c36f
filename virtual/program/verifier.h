/* SPDX-License-Identifier: MIT */
/* The verification competition's way to say what is of no interest. */
#ifndef LOCKSTEP_VIRTUAL_VERIFIER_H
#define LOCKSTEP_VIRTUAL_VERIFIER_H

/* abort is called. Does not return if the program's assume_abort_if_not has done it. */
void verifier_aborts(const void *site);

#endif

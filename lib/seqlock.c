/* SPDX-License-Identifier: MIT */
/* The symbols of lockstep/seqlock.h. */
#define LKS_INLINE
#include <lockstep/seqlock.h>

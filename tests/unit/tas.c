/* SPDX-License-Identifier: MIT */
/* The test-and-set lock by itself. */
#define TYPE       lks_tas_t
#define INIT       LKS_TAS_INIT
#define CALL(what) lks_tas_##what
#include "../flag_lock.h"

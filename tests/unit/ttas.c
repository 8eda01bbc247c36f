/* SPDX-License-Identifier: MIT */
/* The test-and-test-and-set lock by itself. */
#define TYPE       lks_ttas_t
#define INIT       LKS_TTAS_INIT
#define CALL(what) lks_ttas_##what
#include "../flag_lock.h"

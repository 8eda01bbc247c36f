/* SPDX-License-Identifier: MIT */
/* What compiled all this: build.inc is written by the Makefile. */
#include "common/record.h"

#include "build.inc"

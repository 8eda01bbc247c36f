/* SPDX-License-Identifier: MIT */
/* Checking one program, and saying what came out. */
#ifndef LOCKCHECK_CHECK_H
#define LOCKCHECK_CHECK_H

#include "check/catalog.h"
#include "check/explore/explore.h"
#include "check/options.h"

/* What explore needs, from the command line. */
struct explore_options explore_options_of(const struct options *options);

/* Explores what is loaded; `seconds` is how long it took. */
void check_loaded(const struct explore_options *how, struct explore_result *result,
                  double *seconds);

/* Says what came out of a program, or of a check of the catalog, in words or as a record,
   on vm_out. Returns the exit status. */
int tell(const struct options *options, const struct check *check,
         const struct explore_options *how, struct explore_result *result,
         double seconds);

/* Parts of that: how many executions there are; what the result holds for. */
const char *assumed(void); /* what a verdict stands on: behind its word */
void tell_executions(const struct explore_result *result);
void tell_bounds(const struct explore_options *how);

/* The things that lockcheck does. Each returns the exit status. */
int check_program(const struct options *options);
int check_catalog(const struct options *options);
int list_catalog(const struct options *options);
int replay_saved(const struct options *options);
int weaken_program(const struct options *options);
int weaken_catalog(const struct options *options);

/* Builds and loads the program of the command line. Returns 0, or a status. */
int load_program(const struct options *options);

/* From loading on, what the program prints is caught, and what it does wrong is
   noticed. */
void prepare_program(const struct options *options);

#endif

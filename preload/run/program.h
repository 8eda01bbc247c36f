/* SPDX-License-Identifier: MIT */
/* The program, and the library that is put into it. */
#ifndef PRELOAD_RUN_PROGRAM_H
#define PRELOAD_RUN_PROGRAM_H

/* Returns where the library is: beside this tool, or where it is installed. Refuses if it
   is not there. */
const char *find_library(void);

/* Returns where the program is that a shell would run by this name. Refuses if there is
   none, or if the library cannot be put into it. */
const char *find_program(const char *name, const char *library);

#endif

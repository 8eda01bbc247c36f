/* SPDX-License-Identifier: MIT */
#ifndef LOCKSTEP_COMMON_STANDARD_H
#define LOCKSTEP_COMMON_STANDARD_H

/* What a compiler of C++ needs beside the flags (NULL at the end) so as not to take an
   older C++ than 17, as some do by default; or NULL. The directory is for a source. */
const char *cxx_standard(const char *compiler, const char *const *flags,
                         const char *directory);

#endif

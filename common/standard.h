/* SPDX-License-Identifier: MIT */
#ifndef LOCKSTEP_COMMON_STANDARD_H
#define LOCKSTEP_COMMON_STANDARD_H

/* What compilers are told beside the user's flags. */

/* Where the library's headers are that belong to this program: beside it, or above; NULL:
   nowhere. For -idirafter, so that those that the user's flags name come first. */
const char *headers_directory(void);

/* What a compiler of C++ needs beside the flags (NULL at the end) so as not to take an
   older C++ than 17, as some do by default; or NULL. The directory is for a source. */
const char *cxx_standard(const char *compiler, const char *const *flags,
                         const char *directory);

#endif

/* SPDX-License-Identifier: MIT */
/* Programs of the user's, and the catalog that is part of this executable
   (embedded.c). */
#include "virtual/program/tool.h"

#include <limits.h>
#include <stdlib.h>

#include "common/scratch.h"
#include "virtual/ground/files.h"
#include "virtual/program/program.h"

extern const unsigned char instrumented_library[], instrumented_library_end[];
extern const unsigned char catalog_object[], catalog_object_end[];

/* Writes a file that is part of this executable into our directory; `path`: where. */
static bool unpack(const char *name, const unsigned char *begin, const unsigned char *end,
                   char path[PATH_MAX])
{
    (void)snprintf(path, PATH_MAX, "%s/%s", scratch_directory(), name);
    return file_write(path, (const char *)begin, (size_t)(end - begin));
}

static const char *compiler(const char *variable, const char *usual)
{
    const char *named = getenv(variable);
    return named != NULL && named[0] != '\0' ? named : usual;
}

bool vm_announces, vm_without_main;

bool vm_load_sources(const char *const *sources, const char *const *flags)
{
    char archive[PATH_MAX], program[PATH_MAX];
    if (!unpack("liblockstep.a", instrumented_library, instrumented_library_end,
                archive)) {
        return false;
    }
    struct vm_build build = {.sources = sources,
                             .flags = flags,
                             .cc = compiler("CC", "cc"),
                             .cxx = compiler("CXX", "c++"),
                             .archive = archive,
                             .announce = vm_announces,
                             .directory = scratch_directory()};
    return vm_build(&build, program, sizeof program) == 0 && vm_load(program) == 0;
}

bool vm_load_catalog(void)
{
    char path[PATH_MAX];
    return unpack("catalog.so", catalog_object, catalog_object_end, path) &&
           vm_load(path) == 0;
}

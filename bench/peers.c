/* SPDX-License-Identifier: MIT */
#include "bench/peers.h"

#include "common/text.h"

const struct peer_library peer_libraries[] = {
    {"ck:", "Concurrency Kit", "libck-dev", ck_peers},
    {"atomic_ops:", "libatomic_ops", "libatomic-ops-dev", atomic_ops_peers},
    {"nsync:", "nsync", "libnsync-dev", nsync_peers},
    {"gomp:", "GCC's OpenMP", "gcc", gomp_peers},
    {"omp:", "LLVM's OpenMP", "libomp-dev", omp_peers},
    {"std:", "the C++ library", "g++ 11 or later", std_peers},
    {"tbb:", "oneTBB", "libtbb-dev", tbb_peers},
    {"absl:", "Abseil", "libabsl-dev", absl_peers},
    {NULL, NULL, NULL, NULL},
};

const struct peer_library *peer_library_of(const char *name)
{
    for (const struct peer_library *library = peer_libraries; library->prefix != NULL;
         library++) {
        if (starts(name, library->prefix)) {
            return library;
        }
    }
    return NULL;
}

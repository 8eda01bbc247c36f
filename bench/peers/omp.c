/* SPDX-License-Identifier: MIT */
/* What clang makes of OpenMP's `parallel` and `barrier`, of LLVM's library. */
#include "bench/peers.h"
#include "common/tool.h"

/* Where in a program a call is; nothing of it is needed. */
struct place {
    int32_t reserved_1, flags, reserved_2, reserved_3;
    const char *source;
};

extern void __kmpc_fork_call(struct place *place, int32_t arguments,
                             void (*region)(int32_t *, int32_t *, ...), ...);
extern void __kmpc_push_num_threads(struct place *place, int32_t thread, int32_t threads);
extern int32_t __kmpc_global_thread_num(struct place *place);
extern int32_t __kmpc_bound_num_threads(struct place *place);
extern void __kmpc_barrier(struct place *place, int32_t thread);
extern int __kmpc_pause_resource(int level);

enum { IS_KMPC = 2, HARD = 2 };
static struct place somewhere = {.flags = IS_KMPC, .source = ";lockbench;;0;0;;"};

static void region(int32_t *thread, int32_t *self, struct crew *crew)
{
    (void)thread;
    if ((unsigned)__kmpc_bound_num_threads(&somewhere) != crew->count) {
        refuse("omp:barrier: OpenMP starts %d threads of %u",
               __kmpc_bound_num_threads(&somewhere), crew->count);
    }
    crew->work(crew->context, (unsigned)*self);
}

/* Its threads are ended: they would spin for another 0.2 s. */
static void start(struct crew *crew)
{
    __kmpc_push_num_threads(&somewhere, __kmpc_global_thread_num(&somewhere),
                            (int32_t)crew->count);
    __kmpc_fork_call(&somewhere, 1, (void (*)(int32_t *, int32_t *, ...))region, crew);
    (void)__kmpc_pause_resource(HARD);
}

PEER_BARRIER(barrier, char, 1, (void)0,
             __kmpc_barrier(&somewhere, __kmpc_global_thread_num(&somewhere)), (void)0)

const struct competitor omp_peers[] = {
    LISTED_BARRIER_OF("omp:barrier", "OpenMP's barrier, of LLVM", barrier, start),
    LAST_PEER,
};

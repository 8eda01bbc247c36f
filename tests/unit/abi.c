/* SPDX-License-Identifier: MIT */
/*
 * The sizes and alignments of all public types: what a program has been compiled with,
 * and a newer library must still find. This is the record. Whoever provides the atomics,
 * and in C as in C++, they are the same.
 */
#include "../support.h"

struct layout {
    size_t size, alignment;
};

struct type {
    const char *name;
    struct layout here;
    struct layout lines_of_64;    /* 64-bit pointers, cache lines of 64 bytes: x86-64 */
    struct layout lines_of_128;   /* 64-bit pointers, 128 bytes: aarch64, ppc64 */
    struct layout pointers_of_32; /* 32-bit pointers, 64 bytes: i386, armhf */
};

/* clang-format off */
#define OF(type, ...) { #type, {sizeof(type), alignof(type)}, __VA_ARGS__ }

static const struct type types[] = {
    OF(lks_tas_t, {1, 1}, {1, 1}, {1, 1}),
    OF(lks_ttas_t, {1, 1}, {1, 1}, {1, 1}),
    OF(lks_backoff_t, {12, 4}, {12, 4}, {12, 4}),
    OF(lks_ticket_t, {128, 64}, {256, 128}, {128, 64}),
    OF(lks_ticket_backoff_t, {192, 64}, {384, 128}, {192, 64}),
    OF(lks_anderson_t, {192, 64}, {384, 128}, {192, 64}),
    OF(lks_anderson_slot_t, {64, 64}, {128, 128}, {64, 64}),
    OF(lks_clh_t, {128, 64}, {256, 128}, {128, 64}),
    OF(lks_clh_node_t, {64, 64}, {128, 128}, {64, 64}),
    OF(lks_mcs_t, {16, 8}, {16, 8}, {8, 4}),
    OF(lks_mcs_node_t, {64, 64}, {128, 128}, {64, 64}),
    OF(lks_mcs_k42_t, {24, 8}, {24, 8}, {12, 4}),
    OF(lks_mcs_k42_node_t, {64, 64}, {128, 128}, {64, 64}),
    OF(lks_malthusian_t, {40, 8}, {40, 8}, {24, 4}),
    OF(lks_malthusian_node_t, {64, 64}, {128, 128}, {64, 64}),
    OF(lks_mutex_t, {4, 4}, {4, 4}, {4, 4}),
    OF(lks_cond_t, {16, 8}, {16, 8}, {8, 4}),
    OF(lks_once_t, {4, 4}, {4, 4}, {4, 4}),
    OF(lks_sem_t, {8, 4}, {8, 4}, {8, 4}),
    OF(lks_seqlock_t, {8, 8}, {8, 8}, {4, 4}),
    OF(lks_rw_ticket_t, {16, 16}, {16, 16}, {16, 16}),
    OF(lks_rw_phase_fair_t, {32, 32}, {32, 32}, {32, 32}),
    OF(lks_rw_distributed_t, {64, 64}, {128, 128}, {64, 64}),
    OF(lks_rw_distributed_indicator_t, {64, 64}, {128, 128}, {64, 64}),
    OF(lks_rw_distributed_reader_t, {8, 8}, {8, 8}, {4, 4}),
    OF(lks_rwmutex_t, {24, 8}, {24, 8}, {16, 4}),
    OF(lks_central_barrier_t, {128, 64}, {256, 128}, {128, 64}),
    OF(lks_combining_tree_barrier_t, {16, 8}, {16, 8}, {12, 4}),
    OF(lks_combining_tree_barrier_node_t, {128, 64}, {256, 128}, {128, 64}),
    OF(lks_mcs_tree_barrier_t, {16, 8}, {16, 8}, {12, 4}),
    OF(lks_mcs_tree_barrier_node_t, {128, 64}, {256, 128}, {128, 64}),
    OF(lks_tournament_barrier_t, {24, 8}, {24, 8}, {16, 4}),
    OF(lks_tournament_barrier_flag_t, {64, 64}, {128, 128}, {64, 64}),
    OF(lks_dissemination_barrier_t, {24, 8}, {24, 8}, {16, 4}),
    OF(lks_dissemination_barrier_flag_t, {64, 64}, {128, 128}, {64, 64}),
    OF(lks_lock_class_t, {104, 8}, {104, 8}, {52, 4}),
    OF(lks_rwlock_class_t, {136, 8}, {136, 8}, {68, 4}),
    OF(lks_barrier_class_t, {72, 8}, {72, 8}, {36, 4}),
    OF(lks_wait_mode_t, {4, 4}, {4, 4}, {4, 4}),
};
/* clang-format on */

static struct layout recorded(const struct type *type)
{
    if (sizeof(void *) == 4) {
        return type->pointers_of_32;
    }
    return LKS_CACHE_LINE == 128 ? type->lines_of_128 : type->lines_of_64;
}

static void each_type_is_as_recorded(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct layout is = types[i].here;
        struct layout was = recorded(&types[i]);
        if (is.size != was.size || is.alignment != was.alignment) {
            fail_msg("%s: %zu bytes, aligned to %zu; recorded: %zu, to %zu",
                     types[i].name, is.size, is.alignment, was.size, was.alignment);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_type_is_as_recorded),
    };
    return run_all(tests);
}

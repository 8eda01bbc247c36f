/* SPDX-License-Identifier: MIT */
/* The shape of course projects: one barrier, in variables of the file. */
#include <lockstep/own.h>
#include <omp.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_int left, sense;
static int count;
static int *senses;

void gtmp_init(int num_threads)
{
    count = num_threads;
    atomic_store(&left, num_threads);
    atomic_store(&sense, 0);
    senses = calloc((size_t)num_threads, 16 * sizeof *senses);
}

void gtmp_barrier(void)
{
    int *own = &senses[16 * omp_get_thread_num()];
    *own = !*own;
    if (atomic_fetch_sub(&left, 1) == 1) {
        atomic_store(&left, count);
        atomic_store(&sense, *own);
    } else {
        while (atomic_load(&sense) != *own) {
        }
    }
}

void gtmp_finalize(void)
{
    free(senses);
}

LKS_GLOBAL_BARRIER(gtmp)

/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "check/clients/kinds.h"

const struct client_kind *const client_kinds[] = {
    &lock_kind,    &malthusian_kind, &mutex_kind,    &cond_kind,
    &once_kind,    &sem_kind,        &rwmutex_kind,  &rwlock_kind,
    &seqlock_kind, &barrier_kind,    &promises_kind, NULL};

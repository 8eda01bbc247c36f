/* SPDX-License-Identifier: MIT */
/* Functions whose machine code tests/generated/run looks at, compiled at -O2. */
#include <lockstep.h>

#define CONTEXT_FREE(name)                                                               \
    void name##_lock(lks_##name##_t *lock);                                              \
    void name##_lock(lks_##name##_t *lock)                                               \
    {                                                                                    \
        lks_##name##_lock(lock);                                                         \
    }                                                                                    \
    void name##_unlock(lks_##name##_t *lock);                                            \
    void name##_unlock(lks_##name##_t *lock)                                             \
    {                                                                                    \
        lks_##name##_unlock(lock);                                                       \
    }

CONTEXT_FREE(tas)
CONTEXT_FREE(ttas)
CONTEXT_FREE(backoff)
CONTEXT_FREE(ticket)
CONTEXT_FREE(ticket_backoff)
CONTEXT_FREE(anderson)
CONTEXT_FREE(mcs_k42)
CONTEXT_FREE(mutex)

bool ttas_trylock(lks_ttas_t *lock);
bool ttas_trylock(lks_ttas_t *lock)
{
    return lks_ttas_trylock(lock);
}

void clh_lock(lks_clh_t *lock, lks_clh_node_t **spare);
void clh_lock(lks_clh_t *lock, lks_clh_node_t **spare)
{
    lks_clh_lock(lock, spare);
}

void clh_unlock(lks_clh_t *lock);
void clh_unlock(lks_clh_t *lock)
{
    lks_clh_unlock(lock);
}

void mcs_lock(lks_mcs_t *lock, lks_mcs_node_t *node);
void mcs_lock(lks_mcs_t *lock, lks_mcs_node_t *node)
{
    lks_mcs_lock(lock, node);
}

void mcs_unlock(lks_mcs_t *lock, lks_mcs_node_t *node);
void mcs_unlock(lks_mcs_t *lock, lks_mcs_node_t *node)
{
    lks_mcs_unlock(lock, node);
}

#define BARRIER(name)                                                                    \
    void name##_barrier_wait(lks_##name##_barrier_t *barrier, uint32_t thread_index);    \
    void name##_barrier_wait(lks_##name##_barrier_t *barrier, uint32_t thread_index)     \
    {                                                                                    \
        lks_##name##_barrier_wait(barrier, thread_index);                                \
    }
LKS_EACH_BARRIER(BARRIER)

/* SPDX-License-Identifier: MIT */
#include "bench/peers.h"

#include <ck_barrier.h>
#include <ck_pflock.h>
#include <ck_rwlock.h>
#include <ck_spinlock.h>

PEER_LOCK(fas, ck_spinlock_fas_t, 0, ck_spinlock_fas_init(lock),
          ck_spinlock_fas_lock(lock), ck_spinlock_fas_trylock(lock),
          ck_spinlock_fas_unlock(lock), (void)0)
PEER_LOCK(fas_backoff, ck_spinlock_fas_t, 0, ck_spinlock_fas_init(lock),
          ck_spinlock_fas_lock_eb(lock), ck_spinlock_fas_trylock(lock),
          ck_spinlock_fas_unlock(lock), (void)0)
PEER_LOCK(ticket, ck_spinlock_ticket_t, 0, ck_spinlock_ticket_init(lock),
          ck_spinlock_ticket_lock(lock), ck_spinlock_ticket_trylock(lock),
          ck_spinlock_ticket_unlock(lock), (void)0)
PEER_LOCK(mcs, ck_spinlock_mcs_t, sizeof(ck_spinlock_mcs_context_t),
          ck_spinlock_mcs_init(lock), ck_spinlock_mcs_lock(lock, node),
          ck_spinlock_mcs_trylock(lock, node), ck_spinlock_mcs_unlock(lock, node),
          (void)0)

PEER_RWLOCK(rwlock, ck_rwlock_t, ck_rwlock_init(lock), ck_rwlock_read_lock(lock),
            ck_rwlock_read_trylock(lock), ck_rwlock_read_unlock(lock),
            ck_rwlock_write_lock(lock), ck_rwlock_write_trylock(lock),
            ck_rwlock_write_unlock(lock), (void)0)
PEER_RWLOCK_AS(pflock, ck_pflock_t, ck_pflock_init(lock), ck_pflock_read_lock(lock), NULL,
               ck_pflock_read_unlock(lock), ck_pflock_write_lock(lock), NULL,
               ck_pflock_write_unlock(lock), (void)0)

/* With what each thread remembers, on lines of its own. */
struct centralized {
    ck_barrier_centralized_t barrier;
    unsigned threads;
    struct {
        _Alignas(LKS_CACHE_LINE) ck_barrier_centralized_state_t state;
    } each[];
};

static void centralized_init(struct centralized *lock, uint32_t nthreads)
{
    *lock = (struct centralized){.barrier = CK_BARRIER_CENTRALIZED_INITIALIZER,
                                 .threads = nthreads};
    for (uint32_t i = 0; i < nthreads; i++) {
        lock->each[i].state =
            (ck_barrier_centralized_state_t)CK_BARRIER_CENTRALIZED_STATE_INITIALIZER;
    }
}

PEER_BARRIER(centralized, struct centralized,
             sizeof(struct centralized) + (size_t)nthreads * LKS_CACHE_LINE,
             centralized_init(lock, nthreads),
             ck_barrier_centralized(&lock->barrier, &lock->each[self].state,
                                    lock->threads),
             (void)0)

const struct competitor ck_peers[] = {
    LISTED_LOCK("ck:fas", "test-and-test-and-set; never yields", fas),
    LISTED_LOCK("ck:fas_eb", "the same with exponential backoff", fas_backoff),
    LISTED_LOCK("ck:ticket", "ticket lock; never yields", ticket),
    LISTED_LOCK("ck:mcs", "MCS queue lock; never yields", mcs),
    LISTED_RWLOCK("ck:rwlock", "a count and a writer's flag; never yields", rwlock),
    LISTED_RWLOCK("ck:pflock", "phase-fair; never yields", pflock),
    LISTED_BARRIER("ck:centralized", "one counter; never yields", centralized),
    LAST_PEER,
};

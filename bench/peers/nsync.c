/* SPDX-License-Identifier: MIT */
#include "bench/peers.h"

#include <nsync.h>

PEER_LOCK(mu, nsync_mu, 0, nsync_mu_init(lock), nsync_mu_lock(lock),
          nsync_mu_trylock(lock) != 0, nsync_mu_unlock(lock), (void)0)
PEER_RWLOCK(rw_mu, nsync_mu, nsync_mu_init(lock), nsync_mu_rlock(lock),
            nsync_mu_rtrylock(lock) != 0, nsync_mu_runlock(lock), nsync_mu_lock(lock),
            nsync_mu_trylock(lock) != 0, nsync_mu_unlock(lock), (void)0)

const struct competitor nsync_peers[] = {
    LISTED_LOCK("nsync:mu", "mutex; spins, then sleeps", mu),
    LISTED_RWLOCK("nsync:rw_mu", "the same mutex with readers", rw_mu),
    LAST_PEER,
};

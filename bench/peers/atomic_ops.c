/* SPDX-License-Identifier: MIT */
#include "bench/peers.h"

#include <atomic_ops.h>

/* The loop that the library is used in; it has no lock of its own. */
PEER_LOCK(test_and_set, AO_TS_t, 0, *lock = AO_TS_INITIALIZER,
          while (AO_test_and_set_acquire(lock) == AO_TS_SET){},
          AO_test_and_set_acquire(lock) != AO_TS_SET, AO_CLEAR(lock), (void)0)

const struct competitor atomic_ops_peers[] = {
    LISTED_LOCK("atomic_ops:tas", "a loop of its test-and-set; never yields",
                test_and_set),
    LAST_PEER,
};

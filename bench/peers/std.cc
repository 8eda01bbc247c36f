// SPDX-License-Identifier: MIT
#include "bench/peers.h"

#include <barrier>
#include <mutex>
#include <new>
#include <shared_mutex>

PEER_LOCK(mutex, std::mutex, 0, new (lock) std::mutex, lock->lock(), lock->try_lock(),
          lock->unlock(), lock->~mutex())
PEER_RWLOCK(shared_mutex, std::shared_mutex, new (lock) std::shared_mutex,
            lock->lock_shared(), lock->try_lock_shared(), lock->unlock_shared(),
            lock->lock(), lock->try_lock(), lock->unlock(), lock->~shared_mutex())

using barrier_type = std::barrier<>;
PEER_BARRIER(barrier, barrier_type, sizeof(barrier_type),
             new (lock) barrier_type(static_cast<std::ptrdiff_t>(nthreads)),
             lock->arrive_and_wait(), lock->~barrier_type())

const struct competitor std_peers[] = {
    LISTED_LOCK("std:mutex", "C++11's mutex", mutex),
    LISTED_RWLOCK("std:shared_mutex", "C++17's reader-writer lock", shared_mutex),
    LISTED_BARRIER("std:barrier", "C++20's barrier", barrier),
    LAST_PEER,
};

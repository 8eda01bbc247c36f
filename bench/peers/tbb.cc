// SPDX-License-Identifier: MIT
#include "bench/peers.h"

#include <new>
#include <oneapi/tbb/mutex.h>
#include <oneapi/tbb/queuing_mutex.h>
#include <oneapi/tbb/rw_mutex.h>
#include <oneapi/tbb/spin_mutex.h>
#include <oneapi/tbb/spin_rw_mutex.h>

using tbb::queuing_mutex;

PEER_LOCK(mutex, tbb::mutex, 0, new (lock) tbb::mutex, lock->lock(), lock->try_lock(),
          lock->unlock(), lock->~mutex())
PEER_LOCK(spin_mutex, tbb::spin_mutex, 0, new (lock) tbb::spin_mutex, lock->lock(),
          lock->try_lock(), lock->unlock(), lock->~spin_mutex())
// A thread's node is the scope of its lock.
PEER_LOCK(queuing, queuing_mutex, sizeof(queuing_mutex::scoped_lock),
          new (lock) queuing_mutex,
          (new (node) queuing_mutex::scoped_lock)->acquire(*lock),
          (new (node) queuing_mutex::scoped_lock)->try_acquire(*lock), (void)lock;
          static_cast<queuing_mutex::scoped_lock *>(node)->release(),
          lock->~queuing_mutex())

PEER_RWLOCK(rw_mutex, tbb::rw_mutex, new (lock) tbb::rw_mutex, lock->lock_shared(),
            lock->try_lock_shared(), lock->unlock_shared(), lock->lock(),
            lock->try_lock(), lock->unlock(), lock->~rw_mutex())
PEER_RWLOCK(spin_rw_mutex, tbb::spin_rw_mutex, new (lock) tbb::spin_rw_mutex,
            lock->lock_shared(), lock->try_lock_shared(), lock->unlock_shared(),
            lock->lock(), lock->try_lock(), lock->unlock(), lock->~spin_rw_mutex())

const struct competitor tbb_peers[] = {
    LISTED_LOCK("tbb:mutex", "mutex; spins, then sleeps", mutex),
    LISTED_LOCK("tbb:spin_mutex", "test-and-set with backoff, then yields", spin_mutex),
    LISTED_LOCK("tbb:queuing_mutex", "MCS queue lock; yields", queuing),
    LISTED_RWLOCK("tbb:rw_mutex", "reader-writer lock; spins, then sleeps", rw_mutex),
    LISTED_RWLOCK("tbb:spin_rw_mutex", "spins with backoff, then yields", spin_rw_mutex),
    LAST_PEER,
};

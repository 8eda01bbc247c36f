// SPDX-License-Identifier: MIT
#include "bench/peers.h"

#include <absl/synchronization/mutex.h>
#include <new>

// As in programs that are built without assertions; a library that was built with them
// looks for deadlocks unless told not to.
static void make(absl::Mutex *lock)
{
    absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
    new (lock) absl::Mutex;
}

PEER_LOCK(mutex, absl::Mutex, 0, make(lock), lock->Lock(), lock->TryLock(),
          lock->Unlock(), lock->~Mutex())
PEER_RWLOCK(rw_mutex, absl::Mutex, make(lock), lock->ReaderLock(), lock->ReaderTryLock(),
            lock->ReaderUnlock(), lock->Lock(), lock->TryLock(), lock->Unlock(),
            lock->~Mutex())

const struct competitor absl_peers[] = {
    LISTED_LOCK("absl:mutex", "mutex; spins, then sleeps; deadlocks not looked for",
                mutex),
    LISTED_RWLOCK("absl:rw_mutex", "the same mutex with readers", rw_mutex),
    LAST_PEER,
};

// SPDX-License-Identifier: MIT
// For clang++ -Wthread-safety: right, but for what the macro asks for that is defined.
#include <lockstep.hpp>

static lks::mutex mutex;
static lks::mcs mcs;
static lks::shared_mutex shared;
static lks::condition_variable changed;
static long with_mutex LKS_GUARDED_BY(mutex);
static long with_mcs LKS_GUARDED_BY(mcs);
static long with_shared LKS_GUARDED_BY(shared);

static long right()
{
    {
        lks::lock_guard<lks::mutex> guard(mutex);
        with_mutex++;
    }
    {
        lks::node_guard<lks::mcs> guard(mcs);
        with_mcs++;
    }
    {
        lks::lock_guard<lks::mutex> guard(mutex);
        while (with_mutex < 0) {
            changed.wait(mutex);
        }
        (void)changed.wait_for(mutex, std::chrono::seconds(1));
        with_mutex++;
    }
    if (mutex.try_lock_for(std::chrono::seconds(1))) {
        with_mutex++;
        mutex.unlock();
    }
    lks::shared_lock_guard<lks::shared_mutex> guard(shared);
    return with_shared;
}

static long perhaps_wrong()
{
#ifdef MISSING_UNLOCK
    mutex.lock();
    return with_mutex;
#elif defined WITHOUT_LOCK
    return with_mcs;
#elif defined READER_WRITES
    lks::shared_lock_guard<lks::shared_mutex> guard(shared);
    return with_shared++;
#elif defined ANOTHER_LOCK
    lks::lock_guard<lks::mutex> guard(mutex);
    return with_shared;
#elif defined WAITS_WITHOUT
    changed.wait(mutex);
    return 0;
#else
    return 0;
#endif
}

int main()
{
    return right() + perhaps_wrong() == 0;
}

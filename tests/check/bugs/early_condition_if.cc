/* SPDX-License-Identifier: MIT */
/* std::condition_variable::wait may return although nobody has notified. */
// expect: wrong assertion
// expect: verified 2 executions -DLOOK_AGAIN
#include <cassert>
#include <condition_variable>
#include <mutex>
#include <thread>

static std::mutex mutex;
static std::condition_variable condition;
static bool ready;

static void sender()
{
    std::lock_guard<std::mutex> guard(mutex);
    ready = true;
    condition.notify_one();
}

int main()
{
    std::thread thread(sender);
    {
        std::unique_lock<std::mutex> guard(mutex);
#ifdef LOOK_AGAIN
        condition.wait(guard, [] { return ready; });
#else
        if (!ready) {
            condition.wait(guard);
        }
#endif
        assert(ready);
    }
    thread.join();
    return 0;
}

// SPDX-License-Identifier: MIT
// Threads that wait for an atomic object: nobody notifies; or before the value is there;
// or what is passed on is not ordered, by a wait that is relaxed, or by notifications of
// which one comes behind the other.
// expect: wrong hang -std=c++20 -DBUG=FORGOTTEN
// expect: wrong hang -std=c++20 -DBUG=TOO_EARLY
// expect: wrong race -std=c++20 -DBUG=RELAXED
// expect: wrong race -std=c++20 -DBUG=ONLY_NOTIFIED
// expect: wrong race -std=c++20 -DBUG=RELAXED -DTYPE=long
// long: wrong hang -std=c++20 -DBUG=TOO_EARLY -DTYPE=long
// long: verified -std=c++20 -DBUG=NONE -DTYPE=long
// expect: verified -std=c++20 -DBUG=NONE
#include <atomic>
#include <thread>

enum { NONE, FORGOTTEN, TOO_EARLY, RELAXED, ONLY_NOTIFIED };
#ifndef TYPE
#define TYPE int
#endif

static std::atomic<TYPE> ready, notified;
static int data;

static void pass_on()
{
    data = 1;
    if (BUG == TOO_EARLY) {
        ready.notify_one();
    }
    ready.store(1, std::memory_order_release);
    if (BUG != FORGOTTEN && BUG != TOO_EARLY) {
        ready.notify_one();
    }
    notified.store(1, std::memory_order_relaxed);
}

static int get()
{
    if (BUG == ONLY_NOTIFIED) {
        if (notified.load(std::memory_order_relaxed) == 0) {
            return 1;
        }
        ready.notify_one();
    } else {
        ready.wait(0, BUG == RELAXED ? std::memory_order_relaxed
                                     : std::memory_order_acquire);
    }
    return data;
}

int main()
{
    std::thread worker(pass_on);
    int got = get();
    worker.join();
    return got != 1;
}

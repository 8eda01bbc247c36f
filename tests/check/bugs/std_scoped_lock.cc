/* SPDX-License-Identifier: MIT */
// expect: wrong assertion -std=c++17
// expect: wrong hang -std=c++17 -DHELD
/*
 * std::scoped_lock holds one mutex while it tries the other, and in its second try it is
 * the second one that it holds: here both of the two are seen by who tries the mutex. Or
 * it waits for one that is never given back.
 */
#include <cassert>
#include <mutex>
#include <thread>

static std::mutex left, right;

int main()
{
    right.lock();
    std::thread both([] { std::scoped_lock guard(left, right); });
#ifndef HELD
    left.lock(); // the other one may wait for `right` now, which it has found taken
    right.unlock();
    bool free = right.try_lock();
    assert(free);
    left.unlock();
    right.unlock();
#endif
    both.join();
    return 0;
}

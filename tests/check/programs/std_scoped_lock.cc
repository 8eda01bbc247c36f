/* SPDX-License-Identifier: MIT */
// expect: verified 2 executions
// expect: verified 2 executions -std=c++14
// long: verified 6 executions -DPHILOSOPHERS
/*
 * std::scoped_lock and std::lock take mutexes in whatever order, without a deadlock:
 * where one of them is taken, they give the others back and try again, as often as they
 * must. What they do until they succeed makes no execution of its own: one thread or the
 * other has the mutexes first, and of three threads that have two each, in a circle, all
 * orders but the two that go round: 2 * 2 * 2 - 2. (If another one tries a mutex it may
 * see that: bugs/std_scoped_lock.cc.)
 */
#include <cassert>
#include <mutex>
#include <thread>

static std::mutex from, to, fork;
static int source = 10, target = 0;

static void move(std::mutex &one, std::mutex &other, int much)
{
#if __cplusplus >= 201703L
    std::scoped_lock guard(one, other);
#else
    std::lock(one, other);
    std::lock_guard<std::mutex> guard(one, std::adopt_lock);
    std::lock_guard<std::mutex> another(other, std::adopt_lock);
#endif
    if (&one != &to || &other != &fork) {
        source -= much;
        target += much;
    }
}

int main()
{
    std::thread there([] { move(from, to, 1); });
#ifdef PHILOSOPHERS
    std::thread round([] { move(to, fork, 0); });
    std::thread back([] { move(fork, from, -1); });
    round.join();
#else
    std::thread back([] { move(to, from, -1); });
#endif
    there.join();
    back.join();
    assert(source == 10 && target == 0);
    return 0;
}

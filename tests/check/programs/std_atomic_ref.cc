/* SPDX-License-Identifier: MIT */
// expect: verified 8 executions -std=c++20
// expect: wrong race -std=c++20 -DPLAIN
// std::atomic_ref: two additions to an int have 2 orders, those to a double have 2 in
// each of which the second thread tries once or twice. Not both atomic is a race.
#include <atomic>
#include <cassert>
#include <thread>

static int number;
static double sum;

static void add()
{
#ifdef PLAIN
    number++;
#endif
    std::atomic_ref<int>(number).fetch_add(1, std::memory_order_relaxed);
    std::atomic_ref<double>(sum).fetch_add(1.5, std::memory_order_relaxed);
}

int main()
{
    std::thread one(add), other(add);
    one.join();
    other.join();
    assert(number == 2 && sum == 3);
    return 0;
}

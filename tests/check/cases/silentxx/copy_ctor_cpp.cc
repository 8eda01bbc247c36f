/* SPDX-License-Identifier: MIT */
#include <algorithm>
#include <atomic>
#include <cassert>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <iostream>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <queue>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>
struct s {
    int a[16];
};
s x;
int f(s q)
{
    return q.a[3];
}
static void other()
{
    volatile int k = f(x);
    (void)k;
}
int main()
{
    std::thread t(other);
    x.a[3] = 1;
    t.join();
    return 0;
}

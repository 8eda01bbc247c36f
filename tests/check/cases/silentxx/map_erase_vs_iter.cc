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
std::map<int, int> m{{1, 1}, {2, 2}, {3, 3}};
static void other()
{
    m.erase(2);
}
int main()
{
    std::thread t(other);
    int n = 0;
    for (auto &p : m)
        n += p.first;
    volatile int k = n;
    (void)k;
    t.join();
    return 0;
}

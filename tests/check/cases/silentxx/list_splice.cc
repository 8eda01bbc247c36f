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
std::list<int> l, m{1, 2};
static void other()
{
    l.splice(l.end(), m);
}
int main()
{
    std::thread t(other);
    volatile bool b = l.empty();
    (void)b;
    t.join();
    return 0;
}

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
std::mutex m;
std::condition_variable c;
bool ready;
static void other()
{
    std::lock_guard<std::mutex> g(m);
    ready = true;
    c.notify_one();
}
int main()
{
    std::thread t(other);
    std::unique_lock<std::mutex> g(m);
    if (!ready)
        c.wait(g);
    assert(ready);
    g.unlock();
    t.join();
    return 0;
}

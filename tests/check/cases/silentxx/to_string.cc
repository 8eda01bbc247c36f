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

static void other()
{
    auto s = std::to_string(12);
    (void)s;
}
int main()
{
    std::thread t(other);
    auto s = std::to_string(13);
    (void)s;
    t.join();
    return 0;
}

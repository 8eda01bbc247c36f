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
std::vector<int> v{3, 2, 1};
static void other()
{
    std::sort(v.begin(), v.end());
}
int main()
{
    std::thread t(other);
    volatile int k = v[0];
    (void)k;
    t.join();
    return 0;
}

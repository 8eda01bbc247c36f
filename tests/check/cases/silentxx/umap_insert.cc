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
std::unordered_map<int, int> m;
static void other()
{
    m[1] = 1;
}
int main()
{
    std::thread t(other);
    m[2] = 2;
    t.join();
    return 0;
}

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
std::vector<bool> v(8);
static void other()
{
    v[1] = true;
}
int main()
{
    std::thread t(other);
    v[2] = true;
    t.join();
    return 0;
}

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
std::shared_ptr<int> p = std::make_shared<int>(3);
static void other()
{
    p.reset();
}
int main()
{
    std::thread t(other);
    auto q = p;
    (void)q;
    t.join();
    return 0;
}

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
std::string s("abc");
static void other()
{
    std::string c(s);
    (void)c;
}
int main()
{
    std::thread t(other);
    s[0] = 66;
    t.join();
    return 0;
}

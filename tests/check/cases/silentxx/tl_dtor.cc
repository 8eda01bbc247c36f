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
int x;
struct D {
    ~D()
    {
        x++;
    }
};
static void other()
{
    thread_local D d;
    (void)&d;
}
int main()
{
    std::thread t(other);
    x++;
    t.join();
    return 0;
}

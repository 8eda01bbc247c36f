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
std::exception_ptr p;
static void other()
{
    try {
        throw 1;
    } catch (...) {
        p = std::current_exception();
    }
}
int main()
{
    std::thread t(other);
    t.join();
    try {
        std::rethrow_exception(p);
    } catch (int) {
    }
    return 0;
    t.join();
    return 0;
}

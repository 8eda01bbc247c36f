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
struct S {
    int v;
    S() : v(3)
    {
    }
};
S *inst;
S *get()
{
    if (!inst)
        inst = new S;
    return inst;
}
static void other()
{
    assert(get()->v == 3);
}
int main()
{
    std::thread t(other);
    assert(get()->v == 3);
    t.join();
    return 0;
}

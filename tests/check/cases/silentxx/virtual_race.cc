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
struct B {
    virtual ~B()
    {
        done();
    }
    void done()
    {
        for (int i = 0; i < 1; i++)
            ;
    }
    virtual void f()
    {
    }
};
struct Dd : B {
    void f() override
    {
    }
};
B *b = new Dd;
static void other()
{
    b->f();
}
int main()
{
    std::thread t(other);
    delete b;
    t.join();
    return 0;
}

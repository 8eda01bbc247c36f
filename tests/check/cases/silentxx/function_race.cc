/* SPDX-License-Identifier: MIT */
#include <functional>
#include <thread>
std::function<int()> f = [] { return 1; };
static void other()
{
    f = [] { return 2; };
}
int main()
{
    std::thread t(other);
    f();
    t.join();
    return 0;
}

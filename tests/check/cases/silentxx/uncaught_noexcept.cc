/* SPDX-License-Identifier: MIT */
#include <thread>

static void other()
{
    []() noexcept { throw 1; }();
}
int main()
{
    std::thread t(other);
    t.join();
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: verified -std=c++20
// C++20's waiting: a latch, which is atomic::wait inside.
#include <cassert>
#include <latch>
#include <thread>

int main()
{
    int data = 0;
    std::latch ready(1);
    std::thread worker([&] {
        data = 1;
        ready.count_down();
    });
    ready.wait();
    assert(data == 1);
    worker.join();
    return 0;
}

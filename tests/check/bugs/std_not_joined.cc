/* SPDX-License-Identifier: MIT */
// long: wrong abort
// A std::thread that is neither joined nor detached: its destructor ends the program.
#include <atomic>
#include <thread>

static std::atomic<int> ready{0};

int main()
{
    std::thread worker([] { ready.store(1); });
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: wrong abort
// An exception that leaves a thread ends the program.
#include <atomic>
#include <stdexcept>
#include <thread>

static std::atomic<int> budget{1};

static void spend()
{
    if (budget.load() == 0) {
        throw std::runtime_error("broke");
    }
    budget.store(0);
}

int main()
{
    std::thread first(spend), second(spend);
    first.join();
    second.join();
    return 0;
}

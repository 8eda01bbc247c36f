// SPDX-License-Identifier: MIT
// expect: verified -std=c++17
// Operators of the program's own, which those come down to that it does not define.
#include <cassert>
#include <cstdlib>
#include <new>
#include <string>
#include <thread>

static thread_local int blocks;

void *operator new(std::size_t size)
{
    blocks++;
    return std::malloc(size);
}

void operator delete(void *block) noexcept
{
    blocks--;
    std::free(block);
}

struct wide {
    alignas(64) int number = 1;
};

int main()
{
    int before = blocks;
    auto *number = new int(1);
    auto *numbers = new int[2];
    auto *other = new (std::nothrow) long;
    assert(blocks == before + 3);
    auto *aligned = new wide;
    delete number;
    delete[] numbers;
    delete other;
    assert(blocks == before);
    delete aligned;
    std::string text(100, 'x');
    std::thread([] { delete new int; }).join();
    return 0;
}

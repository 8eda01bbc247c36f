/* SPDX-License-Identifier: MIT */
// KIND: atomic_ref, counter; EXPECT: verified
#include <atomic>
#include <cassert>
#include <thread>
int main()
{
    int n = 0;
    {
        std::jthread a([&] { std::atomic_ref(n)++; }), b([&] { std::atomic_ref(n)++; });
    }
    assert(n == 2);
}

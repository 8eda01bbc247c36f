/* SPDX-License-Identifier: MIT */
// expect: refused __future_base
// Half of std::future is in the library, where lockcheck cannot see it: it must say so.
#include <cassert>
#include <future>
#include <thread>

int main()
{
    std::promise<int> promise;
    std::future<int> future = promise.get_future();
    std::thread worker([&promise] { promise.set_value(42); });
    assert(future.get() == 42);
    worker.join();
    return 0;
}

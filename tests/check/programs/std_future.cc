/* SPDX-License-Identifier: MIT */
// expect: verified
// A promise kept by another thread.
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

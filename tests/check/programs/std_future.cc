/* SPDX-License-Identifier: MIT */
// expect: verified
// A promise kept by another thread; and one that has thrown and is the last to let go.
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

    std::packaged_task<void()> task([] { throw 3; });
    std::future<void> outcome = task.get_future();
    std::thread thrower(std::move(task));
    try {
        outcome.get();
        assert(false);
    } catch (int number) {
        assert(number == 3);
    }
    thrower.join();
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: verified
// std::condition_variable with a predicate, and unique_lock.
#include <cassert>
#include <condition_variable>
#include <mutex>
#include <thread>

int main()
{
    std::mutex mutex;
    std::condition_variable changed;
    int value = 0;
    std::thread producer([&] {
        {
            std::lock_guard<std::mutex> guard(mutex);
            value = 42;
        }
        changed.notify_one();
    });
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait(lock, [&] { return value != 0; });
    assert(value == 42);
    lock.unlock();
    producer.join();
    return 0;
}

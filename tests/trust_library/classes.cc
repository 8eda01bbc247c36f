// SPDX-License-Identifier: MIT
// The C++ classes, which call the same functions: locks, a condition, call_once.
#include <lockstep.hpp>

#include <cassert>
#include <mutex>
#include <shared_mutex>
#include <thread>

static lks::mutex mutex;
static lks::shared_mutex shared;
static lks::condition_variable ready;
static lks::once_flag flag;
static bool is_ready;
static int calls, number;

static void wait_and_read()
{
    std::unique_lock lock(mutex);
    ready.wait(lock, [] { return is_ready; });
    lks::call_once(flag, [] { calls++; });
    std::shared_lock reader(shared);
    assert(number == 1);
}

int main()
{
    std::thread thread(wait_and_read);
    {
        std::unique_lock writer(shared);
        number++;
    }
    {
        std::scoped_lock lock(mutex);
        is_ready = true;
        ready.notify_one();
    }
    lks::call_once(flag, [] { calls++; });
    thread.join();
    assert(calls == 1);
}

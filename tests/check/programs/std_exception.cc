/* SPDX-License-Identifier: MIT */
// expect: verified 2 executions
// Exceptions within a thread, across frames that hold a lock: 2! orders.
#include <cassert>
#include <mutex>
#include <stdexcept>
#include <thread>

static std::mutex mutex;
static int caught;

static void fail()
{
    std::lock_guard<std::mutex> guard(mutex);
    caught++;
    throw std::runtime_error("after all");
}

static void try_it()
{
    try {
        fail();
        assert(false);
    } catch (const std::runtime_error &) {
    }
}

int main()
{
    std::thread first(try_it), second(try_it);
    first.join();
    second.join();
    assert(caught == 2);
    return 0;
}

/* SPDX-License-Identifier: MIT */
// long: verified 1 execution -DWAIT=by_load
// long: verified 1 execution -DWAIT=by_conversion
// expect: verified 1 execution -DWAIT=by_operator
// long: verified 1 execution -DWAIT=by_lambda
// long: verified 1 execution -DWAIT=by_flag
// expect: verified 1 execution -DWAIT=by_swap
// expect: verified 1 execution -DWAIT=with_yield
// long: verified 1 execution -DWAIT=with_sleep
// Ways to wait in C++: one execution each, as in waits.c.
#include <atomic>
#include <cassert>
#include <chrono>
#include <thread>

#ifndef WAIT
#define WAIT by_load
#endif

static int data;
static std::atomic<bool> flag{false};
static std::atomic_flag closed = ATOMIC_FLAG_INIT;

class Signal
{
  public:
    explicit Signal(const std::atomic<bool> &which) : watched(which)
    {
    }
    explicit operator bool() const
    {
        return watched.load(std::memory_order_acquire);
    }
    bool operator!() const
    {
        return !static_cast<bool>(*this);
    }

  private:
    const std::atomic<bool> &watched;
};

[[maybe_unused]] static void by_load()
{
    while (!flag.load(std::memory_order_acquire)) {
    }
}

[[maybe_unused]] static void by_conversion()
{
    while (!flag) {
    }
}

[[maybe_unused]] static void by_operator()
{
    Signal signal(flag);
    while (!signal) {
    }
}

[[maybe_unused]] static void by_lambda()
{
    auto ready = [](const auto &which) { return which.load() == true; };
    while (!ready(flag)) {
    }
}

[[maybe_unused]] static void by_flag()
{
    while (closed.test_and_set(std::memory_order_acquire)) {
    }
}

[[maybe_unused]] static void by_swap()
{
    bool expected = true;
    while (!flag.compare_exchange_weak(expected, true, std::memory_order_acquire,
                                       std::memory_order_relaxed)) {
        expected = true;
    }
}

[[maybe_unused]] static void with_yield()
{
    while (!flag.load()) {
        std::this_thread::yield();
    }
}

[[maybe_unused]] static void with_sleep()
{
    while (!flag.load()) {
        std::this_thread::sleep_for(std::chrono::microseconds(1));
    }
}

int main()
{
    closed.test_and_set();
    std::thread publisher([] {
        data = 1;
        closed.clear(std::memory_order_release);
        flag.store(true, std::memory_order_release);
    });
    WAIT();
    assert(data == 1);
    publisher.join();
    return 0;
}

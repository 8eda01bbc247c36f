/* SPDX-License-Identifier: MIT */
// KIND: a coroutine resumed on another thread through a relaxed/released flag; EXPECT: BUG=race FIXED=verified
#include <atomic>
#include <cassert>
#include <coroutine>
#include <thread>
struct task {
    struct promise_type {
        task get_return_object()
        {
            return {};
        }
        std::suspend_never initial_suspend() noexcept
        {
            return {};
        }
        std::suspend_never final_suspend() noexcept
        {
            return {};
        }
        void return_void()
        {
        }
        void unhandled_exception()
        {
            std::terminate();
        }
    };
};
static std::atomic<void *> parked{nullptr};
#ifdef FIXED
constexpr auto rel = std::memory_order_release;
#else
constexpr auto rel = std::memory_order_relaxed;
#endif
struct park {
    bool await_ready()
    {
        return false;
    }
    void await_suspend(std::coroutine_handle<> h)
    {
        parked.store(h.address(), rel);
    }
    void await_resume()
    {
    }
};
static int data;
static task go()
{
    data = 1;
    co_await park{};
    assert(data == 1);
}
int main()
{
    std::thread t([] {
        void *a;
        while (!(a = parked.load(std::memory_order_acquire))) {
        }
        std::coroutine_handle<>::from_address(a).resume();
    });
    go();
    t.join();
}

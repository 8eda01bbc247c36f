/* SPDX-License-Identifier: MIT */
/* A thread looks at the variable that it is kept in. C and C++ have that written before
   it begins; POSIX not, and a thread that is assigned to it may come first. */
// expect: verified -DWAY=std_thread
// expect: verified -DWAY=c11_thread
// expect: wrong race -DWAY=assigned
// expect: wrong race -DWAY=posix_thread
#include <cassert>
#include <pthread.h>
#include <thread>
#include <threads.h>

static std::thread kept;
static thrd_t number;
static pthread_t name;

[[maybe_unused]] static void std_thread()
{
    std::thread thread(
        [&thread] { assert(thread.get_id() == std::this_thread::get_id()); });
    thread.join();
}

[[maybe_unused]] static void assigned()
{
    kept = std::thread([] { (void)kept.get_id(); });
    kept.join();
}

[[maybe_unused]] static void c11_thread()
{
    thrd_create(
        &number, [](void *) { return thrd_equal(number, thrd_current()) ? 0 : 1; },
        nullptr);
    int result;
    thrd_join(number, &result);
    assert(result == 0);
}

[[maybe_unused]] static void posix_thread()
{
    pthread_create(
        &name, nullptr,
        [](void *) -> void * {
            assert(pthread_equal(name, pthread_self()));
            return nullptr;
        },
        nullptr);
    pthread_join(name, nullptr);
}

int main()
{
    WAY();
    return 0;
}

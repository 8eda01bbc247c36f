/* SPDX-License-Identifier: MIT */
// expect: wrong misuse
/* A try that has no result where it fails. */
#include <atomic>
#include <thread>

static std::atomic<bool> taken;

static bool try_to_take()
{
    if (!taken.exchange(true)) {
        return true;
    } /* wrong: and else? */
}

int main()
{
    std::thread other([] { (void)try_to_take(); });
    (void)try_to_take();
    other.join();
}

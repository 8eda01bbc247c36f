/* SPDX-License-Identifier: MIT */
// expect: verified
// std::call_once, and a static that is initialised by whoever comes first.
#include <cassert>
#include <memory>
#include <mutex>
#include <thread>

static std::once_flag once;
static std::unique_ptr<int> value;

static int &shared()
{
    static int instance = 7;
    return instance;
}

static void use()
{
    std::call_once(once, [] { value = std::make_unique<int>(42); });
    assert(*value == 42 && shared() == 7);
}

int main()
{
    std::thread first(use), second(use);
    first.join();
    second.join();
    value.reset();
    return 0;
}

/* SPDX-License-Identifier: MIT */
// long: verified
// std::shared_mutex: readers together, writers alone.
#include <cassert>
#include <mutex>
#include <shared_mutex>
#include <thread>

int main()
{
    std::shared_mutex mutex;
    int left = 0, right = 0;
    auto read = [&] {
        std::shared_lock<std::shared_mutex> guard(mutex);
        assert(left == right);
    };
    std::thread first(read), second(read);
    {
        std::unique_lock<std::shared_mutex> guard(mutex);
        left++;
        right++;
    }
    first.join();
    second.join();
    return 0;
}

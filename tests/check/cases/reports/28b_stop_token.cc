/* SPDX-License-Identifier: MIT */
// SRC: llvm #76807 hangs in std::condition_variable_any with std::stop_token; EXPECT: verified with libstdc++
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
int main()
{
    std::mutex m;
    std::condition_variable_any cv;
    std::jthread t([&](std::stop_token st) {
        while (!st.stop_requested()) {
            std::unique_lock lock{m};
            cv.wait(lock, st, [] { return false; });
        }
    });
}

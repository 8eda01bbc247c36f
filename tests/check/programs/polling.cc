// SPDX-License-Identifier: MIT
// expect: verified
/*
 * A thread polls under a std::mutex: what it waits for comes once, and it sees it when it
 * has come.
 */
#include <cassert>
#include <chrono>
#include <mutex>
#include <thread>

int main()
{
    std::mutex mutex;
    bool ready = false;
    int data = 0;
    std::thread thread([&] {
        data = 1;
        std::lock_guard<std::mutex> guard(mutex);
        ready = true;
    });
    for (;;) {
        std::unique_lock<std::mutex> guard(mutex);
        if (ready) {
            break;
        }
        guard.unlock();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    assert(data == 1);
    thread.join();
}

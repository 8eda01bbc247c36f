/* SPDX-License-Identifier: MIT */
#include <exception>
#include <thread>
std::exception_ptr p;
static void other()
{
    try {
        throw 1;
    } catch (...) {
        p = std::current_exception();
    }
}
int main()
{
    std::thread t(other);
    t.join();
    try {
        std::rethrow_exception(p);
    } catch (int) {
    }
    return 0;
}

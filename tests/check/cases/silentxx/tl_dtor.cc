/* SPDX-License-Identifier: MIT */
#include <thread>
int x;
struct D {
    ~D()
    {
        x++;
    }
};
static void other()
{
    thread_local D d;
    (void)&d;
}
int main()
{
    std::thread t(other);
    x++;
    t.join();
    return 0;
}

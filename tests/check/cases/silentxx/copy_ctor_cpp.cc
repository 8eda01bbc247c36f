/* SPDX-License-Identifier: MIT */
#include <thread>
struct s {
    int a[16];
};
s x;
int f(s q)
{
    return q.a[3];
}
static void other()
{
    volatile int k = f(x);
    (void)k;
}
int main()
{
    std::thread t(other);
    x.a[3] = 1;
    t.join();
    return 0;
}

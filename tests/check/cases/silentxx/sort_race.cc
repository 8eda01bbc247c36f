/* SPDX-License-Identifier: MIT */
#include <algorithm>
#include <thread>
#include <vector>
std::vector<int> v{3, 2, 1};
static void other()
{
    std::sort(v.begin(), v.end());
}
int main()
{
    std::thread t(other);
    volatile int k = v[0];
    (void)k;
    t.join();
    return 0;
}

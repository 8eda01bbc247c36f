/* SPDX-License-Identifier: MIT */
#include <memory>
#include <thread>
std::shared_ptr<int> p = std::make_shared<int>(3);
static void other()
{
    p.reset();
}
int main()
{
    std::thread t(other);
    auto q = p;
    (void)q;
    t.join();
    return 0;
}

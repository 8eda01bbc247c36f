/* SPDX-License-Identifier: MIT */
#include <cassert>
#include <thread>
struct S {
    int v;
    S() : v(3)
    {
    }
};
S *inst;
S *get()
{
    if (!inst)
        inst = new S;
    return inst;
}
static void other()
{
    assert(get()->v == 3);
}
int main()
{
    std::thread t(other);
    assert(get()->v == 3);
    t.join();
    return 0;
}

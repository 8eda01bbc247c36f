/* SPDX-License-Identifier: MIT */
#include <thread>
struct B {
    virtual ~B()
    {
        done();
    }
    void done()
    {
        for (int i = 0; i < 1; i++)
            ;
    }
    virtual void f()
    {
    }
};
struct Dd : B {
    void f() override
    {
    }
};
B *b = new Dd;
static void other()
{
    b->f();
}
int main()
{
    std::thread t(other);
    delete b;
    t.join();
    return 0;
}

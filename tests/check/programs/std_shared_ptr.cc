/* SPDX-License-Identifier: MIT */
// expect: verified
// Reference counts of the library: the last of two copies destroys the object.
#include <cassert>
#include <memory>
#include <thread>

static int destroyed;

struct Object {
    int value = 5;
    ~Object()
    {
        destroyed++;
    }
};

int main()
{
    auto first = std::make_shared<Object>();
    auto second = first;
    std::thread user([copy = std::move(second)]() mutable {
        assert(copy->value == 5);
        copy.reset();
    });
    first.reset();
    user.join();
    assert(destroyed == 1);
    return 0;
}

/* SPDX-License-Identifier: MIT */
// long: verified 1 execution
// thread_local with a constructor and a destructor in each thread.
#include <cassert>
#include <thread>

struct Own {
    int *where = nullptr;
    int value = 3;
    ~Own()
    {
        if (where != nullptr) {
            *where = value;
        }
    }
};

static thread_local Own own;

static void use(int *where)
{
    assert(own.value == 3);
    own.value++;
    own.where = where;
}

int main()
{
    int results[2] = {0, 0};
    std::thread first(use, &results[0]), second(use, &results[1]);
    first.join();
    second.join();
    assert(results[0] == 4 && results[1] == 4);
    return 0;
}

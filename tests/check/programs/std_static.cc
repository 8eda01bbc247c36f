/* SPDX-License-Identifier: MIT */
// long: verified
// A function static with a constructor that runs once, guarded by the compiler.
#include <cassert>
#include <thread>

struct Table {
    int entries[4];
    explicit Table(int first)
    {
        for (int &entry : entries) {
            entry = first++;
        }
    }
};

static const Table &table(int first)
{
    static Table only(first);
    return only;
}

int main()
{
    int sums[2] = {0, 0};
    auto use = [&sums](int self) { sums[self] = table(3).entries[3]; };
    std::thread first(use, 0), second(use, 1);
    first.join();
    second.join();
    assert(sums[0] == 6 && sums[1] == 6);
    return 0;
}

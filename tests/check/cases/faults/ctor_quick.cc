/* SPDX-License-Identifier: MIT */
#include <cassert>
#include <cstdlib>
struct S {
    S()
    {
        std::exit(0);
    }
} s;
int main()
{
    assert(0);
}

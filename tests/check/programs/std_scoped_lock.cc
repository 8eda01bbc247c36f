/* SPDX-License-Identifier: MIT */
// long: inconclusive
// std::scoped_lock takes two mutexes in whatever order, without a deadlock. It lets go
// and tries again as often as it must, and each try changes a mutex: no bound, so no
// proof.
#include <cassert>
#include <mutex>
#include <thread>

static std::mutex from, to;
static int source = 10, target = 0;

int main()
{
    std::thread there([] {
        std::scoped_lock guard(from, to);
        source--;
        target++;
    });
    std::thread back([] {
        std::scoped_lock guard(to, from);
        source++;
        target--;
    });
    there.join();
    back.join();
    assert(source == 10 && target == 0);
    return 0;
}

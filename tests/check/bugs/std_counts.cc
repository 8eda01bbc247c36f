// SPDX-License-Identifier: MIT
// A semaphore is given back more often than it may be, in some order of its users; a
// latch counts below zero. Nobody waits for either, so nothing else goes wrong.
// expect: wrong misuse -std=c++20 -DBUG=RELEASED_TWICE
// expect: wrong misuse -std=c++20 -DBUG=RELEASED_BY_TWO -O2
// expect: wrong misuse -std=c++20 -DBUG=RELEASED_LESS
// expect: wrong misuse -std=c++20 -DBUG=COUNTED_DOWN_TWICE
// expect: wrong misuse -std=c++20 -DBUG=COUNTED_DOWN_TOO_FAR -O2
// expect: verified -std=c++20 -DBUG=NONE
#include <latch>
#include <semaphore>
#include <thread>

enum bug {
    NONE,
    RELEASED_TWICE,
    RELEASED_BY_TWO,
    RELEASED_LESS,
    COUNTED_DOWN_TWICE,
    COUNTED_DOWN_TOO_FAR
};

static std::binary_semaphore one(0);
static std::counting_semaphore<2> two(0);
static std::latch gate(2);

static void run()
{
    one.release();
    two.release(BUG == RELEASED_BY_TWO ? 2 : 1);
    gate.count_down();
}

int main()
{
    std::thread thread(run);
    two.release();
    if (BUG == RELEASED_TWICE) {
        one.release();
    }
    if (BUG == RELEASED_LESS) {
        two.release(-1);
    }
    one.acquire();
    gate.count_down(BUG == COUNTED_DOWN_TOO_FAR ? 2 : 1);
    if (BUG == COUNTED_DOWN_TWICE) {
        gate.wait();
        gate.count_down();
    }
    two.acquire();
    thread.join();
    two.acquire();
    two.release(2);
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: wrong crash -DWHERE=1
// expect: wrong abort -DWHERE=2
// expect: wrong assertion -DWHERE=3
// expect: wrong exit status -DWHERE=4
// expect: refused main is not reached -DWHERE=5
// expect: refused main is not reached -DWHERE=6
// What a constructor does wrong is the program's.
#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void begin(void)
{
    switch (WHERE) {
    case 1:
        *(volatile int *)0 = 1; // crash 1
        break;
    case 2:
        abort(); // crash 2
    case 3:
        assert(WHERE != 3); // crash 3
        break;
    case 4:
        exit(4); // crash 4
    case 5:
        exit(0); // crash 5
    default:
        _exit(0); // crash 6
    }
}

int main(void)
{
    return 0;
}

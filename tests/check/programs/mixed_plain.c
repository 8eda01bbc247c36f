/* SPDX-License-Identifier: MIT */
/* A plain write of a whole is one to each of its halves, which are atomic. */
// expect: verified 1 execution
#include <assert.h>
#include <stdatomic.h>
#include <stdint.h>

static union {
    _Atomic uint32_t half[2];
    uint64_t whole;
} both;

int main(void)
{
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t first = both.half[0], second = both.half[1];
        assert(first == i && second == i);
        both.whole = (uint64_t)(i + 1) << 32 | (i + 1);
    }
    return 0;
}

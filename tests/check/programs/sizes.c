/* SPDX-License-Identifier: MIT */
// expect: verified 1 execution
// Atomics of every size, wrapping round, and each operation on one thread alone.
#include <assert.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

static _Atomic uint8_t byte = 255;
static _Atomic int16_t half = -1;
static _Atomic uint32_t word = UINT32_MAX;
static _Atomic uint64_t wide = UINT64_MAX;
static atomic_bool flag;
static int table[4];
static _Atomic(int *) pointer = table;

int main(void)
{
    assert(atomic_fetch_add(&byte, 2) == 255 && byte == 1);
    assert(atomic_fetch_sub(&half, 1) == -1 && half == -2);
    assert(++word == 0 && word-- == 0 && word == UINT32_MAX);
    assert(atomic_fetch_add(&wide, 1) == UINT64_MAX && wide == 0);
    assert(!atomic_exchange(&flag, true) && flag);
    assert(atomic_exchange(&pointer, &table[2]) == table && pointer == &table[2]);
    assert(atomic_fetch_or(&word, 1) == UINT32_MAX);
    assert(atomic_fetch_and(&word, 0xF0) == UINT32_MAX && word == 0xF0);
    assert(atomic_fetch_xor(&word, 0xFF) == 0xF0 && word == 0x0F);
    word *= 3U;
    word <<= 1;
    assert(word == 90);
    uint64_t expected = 5;
    assert(!atomic_compare_exchange_strong(&wide, &expected, 1) && expected == 0);
    assert(atomic_compare_exchange_strong(&wide, &expected, UINT64_C(1) << 40));
    assert(atomic_load(&wide) == UINT64_C(1) << 40);
    assert(atomic_is_lock_free(&word));
    return 0;
}

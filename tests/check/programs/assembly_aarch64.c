/* SPDX-License-Identifier: MIT */
// expect: verified 4 executions -DEXCLUSIVE -DSTORE=stlr
// expect: verified -DTICKET
// expect: verified -DCAS -march=armv8.3-a
// expect: verified 4 executions -DCOUNT -march=armv8.3-a
// expect: verified 3 executions -DSB -DFENCE=dmb_ish
// expect: verified 4 executions -DSB -DFENCE=dmb_ishld -DALLOWED
// expect: verified 3 executions -DSB -DSTORE=stlr -DLOAD=ldar
// expect: verified 4 executions -DSB -DSTORE=stlr -DLOAD=ldapr -DALLOWED -march=armv8.3-a
// expect: verified 3 executions -DMP -DSTORE=stlr -DLOAD=ldapr -march=armv8.3-a
// expect: wrong race -DEXCLUSIVE
// expect: wrong assertion -DMP -DLOAD=ldar
// expect: wrong assertion -DMP -DSTORE=stlr
// expect: verified 1 execution unblocked -DALL -march=armv8.3-a
// expect: verified 1 execution unblocked -DKEPT -O2 -march=armv8.3-a
// expect: verified 1 execution unblocked -DNEVER
// expect: refused ishst -DNEVER -DREACHED
// expect: refused exclusive -DAPART
// long: verified 4 executions -DEXCLUSIVE -DSTORE=stlr -O2
// long: verified -DTICKET -O2
/*
 * Inline assembly of aarch64. A lock by exclusives that is taken twice has four
 * executions: whoever comes second may have seen it free before the first one took it,
 * and its store exclusive, a compare-and-swap, finds it free again. (Of the other locks a
 * try in vain may count once, since it changes a register.) Two counters that are each
 * changed by two threads have two orders each. Of store buffering three outcomes are left
 * with full fences, and with ldar behind stlr; of message passing, where one releases and
 * the other acquires, three. ALL compares what instructions make of memory and registers
 * with what C says.
 */
#include <assert.h>
#include <pthread.h>
#include <stdint.h>

#define TEXT_OF(...) #__VA_ARGS__
#define TEXT(...)    TEXT_OF(__VA_ARGS__)

#ifndef STORE
#define STORE str
#endif
#ifndef LOAD
#define LOAD ldr
#endif
#ifndef FENCE
#define FENCE nop
#endif
/* clang-format off */
#define dmb_ish   dmb ish
#define dmb_ishld dmb ishld
/* clang-format on */

int word, count, next, serving, x, y, a, b;

static int load(int *place)
{
    int value;
    __asm__ volatile(TEXT(LOAD) " %w0, %1" : "=r"(value) : "Q"(*place) : "memory");
    return value;
}

static void store(int *place, int value)
{
    __asm__ volatile(TEXT(STORE) " %w1, %0" : "=Q"(*place) : "r"(value) : "memory");
}

static int read_plainly(int *place)
{
    int value;
    __asm__ volatile("ldr %w0, %1" : "=r"(value) : "m"(*place) : "memory");
    return value;
}

static void write_plainly(int *place, int value)
{
    __asm__ volatile("str %w1, %0" : "=m"(*place) : "r"(value) : "memory");
}

/* As in Linux before it had queued locks. */
static void lock_by_exclusives(int *place)
{
    unsigned busy;
    __asm__ volatile("   sevl\n"
                     "1: wfe\n"
                     "2: ldaxr %w0, %1 // what it is\n"
                     "   cbnz %w0, 1b\n"
                     "   stxr %w0, %w2, %1\n"
                     "   cbnz %w0, 2b\n"
                     : "=&r"(busy), "+Q"(*place)
                     : "r"(1)
                     : "memory");
}

static void lock_by_ticket(void)
{
    int ticket, now;
    __asm__ volatile(".arch_extension lse\n"
                     "   ldadd %w3, %w0, %2\n"
                     "1: ldarh %w1, %4\n"
                     "   cmp %w1, %w0, uxth\n"
                     "   b.ne 1b"
                     : "=&r"(ticket), "=&r"(now), "+Q"(next)
                     : "r"(1), "Q"(*(uint16_t *)&serving)
                     : "memory", "cc");
}

static void unlock_ticket(void)
{
    __asm__ volatile("ldrh w9, %0; add w9, w9, #1; stlrh w9, %0"
                     : "+Q"(*(uint16_t *)&serving)
                     :
                     : "memory", "w9");
}

static void lock_by_cas(int *place)
{
    int old;
    do {
        old = 0;
        __asm__ volatile("casa %w0, %w2, %1"
                         : "+r"(old), "+Q"(*place)
                         : "r"(1)
                         : "memory");
    } while (old != 0);
}

static void add(int *place)
{
    __asm__ volatile("staddl %w1, %0" : "+Q"(*place) : "r"(1) : "memory");
}

static void enter(void)
{
#if defined EXCLUSIVE
    lock_by_exclusives(&word);
#elif defined TICKET
    lock_by_ticket();
#elif defined CAS
    lock_by_cas(&word);
#endif
}

static void leave(void)
{
#if defined TICKET
    unlock_ticket();
#elif defined CAS
    __asm__ volatile("swpl wzr, wzr, %0" : "+Q"(word) : : "memory");
#else
    store(&word, 0);
#endif
}

static void *second(void *unused)
{
    (void)unused;
#if defined SB
    store(&y, 1);
    __asm__ volatile(TEXT(FENCE) : : : "memory");
    b = load(&x);
#elif defined MP
    b = load(&y);
    a = read_plainly(&x);
    assert(b == 0 || a == 1);
#elif defined COUNT
    add(&a);
    add(&b);
#else
    enter();
    count++;
    leave();
#endif
    return NULL;
}

/* --- by one thread ------------------------------------------------------------------ */

#ifdef ALL
#define CHANGES(instruction, before, operand, after)                                     \
    do {                                                                                 \
        uint64_t place = (before), old = 1;                                              \
        __asm__ volatile(instruction " %2, %0, %1"                                       \
                         : "+r"(old), "+Q"(place)                                        \
                         : "r"((uint64_t)(operand))                                      \
                         : "memory");                                                    \
        assert(old == (uint64_t)(before) && place == (uint64_t)(after));                 \
    } while (0)
#define LOADS(instruction, kind, before, after)                                          \
    do {                                                                                 \
        uint64_t place = (before), value = 1;                                            \
        __asm__ volatile(instruction " %" kind "0, %1"                                   \
                         : "=r"(value)                                                   \
                         : "Q"(place)                                                    \
                         : "memory");                                                    \
        assert(value == (uint64_t)(after));                                              \
    } while (0)

static void try_all(void)
{
    const uint64_t some = 0x8182838485868788, other = 0xf0f0f0f00f0f0f0f;
    CHANGES("swp", some, other, other);
    CHANGES("swpal", some, other, other);
    CHANGES("ldadda", some, other, some + other);
    CHANGES("ldaddl", some, 3, some + 3);
    CHANGES("ldset", some, other, some | other);
    CHANGES("ldclral", some, other, some & ~other);
    CHANGES("ldeor", some, other, some ^ other);
    LOADS("ldr", "x", some, some);
    LOADS("ldr", "w", some, 0x85868788);
    LOADS("ldrb", "w", some, 0x88);
    LOADS("ldrsb", "w", some, 0xffffff88);
    LOADS("ldrsb", "x", some, 0xffffffffffffff88);
    LOADS("ldrsh", "x", some, 0xffffffffffff8788);
    LOADS("ldrsw", "x", some, 0xffffffff85868788);
    LOADS("ldarb", "w", some, 0x88);
    LOADS("ldaprh", "w", some, 0x8788);
    LOADS("ldaxr", "x", some, some);

    uint64_t words[4] = {1, 2, 3, 4}, one, two, *at = words;
    uint64_t expected = 9;
    __asm__ volatile("cas %0, %2, %1"
                     : "+r"(expected), "+Q"(words[1])
                     : "r"(UINT64_C(7))
                     : "memory");
    assert(expected == 2 && words[1] == 2);
    __asm__ volatile("casalb %w0, %w2, %1"
                     : "+r"(expected), "+Q"(words[1])
                     : "r"(0x107)
                     : "memory");
    assert(expected == 2 && words[1] == 7);
    __asm__ volatile("ldp %0, %1, [%2], #16\n stp %1, %0, [%2]"
                     : "=&r"(one), "=&r"(two), "+r"(at)
                     :
                     : "memory");
    assert(one == 1 && two == 7 && at == words + 2 && words[2] == 7 && words[3] == 1);
    __asm__ volatile("ldr %0, [%2, -8]!; ldr %1, [%3, %4, lsl #3]"
                     : "=&r"(one), "=&r"(two), "+&r"(at)
                     : "r"(words), "r"(UINT64_C(2))
                     : "memory");
    assert(one == 7 && two == 7 && at == words + 1);

    uint32_t status, value;
    __asm__ volatile("ldxr %w0, %2; add %w0, %w0, 5; stlxr %w1, %w0, %2"
                     : "=&r"(value), "=&r"(status), "+Q"(*(uint32_t *)words)
                     :
                     : "memory");
    assert(value == 6 && status == 0 && words[0] == 6);
    __asm__ volatile("ldxr %w0, %2; clrex; stxr %w1, %w0, %2"
                     : "=&r"(value), "=&r"(status), "+Q"(*(uint32_t *)words)
                     :
                     : "memory");
    assert(status == 1 && words[0] == 6);
}
#endif

/* Registers that the compiler has in use, in a function that calls nothing else. */
#ifdef KEPT
static long add_up(int *place, long n)
{
    long sum = 0;
    for (long i = 0; i < n; i++) {
        long q = i * 3, r = i * 5, s = i * 7, t = i * 11;
        double d = (double)i / 2;
        __asm__ volatile("cmp %w1, %w1\n swpal %w1, %w0, %2\n b.ne 1f\n add %w0, %w0, 1\n"
                         "1:"
                         : "=&r"(place[1])
                         : "r"((int)i), "Q"(place[0])
                         : "memory", "cc");
        sum += q + r + s + t + (long)(d * 2) + place[1];
    }
    return sum;
}
#endif

int main(void)
{
#if defined ALL
    try_all();
#elif defined KEPT
    int places[2] = {0, 0};
    /* Of i: 27 times, and the one before it, and 1. */
    assert(add_up(places, 4) == 27 * 6 + (0 + 0 + 1 + 2) + 4);
#elif defined NEVER
#ifdef REACHED
    int reached = 1;
#else
    int reached = 0;
#endif
    if (reached) {
        __asm__ volatile("dmb ishst" : : : "memory");
    }
#elif defined APART
    int value, status;
    __asm__ volatile("ldxr %w0, %1" : "=r"(value), "+Q"(word));
    __asm__ volatile("stxr %w0, %w2, %1" : "=&r"(status), "+Q"(word) : "r"(value));
#else
    pthread_t thread;
    pthread_create(&thread, NULL, second, NULL);
#if defined SB
    store(&x, 1);
    __asm__ volatile(TEXT(FENCE) : : : "memory");
    a = load(&y);
    pthread_join(thread, NULL);
#ifndef ALLOWED
    assert(a == 1 || b == 1);
#endif
#elif defined MP
    write_plainly(&x, 1);
    store(&y, 1);
    pthread_join(thread, NULL);
#else
    second(NULL);
    pthread_join(thread, NULL);
#ifdef COUNT
    assert(read_plainly(&a) == 2 && read_plainly(&b) == 2);
#else
    assert(count == 2);
#endif
#endif
#endif
    return 0;
}

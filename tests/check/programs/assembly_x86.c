/* SPDX-License-Identifier: MIT */
// expect: verified 2 executions -DXCHG
// expect: verified 2 executions -DCMPXCHG
// expect: verified 2 executions -DTICKET
// expect: verified 4 executions -DCOUNT
// expect: verified 3 executions -DSB -DFENCE=mfence
// expect: verified 3 executions -DSB -DFENCE=LOCKED
// expect: verified 4 executions -DSB -DFENCE=lfence -DALLOWED
// expect: verified 3 executions -DMP
// expect: verified 1 execution unblocked --bound=60000 -DALL
// expect: refused rdrand -DNEVER -DREACHED
// expect: refused rdrand -DNEVER -DREACHED -O2
// expect: verified 1 execution unblocked -DNEVER
// expect: wrong assertion -DTORN
// expect: verified 1 execution unblocked -DKEPT -O2
// long: verified 3 executions -DSB -DFENCE=mfence -O2
// long: verified 2 executions -DTICKET -O2
// long: verified 3 executions --model=tso -DSB -DFENCE=mfence
/*
 * Inline assembly of x86-64. A lock that is taken twice has two executions; two counters
 * that are each changed by two threads, by one instruction, have two orders each. Of
 * store buffering three outcomes are left with full fences; of message passing, where
 * loads acquire and stores release, three. ALL compares what instructions make of memory
 * and of flags with what the processor makes of registers.
 */
#include <assert.h>
#include <pthread.h>
#include <stdint.h>

/* clang-format off */
#define LOCKED lock; addl $0, 512(%%rsp)
/* clang-format on */
#define TEXT_OF(...) #__VA_ARGS__
#define TEXT(...)    TEXT_OF(__VA_ARGS__)

static int word, count, next, serving, x, y, a, b;

static int exchange(int *place, int value)
{
    __asm__ volatile("xchgl %0, %1" : "+r"(value), "+m"(*place) : : "memory");
    return value;
}

static int compare_and_swap(int *place, int expected, int value)
{
    unsigned char same;
    __asm__ volatile("lock; cmpxchgl %3, %1; setz %0"
                     : "=q"(same), "+m"(*place), "+a"(expected)
                     : "r"(value)
                     : "memory", "cc");
    return same;
}

static int fetch_and_add(int *place, int value)
{
    __asm__ volatile("lock\n\txaddl %0, %1"
                     : "+r"(value), "+m"(*place)
                     :
                     : "memory", "cc");
    return value;
}

static int load(const int *place)
{
    int value;
    __asm__ volatile("movl %1, %0" : "=r"(value) : "m"(*place) : "memory");
    return value;
}

static void store(int *place, int value)
{
    __asm__ volatile("movl %1, %0" : "=m"(*place) : "ir"(value) : "memory");
}

#ifdef ALL
struct flags {
    unsigned char c, z, s, o, p;
};
#define SET "; setc %[c]; setz %[z]; sets %[s]; seto %[o]; setp %[p]"

#define FLAGS(f) [c] "=q"(f.c), [z] "=q"(f.z), [s] "=q"(f.s), [o] "=q"(f.o), [p] "=q"(f.p)

#define SAME(f, g) (f.c == g.c && f.z == g.z && f.s == g.s && f.o == g.o && f.p == g.p)

/* By the processor, on a register; and in memory, locked and not. */
#define COMPARE(op, form, type, first, second, asked)                                    \
    do {                                                                                 \
        type in = (type)(first), held = in, plain = in, other = (type)(second);          \
        struct flags f, g, h;                                                            \
        __asm__(op " " form("held") SET                                                  \
                : [held] "+q"(held), FLAGS(f)                                            \
                : [other] "q"(other)                                                     \
                : "cc");                                                                 \
        __asm__("lock; " op " " form("in") SET                                           \
                : [in] "+m"(in), FLAGS(g)                                                \
                : [other] "q"(other)                                                     \
                : "cc");                                                                 \
        __asm__(op " " form("plain") SET                                                 \
                : [plain] "+m"(plain), FLAGS(h)                                          \
                : [other] "q"(other)                                                     \
                : "cc");                                                                 \
        assert(held == in && held == plain);                                             \
        assert(!(asked) || (SAME(f, g) && SAME(f, h)));                                  \
    } while (0)
#define TWO(name) "%[other], %[" name "]"
#define ONE(name) "%[" name "]"
#define EACH_SIZE(op, form, first, second, asked)                                        \
    do {                                                                                 \
        COMPARE(op "b", form, uint8_t, first, second, asked);                            \
        COMPARE(op "w", form, uint16_t, first, second, asked);                           \
        COMPARE(op "l", form, uint32_t, first, second, asked);                           \
        COMPARE(op "q", form, uint64_t, first, second, asked);                           \
    } while (0)

static void compare_all(uint64_t first, uint64_t second)
{
    EACH_SIZE("add", TWO, first, second, 1);
    EACH_SIZE("sub", TWO, first, second, 1);
    EACH_SIZE("and", TWO, first, second, 1);
    EACH_SIZE("or", TWO, first, second, 1);
    EACH_SIZE("xor", TWO, first, second, 1);
    EACH_SIZE("inc", ONE, first, second, 1);
    EACH_SIZE("dec", ONE, first, second, 1);
    EACH_SIZE("neg", ONE, first, second, 1);
    EACH_SIZE("not", ONE, first, second, 0);

    struct flags f, g; /* cmpxchg compares as cmp does */
    uint64_t in = second;
    __asm__("cmpq %[second], %[first]" SET
            : FLAGS(f)
            : [first] "r"(first), [second] "r"(second)
            : "cc");
    __asm__("lock; cmpxchgq %[other], %[in]" SET
            : [in] "+m"(in), "+a"(first), FLAGS(g)
            : [other] "r"((uint64_t)1)
            : "cc");
    assert(SAME(f, g) && first == second);
}

static void use_all(void)
{
    static const uint64_t values[] = {
        0,          1,          0x7f,       0x80,           0xff,
        0x7fff8001, 0x80000000, UINT64_MAX, UINT64_MAX / 2, UINT64_MAX / 2 + 1};
    enum { VALUES = sizeof values / sizeof *values };
    for (int i = 0; i < VALUES; i++) {
        compare_all(values[i], values[(i * 3 + 1) % VALUES]);
    }
    uint64_t wide = UINT64_MAX;
    uint32_t narrow = 0x80000001;
    __asm__ volatile("movl %1, %k0" : "+r"(wide) : "m"(narrow)); /* the rest is zero */
    assert(wide == 0x80000001);
    int16_t negative = -2;
    __asm__ volatile("movswl %1, %k0" : "=r"(wide) : "m"(negative));
    assert(wide == 0xfffffffe);
    __asm__ volatile("movzwl %1, %k0" : "=r"(wide) : "m"(negative));
    assert(wide == 0xfffe);
    uint8_t old = 5, byte = 3;
    __asm__ volatile("lock; xaddb %0, %1" : "+q"(old), "+m"(byte) : : "cc");
    assert(old == 3 && byte == 8);
    uint64_t bits[3] = {0, 0, 0};
    unsigned char was;
    __asm__ volatile("lock; btsq %2, %1; setc %0" /* bit 70 of what begins at bits[1] */
                     : "=q"(was), "+m"(bits[1])
                     : "r"((int64_t)70)
                     : "memory", "cc");
    assert(bits[2] == 64 && was == 0);
    __asm__ volatile("lock; btrq %2, %1; setc %0"
                     : "=q"(was), "+m"(bits[2])
                     : "r"((int64_t)-58)
                     : "memory", "cc");
    assert(bits[1] == 0 && bits[2] == 64 && was == 0);
    __asm__ volatile("btcq $6, %1; setc %0" : "=q"(was), "+m"(bits[2]) : : "cc");
    assert(bits[2] == 0 && was == 1);
    unsigned char below;
    __asm__ volatile("cmpl %2, %1; setb %0" : "=q"(below) : "m"(narrow), "r"(-1) : "cc");
    assert(below);
}
#endif

static void *thread(void *self)
{
    int first = *(int *)self == 0;
    (void)first, (void)load, (void)store, (void)exchange, (void)compare_and_swap;
    (void)fetch_and_add;
#if defined XCHG
    while (exchange(&word, 1) != 0) {
        __asm__ volatile("pause");
    }
    count++;
    store(&word, 0);
#elif defined CMPXCHG
    while (!compare_and_swap(&word, 0, 1)) {
        __asm__ volatile("rep; nop");
    }
    count++;
    store(&word, 0);
#elif defined TICKET
    int ticket = fetch_and_add(&next, 1);
    while (load(&serving) != ticket) {
    }
    count++;
    store(&serving, ticket + 1);
#elif defined COUNT
    unsigned char zero;
    __asm__ volatile("lock incl %0" : "+m"(count) : : "cc");
    __asm__ volatile("lock; decl %0; sete %1" : "+m"(x), "=q"(zero) : : "cc");
    *(int *)self = zero;
#elif defined SB
    store(first ? &x : &y, 1);
    __asm__ volatile(TEXT(FENCE) : : : "memory");
    *(first ? &a : &b) = load(first ? &y : &x);
#elif defined MP
    if (first) {
        store(&x, 1);
        store(&y, 1);
    } else {
        a = load(&y);
        b = load(&x);
    }
#elif defined TORN /* without the prefix it is a load and a store */
    __asm__ volatile("incl %0" : "+m"(count) : : "cc");
#endif
    return NULL;
}

#ifdef KEPT /* of each call the result is needed behind the others */
static __attribute__((noinline)) int leaf(int number)
{
    return number * 3 + 1;
}

static __attribute__((noinline)) int keep(int number)
{
    __asm__ volatile("mfence" : : : "memory");
    int p = leaf(number), q = leaf(p), r = leaf(q), s = leaf(r), t = leaf(s);
    return leaf(p * 7 ^ q * 5 ^ r * 3 ^ s ^ t);
}
#endif

#ifdef NEVER
static __attribute__((noinline)) unsigned never(void)
{
    unsigned low;
    __asm__ volatile("rdrand %0" : "=r"(low));
    return low;
}
#endif

int main(void)
{
    int self[2] = {0, 1};
    pthread_t threads[2];
#if defined ALL
    use_all();
    return 0;
#elif defined KEPT
    assert(keep(1) == 3 * (4 * 7 ^ 13 * 5 ^ 40 * 3 ^ 121 ^ 364) + 1);
    return 0;
#elif defined NEVER
#ifdef REACHED
    count = 1;
#endif
    return count != 0 ? (int)(never() & 1) : 0;
#elif defined COUNT
    x = 2;
#endif
    for (int i = 0; i < 2; i++) {
        (void)pthread_create(&threads[i], NULL, thread, &self[i]);
    }
    for (int i = 0; i < 2; i++) {
        (void)pthread_join(threads[i], NULL);
    }
#if defined SB && !defined ALLOWED
    assert(a == 1 || b == 1);
#elif defined MP
    assert(a == 0 || b == 1);
#elif defined COUNT
    assert(count == 2 && x == 0 && self[0] + self[1] == 1);
#elif !defined SB
    assert(count == 2);
#endif
    return 0;
}

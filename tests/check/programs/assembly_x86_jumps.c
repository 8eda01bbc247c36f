/* SPDX-License-Identifier: MIT */
// expect: verified 4 executions -DDECREMENT
// expect: verified 4 executions -DDECREMENT -DASIDE=".section\t.text.lock,\"ax\""
// expect: verified 4 executions -DDECREMENT -DASIDE=".section\t.text.take,\"ax\""
// long: verified 4 executions -DDECREMENT -O2
// expect: verified 4 executions -DDECREMENT -DASIDE=".subsection\t1"
// expect: wrong race|assertion -DDECREMENT -DBROKEN
// expect: verified 2 executions -DBITS
// expect: verified 2 executions -DPAIR
// expect: verified 2 executions -DWORDS
// expect: wrong race -DWORDS -DBROKEN
// expect: verified 2 executions -DCLOCK
// expect: verified 3 executions -DSB
// expect: verified 1 execution unblocked -DALONE
// expect: verified 1 execution unblocked -DALONE -O2
// expect: refused section -DBEYOND
/*
 * Jumps in inline assembly, and what stands around them. The lock of old kernels: a
 * thread that comes to wait has decremented before the other's unlock or after it, so
 * there are four executions; in another section its loop is the same. Where a failed
 * try leaves nothing there are two. cpuid orders as mfence does. ALONE: what one
 * thread computes.
 */
#include <assert.h>
#include <pthread.h>
#include <stdint.h>

#if defined BROKEN /* it does not wait */
#define LOOP "\n1: lock; decb %0\n\tjns 3f\n3:"
#elif !defined ASIDE
#define LOOP                                                                             \
    "\n1: lock; decb %0\n\tjns 3f\n2: rep; nop\n\tcmpb $0,%0\n\tjle 2b\n\tjmp 1b\n3:"
#else
#define TEXT_OF(text) #text
#define LOOP                                                                             \
    "\n1: lock; decb %0\n\tjs 2f\n" ASIDE "\n2: rep; nop\n\tcmpb $0,%0\n\tjle 2b\n\t"    \
    "jmp 1b\n.previous\n"
#endif

static signed char word = 1;
static unsigned bits;
static uint64_t pair;
static struct {
    uint64_t low, high;
} __attribute__((aligned(16))) words;
static int count, x, y, a, b;

#if defined WORDS
static int swap_words(uint64_t low, uint64_t high, uint64_t to_low, uint64_t to_high)
{
    unsigned char same;
    __asm__ volatile("lock; cmpxchg16b %0; setz %1"
                     : "+m"(words), "=q"(same), "+a"(low), "+d"(high)
                     : "b"(to_low), "c"(to_high)
                     : "memory", "cc");
    assert(same || low + 1 == high || low == high);
    return same;
}
#endif

static inline void take(void)
{
#if defined DECREMENT
    __asm__ volatile(LOOP : "+m"(word) : : "memory", "cc");
#elif defined BITS
again:
    __asm__ goto("lock; btsl $3, %0\n\tjc %l[again]"
                 :
                 : "m"(bits)
                 : "memory", "cc"
                 : again);
#elif defined PAIR
    unsigned char taken = 0;
    do {
        unsigned low = 0, high = 0;
        __asm__ volatile("lock; cmpxchg8b %0; setz %1"
                         : "+m"(pair), "=m"(taken), "+a"(low), "+d"(high)
                         : "b"(1), "c"(2)
                         : "memory", "cc");
        assert(taken || (low == 1 && high == 2));
    } while (!taken);
#elif defined WORDS
    while (!swap_words(0, 0, 1, 2)) {
#ifdef BROKEN
        break;
#endif
    }
#elif defined CLOCK
    unsigned low, high, free;
    __asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high));
    do {
        free = 0;
        __asm__ volatile("rdtscp" : "=a"(low), "=d"(high) : : "ecx");
        __asm__ volatile("xchgb %b0, %1" : "+q"(free), "+m"(word) : : "memory");
    } while (free == 0);
    (void)low, (void)high;
#endif
}

static inline void give(void)
{
#if defined BITS
    __asm__ volatile("movl $0, %0" : "+m"(bits) : : "memory");
#elif defined WORDS
    (void)swap_words(1, 2, 0, 0);
#elif defined PAIR
    __asm__ volatile("movq $0, %0" : "+m"(pair) : : "memory");
#else
    __asm__ volatile("movb $1, %0" : "+m"(word) : : "memory");
#endif
}

static void *thread(void *self)
{
    (void)self;
#if defined SB
    int first = self != NULL, value;
    unsigned asked = 0, none;
    __asm__ volatile("movl $1, %0" : "=m"(*(first ? &x : &y)) : : "memory");
    __asm__ volatile("cpuid"
                     : "+a"(asked), "=b"(none), "=c"(none), "=d"(none)
                     :
                     : "memory");
    __asm__ volatile("movl %1, %0" : "=r"(value) : "m"(*(first ? &y : &x)) : "memory");
    *(first ? &a : &b) = value;
#else
    take();
    count++;
    give();
#endif
    return NULL;
}

#if defined ALONE
static void compute(void)
{
    unsigned sum = 0, turns = 5; /* the same number twice, both ways */
    __asm__ volatile("jmp 1f\n2: addl $100, %0\n\tmovl $2, %1\n1: incl %0\n\tdecl %1\n\t"
                     "jnz 1b\n\tcmpl $5, %0\n\tjne 1f\n\tjmp 2b\n1:"
                     : "+r"(sum), "+r"(turns)
                     :
                     : "cc");
    assert(sum == 107 && turns == 0);
    unsigned both = 0x1234;
    uint8_t byte = 0x56;
    __asm__ volatile("xchgb %h0, %1" : "+Q"(both), "+m"(byte));
    assert(both == 0x5634 && byte == 0x12);
    __asm__ volatile("movb %1, %h0; addb %h0, %1" : "+Q"(both), "+m"(byte) : : "cc");
    assert(both == 0x1234 && byte == 0x24);
    int equal;
    __asm__ volatile("pushq %%rbx; movl $7, %%ebx; cmpl $7, %%ebx; popq %%rbx\n\t"
                     "sete %b0; movzbl %b0, %0"
                     : "=q"(equal)
                     :
                     : "cc");
    assert(equal == 1);
    uint32_t mask = 0x80000000;
    int sign, carry;
    __asm__("testl %2, %1" : "=@ccs"(sign) : "m"(mask), "r"(-1));
    __asm__("btl $31, %1" : "=@ccc"(carry) : "m"(mask));
    assert(sign && carry);
    unsigned char below, above, less; /* 2 and -3 */
    int two = 2;
    __asm__("cmpl $-3, %3; setb %0; seta %1; setl %2"
            : "=m"(below), "=m"(above), "=m"(less)
            : "m"(two)
            : "cc");
    assert(below == 1 && above == 0 && less == 0);
    char text[8] = "abcdefg";
    void *to = text + 1;
    unsigned long number = 3;
    __asm__ volatile("cld; rep stosb" : "+D"(to), "+c"(number) : "a"('x') : "memory");
    assert(text[0] == 'a' && text[1] == 'x' && text[3] == 'x' && text[4] == 'e');
}
#endif

int main(void)
{
#if defined ALONE
    compute();
    return 0;
#elif defined BEYOND
    __asm__ volatile(".section .text.aside,\"ax\"\n1: jmp 1b");
#endif
    pthread_t threads[2];
    (void)words;
    for (int i = 0; i < 2; i++) {
        (void)pthread_create(&threads[i], NULL, thread, i == 0 ? NULL : &count);
    }
    for (int i = 0; i < 2; i++) {
        (void)pthread_join(threads[i], NULL);
    }
#if defined SB
    assert(a == 1 || b == 1);
#else
    assert(count == 2);
#endif
    return 0;
}

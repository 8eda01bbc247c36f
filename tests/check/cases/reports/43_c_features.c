/* SPDX-License-Identifier: MIT */
/* KIND: C features a model checker may stumble over. -DF=n. EXPECT: see each */
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>
static atomic_int n;
#if F == 1 /* bit fields next to each other: race */
static struct {
    unsigned a : 3, b : 3;
} x;
static void one(void)
{
    x.a = 1;
}
static void two(void)
{
    x.b = 1;
}
#elif F == 2  /* bit fields separated by :0 : verified */
static struct {
    unsigned a : 3;
    unsigned : 0;
    unsigned b : 3;
} x;
static void one(void)
{
    x.a = 1;
}
static void two(void)
{
    x.b = 1;
}
#elif F == 3  /* VLA and alloca shared by pointer: verified */
static void fill(int *p, int k)
{
    for (int i = 0; i < k; i++)
        p[i] = i;
}
static void one(void)
{
    int k = 5;
    int v[k];
    fill(v, k);
    assert(v[4] == 4);
    int *w = __builtin_alloca(64);
    fill(w, 16);
    n++;
}
static void two(void)
{
    one();
}
#elif F == 4  /* _Thread_local with its own values: verified */
static _Thread_local int t = 3;
static void one(void)
{
    t++;
    assert(t == 4);
    n++;
}
static void two(void)
{
    one();
}
#elif F == 5  /* atexit handler reads what the threads wrote: verified */
static int d;
static void bye(void)
{
    assert(d == 1);
}
static void one(void)
{
    d = 1;
    atexit(bye);
}
static void two(void)
{
    n++;
}
#elif F == 6  /* constructor that takes a lock before main: verified */
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static int d;
__attribute__((constructor)) static void early(void)
{
    pthread_mutex_lock(&m);
    d = 1;
    pthread_mutex_unlock(&m);
}
static void one(void)
{
    pthread_mutex_lock(&m);
    assert(d >= 1);
    d++;
    pthread_mutex_unlock(&m);
}
static void two(void)
{
    one();
}
#elif F == 7  /* gcc's nested function through a trampoline */
static void call(void (*f)(void))
{
    f();
}
static void one(void)
{
    int k = 1;
    void in(void)
    {
        k++;
        n++;
    }
    call(in);
    assert(k == 2);
}
static void two(void)
{
    one();
}
#elif F == 8  /* pause in the usual spellings */
static void one(void)
{
    n = 1;
}
static void two(void)
{
    while (!n) {
        __asm__ volatile("pause" ::: "memory");
        __asm__ __volatile__("rep; nop" ::: "memory");
        __builtin_ia32_pause();
    }
}
#elif F == 9  /* mfence as asm, as in many sources: refused by name */
static void one(void)
{
    n = 1;
    __asm__ volatile("mfence" ::: "memory");
}
static void two(void)
{
    one();
}
#elif F == 10 /* lock; addl as a full barrier (Linux smp_mb): refused by name */
static void one(void)
{
    n = 1;
    __asm__ volatile("lock; addl $0,-4(%%rsp)" ::: "memory", "cc");
}
static void two(void)
{
    one();
}
#elif F == 11 /* __sync builtins: verified */
static int k;
static void one(void)
{
    __sync_fetch_and_add(&k, 1);
    __sync_synchronize();
}
static void two(void)
{
    one();
}
#elif F == 12 /* _Atomic struct of 8 bytes, compare by memcmp: verified */
typedef struct {
    int a, b;
} pair;
static _Atomic pair q;
static void one(void)
{
    pair o = atomic_load(&q), w;
    do {
        w = o;
        w.a++;
        w.b--;
    } while (!atomic_compare_exchange_weak(&q, &o, w));
}
static void two(void)
{
    one();
    pair o = atomic_load(&q);
    assert(o.a == -o.b);
}
#elif F == 13 /* _Atomic struct of 12 bytes */
typedef struct {
    int a, b, c;
} trio;
static _Atomic trio q;
static void one(void)
{
    trio o = {1, 2, 3};
    atomic_store(&q, o);
}
static void two(void)
{
    one();
}
#elif F == 14 /* long double and __int128, plain */
static long double l;
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static __int128 i;
static void one(void)
{
    pthread_mutex_lock(&m);
    l += 1.5L;
    i = i * 3 + 1;
    pthread_mutex_unlock(&m);
}
static void two(void)
{
    one();
}
#elif F == 15 /* computed goto, switch, recursion */
static int f(int k)
{
    static void *const t[] = {&&a, &&b};
    goto *t[k & 1];
a:
    return k ? f(k - 1) : 0;
b:
    n++;
    return f(k - 1);
}
static void one(void)
{
    f(3);
}
static void two(void)
{
    one();
}
#elif F == 16 /* atomic_flag, atomic_bool fetch or, atomic pointers arithmetic */
static atomic_flag fl = ATOMIC_FLAG_INIT;
static atomic_bool ab;
static int ar[4];
static _Atomic(int *) ap = ar;
static void one(void)
{
    while (atomic_flag_test_and_set(&fl))
        ;
    atomic_flag_clear(&fl);
    atomic_fetch_or(&ab, 1);
    atomic_fetch_add(&ap, 1);
}
static void two(void)
{
    one();
}
#elif F == 17 /* float and double atomics: += */
static _Atomic double z;
static void one(void)
{
    z += 1.0;
}
static void two(void)
{
    z += 1.0;
}
#elif F == 18 /* misaligned atomic in a packed struct: refused when reached */
static struct __attribute__((packed)) {
    char c;
    int v;
} pk;
static void one(void)
{
    __atomic_fetch_add(&pk.v, 1, __ATOMIC_SEQ_CST);
}
static void two(void)
{
    one();
}
#elif F == 19 /* tss with destructor */
static tss_t key;
static once_flag o = ONCE_FLAG_INIT;
static void del(void *p)
{
    free(p);
    n++;
}
static void mk(void)
{
    tss_create(&key, del);
}
static void one(void)
{
    call_once(&o, mk);
    int *p = malloc(4);
    *p = 1;
    tss_set(key, p);
}
static void two(void)
{
    one();
}
#elif F == 20 /* bit test-and-set via builtin that compiles to lock bts */
static atomic_uint w;
static void one(void)
{
    if (!(atomic_fetch_or(&w, 4) & 4))
        n++;
}
static void two(void)
{
    one();
    assert(n <= 1);
}
#elif F ==                                                                               \
    21 /* vector extension, plain copy of a struct under a lock; race by 32-byte vector without */
typedef int v8 __attribute__((vector_size(32)));
static v8 vv;
static void one(void)
{
    vv = (v8){1, 2, 3, 4, 5, 6, 7, 8};
}
static void two(void)
{
    one();
}
#elif F == 22 /* complex, flexible array, restrict */
struct fa {
    int k;
    int a[];
};
static void one(void)
{
    struct fa *p = malloc(sizeof *p + 8);
    p->k = 2;
    p->a[1] = 3;
    free(p);
}
static void two(void)
{
    one();
}
#elif F == 23 /* out of bounds on heap by one */
static void one(void)
{
    char *p = malloc(4);
    p[4] = 1;
    free(p);
}
static void two(void)
{
}
#elif F == 24 /* uninitialised heap read: not noticed by the manual */
static void one(void)
{
    int *p = malloc(4);
    if (*p == 0)
        n++;
    free(p);
}
static void two(void)
{
}
#elif F == 25 /* realloc, calloc, aligned_alloc, strdup */
static void one(void)
{
    char *p = strdup("ab");
    p = realloc(p, 100);
    assert(p[1] == 'b');
    free(p);
    int *q = calloc(2, 4);
    assert(!q[1]);
    free(q);
    free(aligned_alloc(64, 64));
}
static void two(void)
{
    one();
}
#elif F == 26 /* pthread_getname, self, equal, attr stack size, setaffinity */
static void one(void)
{
    assert(pthread_equal(pthread_self(), pthread_self()));
    cpu_set_t s;
    CPU_ZERO(&s);
    CPU_SET(0, &s);
    pthread_setaffinity_np(pthread_self(), sizeof s, &s);
}
static void two(void)
{
    one();
}
#elif F == 27 /* sched_getcpu as index */
#include <sched.h>
static int per[8];
static void one(void)
{
    per[sched_getcpu()]++;
}
static void two(void)
{
    one();
}
#endif
static void *a(void *p)
{
    one();
    return p;
}
static void *b(void *p)
{
    two();
    return p;
}
int main(void)
{
    pthread_t s, t;
    pthread_create(&s, NULL, a, NULL);
    pthread_create(&t, NULL, b, NULL);
    pthread_join(s, NULL);
    pthread_join(t, NULL);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* A plain read of an atomic variable right after its atomic load: no less a race than any
   other, though clang leaves just such a load of its own there. With BY_VALUE it is a
   copy of a structure, which the compilers do not announce. */
// expect: wrong race
// expect: wrong race -DBY_VALUE
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

struct words {
    long first, second, third, fourth;
};
static union {
    _Atomic long first;
    struct words words;
} shared;

static long add(struct words words, long more)
{
    return words.first + words.second + more;
}

static void *reader(void *unused)
{
    (void)unused;
#ifdef BY_VALUE
    return (void *)add(shared.words, atomic_load(&shared.first));
#else
    long first = atomic_load(&shared.first);
    return (void *)(first + *(volatile long *)&shared.first);
#endif
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, reader, NULL);
    atomic_store(&shared.first, 1);
    pthread_join(thread, NULL);
    return 0;
}

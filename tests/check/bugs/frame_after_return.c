/* SPDX-License-Identifier: MIT */
/* A function lends its variable to another thread, which writes it when the function has
   returned, or without being ordered before that. Its thread lives on; or it uses that
   variable itself. */
// expect: wrong use after free -DLATE
// expect: wrong use after free -DUSE=*own
// expect: wrong use after free -DUSE=memchr(own,0,4)!=NULL
// long: wrong use after free -DUSE=*own -O2
// long: wrong use after free -DUSE=(*(atomic_int*)own)++
// long: wrong use after free -DUSE=*(volatile_int*)own=1
// long: wrong use after free -DUSE=copy=*(struct_few*)own,copy.item[0]
// expect: wrong use after free -DREUSED
// expect: wrong use after free -DWRITTEN=relaxed
// expect: wrong use after free -DWRITTEN=relaxed -O2
// expect: verified -DWRITTEN=acquire
// expect: verified -DWRITTEN=acquire -O2
// expect: verified -DALLOCA
// expect: verified -DALLOCA -O2
// expect: verified -DARRAY
#include <lockstep/wait.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

typedef struct {
    int item[8];
} struct_few;
typedef volatile int volatile_int;

static _Atomic(int *) lent;
static atomic_int returned, written;

static void *write_it(void *unused)
{
    lks_await(atomic_load(&lent) != NULL);
#ifdef LATE
    lks_await(atomic_load(&returned) != 0);
#endif
    *atomic_load(&lent) = 1;
    atomic_store_explicit(&written, 1, memory_order_release);
    return unused;
}

#define WRITTEN_(order) memory_order_##order
#define ORDER(order)    WRITTEN_(order)

__attribute__((noinline)) static void lend(void)
{
    int own = 0;
    atomic_store(&lent, &own);
#ifdef WRITTEN
    lks_await(atomic_load_explicit(&written, ORDER(WRITTEN)) != 0);
#endif
}

/* The frame lies where that of `lend` was. */
__attribute__((unused)) static void wait_for_it(void)
{
    lks_await(atomic_load(&written) != 0);
}

int main(int count, char **arguments)
{
    (void)arguments;
#ifdef USE
    struct_few copy;
    lend();
    int *own = atomic_load(&lent);
    (void)copy;
    return (int)(USE);
#endif
    pthread_t thread;
    pthread_create(&thread, NULL, write_it, NULL);
#if defined ALLOCA
    int *own = __builtin_alloca(sizeof(int) * (size_t)count);
    atomic_store(&lent, own);
#elif defined ARRAY
    int own[count];
    atomic_store(&lent, own);
#else
    (void)count;
    lend();
    atomic_store(&returned, 1);
#ifdef REUSED
    wait_for_it();
#endif
#endif
    pthread_join(thread, NULL);
    return 0;
}

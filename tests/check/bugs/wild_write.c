/* SPDX-License-Identifier: MIT */
// expect: wrong crash|out of bounds -DWHERE=FAR
// expect: wrong out of bounds -DWHERE=NEXT -O2
// expect: wrong crash|out of bounds -DWHERE=NEXT_STATIC -O2
// expect: wrong crash|out of bounds -DWHERE=ALL
// expect: wrong crash -DWHERE=ENVIRONMENT
// expect: wrong crash -DWHERE=STREAM -O2
// expect: wrong crash -DWHERE=ATOMIC_STREAM
// expect: wrong crash -DWHERE=TABLE
// expect: wrong crash -DWHERE=OTHER_THREAD
// expect: wrong crash -DWHERE=BLOCKS
// expect: wrong crash -DWHERE=ERRNO
// expect: wrong use after free -DWHERE=ENDED
// expect: wrong use after free -DWHERE=ENDED_ERROR
// expect: wrong use after free -DWHERE=ENDING
// expect: wrong crash -DWHERE=STREAM -DBEFORE_MAIN
// expect: wrong out of bounds -DWHERE=BLOCK -DBEFORE_MAIN
// expect: wrong use after free -DWHERE=FREED -DBEFORE_MAIN
// expect: verified -DWHERE=RIGHT
// expect: verified -DWHERE=RIGHT -O2
// expect: verified -DWHERE=RIGHT -DBEFORE_MAIN
// long: wrong crash|out of bounds -DWHERE=FAR -O2
// long: wrong out of bounds -DWHERE=NEXT
// long: wrong crash|out of bounds -DWHERE=NEXT_STATIC
// long: wrong crash|out of bounds -DWHERE=ALL -O2
// long: wrong crash -DWHERE=ENVIRONMENT -O2
// long: wrong crash -DWHERE=TABLE -O2
// long: wrong crash -DWHERE=OTHER_THREAD -O2
// long: wrong crash -DWHERE=BLOCKS -O2
// Memory that is there, and is not the program's: a write to it could change what is said
// of the program.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum where {
    RIGHT,
    FAR,           /* a variable's address, and far too large an index */
    NEXT,          /* an index that is one too large */
    NEXT_STATIC,   /* the same, of a variable that the assembler places */
    ALL,           /* a variable, and megabytes behind it */
    ENVIRONMENT,   /* the array that environ points to */
    STREAM,        /* a stream's insides */
    ATOMIC_STREAM, /* by an atomic operation */
    TABLE,         /* of the linker's, with addresses of functions */
    OTHER_THREAD,  /* thread-local variables of a thread that there is not */
    BLOCKS,        /* what is noted of the heap's blocks */
    ERRNO,         /* behind it */
    ENDED,         /* a thread-local variable of a thread that has ended */
    ENDED_ERROR,   /* its errno */
    ENDING,        /* … or may have */
    BLOCK,         /* behind a block of the heap */
    FREED,         /* in one that is no more */
};

int numbers[4] = {1}, others[4] = {2};
static int own_numbers[4], own_others[4];
static _Thread_local int local[4];
extern void *table[] __asm__("_GLOBAL_OFFSET_TABLE_")
    __attribute__((visibility("hidden")));
static char *words[] = {(char *)"A=b", NULL};

static int *hide(const void *pointer)
{
    static void *volatile place;
    place = (void *)(uintptr_t)pointer;
    return place;
}

static void use(int *array, size_t index)
{
    array[index] = 7;
}

/* What a program may write to. */
static void write_own(void)
{
    for (size_t i = 0; i < 4; i++) {
        use(hide(numbers), i);
        use(hide(others), i);
        use(hide(own_numbers), i);
        use(hide(own_others), i);
        use(hide(local), i);
    }
    errno = 0;
    time_t moment = 4;
    gmtime(&moment)->tm_mday++;
    ctime(&moment)[24] = '\0';
    environ = words;
}

static void write_wrong(enum where where)
{
    int *block = malloc(8);
    switch (where) {
    case RIGHT:
        write_own();
        break;
    case FAR:
        use(hide(numbers), (size_t)1 << 30);
        break;
    case NEXT:
        use(hide(numbers), 4);
        break;
    case NEXT_STATIC:
        use(hide(own_numbers), 4);
        break;
    case ALL:
        memset(hide(numbers), 0, 1 << 24);
        break;
    case ENVIRONMENT:
        memset(hide((void *)environ), 0, 8);
        break;
    case STREAM:
        use(hide(stdout), 3);
        break;
    case ATOMIC_STREAM:
        atomic_store((atomic_int *)hide(stdout), 1);
        break;
    case TABLE:
        use(hide((void *)table), 6);
        break;
    case OTHER_THREAD:
        use(hide(local), 5 * (1 << 20) / sizeof(int));
        break;
    case BLOCKS:
        use(hide(block), ((size_t)65 << 29) / sizeof(int));
        break;
    case ERRNO:
        use(&errno, 2);
        break;
    case BLOCK:
        use(hide(block), 2);
        break;
    case FREED:
        free(block);
        use(hide(block), 0);
        return;
    default:
        break;
    }
    free(block);
}

#ifdef BEFORE_MAIN
__attribute__((constructor)) static void begin(void)
{
    write_wrong(WHERE);
}
#endif

static int *_Atomic lent;

static void *run(void *unused)
{
    lent = WHERE == ENDED_ERROR ? &errno : local;
    write_wrong(WHERE);
    return unused;
}

int main(void)
{
    pthread_t thread;
    local[0] = 1;
    pthread_create(&thread, NULL, run, NULL);
    if (WHERE == ENDING && lent != NULL) {
        lent[0] = 1;
    }
    pthread_join(thread, NULL);
    if (WHERE == ENDED || WHERE == ENDED_ERROR) {
        lent[0] = 1;
    }
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: wrong crash -DWHERE=1
// expect: wrong crash -DWHERE=2
// expect: wrong crash -DWHERE=3
// expect: wrong crash -DWHERE=4
// expect: wrong crash -DWHERE=5
// expect: wrong crash -DWHERE=6
// An address that no machine has; one where nothing is; an atomic there; one that is not
// aligned; a library function that is given such an address; a call of it.
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static char bytes[16];

static void *crash(void *unused)
{
    switch (WHERE) {
    case 1:
        *(volatile long *)(uintptr_t)0xdead000000000000 = 1; // crash 1
        break;
    case 2:
        *(volatile long *)(uintptr_t)0x7000 = 1; // crash 2
        break;
    case 3:
        atomic_store((atomic_int *)(uintptr_t)0x7000, 1); // crash 3
        break;
    case 4:
        atomic_store((atomic_int *)(void *)(bytes + 1), 1); // crash 4
        break;
    case 5:
        puts((char *)(uintptr_t)0x7000); // crash 5
        break;
    default:
        ((void (*)(void))(uintptr_t)0x7000)(); // crash 6
    }
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, crash, NULL);
    pthread_join(thread, NULL);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Which threads sleep in the kernel, without a clock: /proc says of each thread in which
 * system call it is blocked, and with which arguments.
 */
#ifndef TESTS_ASLEEP_H
#define TESTS_ASLEEP_H

#include "support.h"
#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>

/* Returns how many threads of the process sleep on this futex word, or on any (NULL); the
   caller does not. */
static unsigned count_asleep_on(const volatile void *word)
{
    DIR *threads = opendir("/proc/self/task");
    assert_non_null(threads);
    unsigned count = 0;
    for (struct dirent *entry = readdir(threads); entry != NULL;
         entry = readdir(threads)) {
        char name[300];
        unsigned long long number = 0;
        unsigned long long address = 0;
        (void)snprintf(name, sizeof name, "/proc/self/task/%s/syscall", entry->d_name);
        /* One that runs has no number there, and one that has ended no file. */
        FILE *file = fopen(name, "r");
        if (file != NULL) {
            if (fscanf(file, "%llu %llx", &number, &address) == 2 &&
                number == SYS_futex && (word == NULL || address == (uintptr_t)word)) {
                count++;
            }
            (void)fclose(file);
        }
    }
    (void)closedir(threads);
    return count;
}

/* Some systems hide it; and under an emulator of processors the calls are the emulator's,
   with numbers and addresses of its own. A thread that looks finds its own call, a read:
   that must be the call as it made it. */
static UNUSED bool can_see_who_sleeps(void)
{
    char text[200];
    unsigned long long number = 0;
    unsigned long long address = 0;
    int file = open("/proc/self/syscall", O_RDONLY);
    ssize_t length = file < 0 ? 0 : read(file, text, sizeof text - 1);
    if (file >= 0) {
        (void)close(file);
    }
    text[length > 0 ? length : 0] = '\0';
    bool seen = sscanf(text, "%llu %*x %llx", &number, &address) == 2 &&
                number == SYS_read && address == (uintptr_t)text;
    if (!seen) {
        print_message("skipped: /proc/self/syscall does not say which call this is\n");
    }
    return seen;
}

static UNUSED void until_asleep_on(const volatile void *word, unsigned count)
{
    while (count_asleep_on(word) < count) {
        (void)sched_yield();
    }
}

#endif

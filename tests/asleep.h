/* SPDX-License-Identifier: MIT */
/*
 * Which threads sleep in the kernel, without a clock: /proc says of each thread in which
 * system call it is blocked, and with which arguments.
 */
#ifndef TESTS_ASLEEP_H
#define TESTS_ASLEEP_H

#include "support.h"
#include <dirent.h>
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

/* Some systems hide it. */
static UNUSED bool can_see_who_sleeps(void)
{
    FILE *file = fopen("/proc/self/syscall", "r");
    char text[8];
    bool seen = file != NULL && fgets(text, sizeof text, file) != NULL;
    if (file != NULL) {
        (void)fclose(file);
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

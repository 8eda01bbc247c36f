/* SPDX-License-Identifier: MIT */
/* The names of the catalog's locks, for the script; with "rwlocks" or "barriers", of
   those. */
#include <lockstep/barrier.h>
#include <lockstep/lock.h>
#include <lockstep/rwlock.h>
#include <stdio.h>
#include <string.h>

#define PRINT(kind)                                                                      \
    for (const lks_##kind##_class_t *class = lks_##kind##_class_next(NULL);              \
         class != NULL; class = lks_##kind##_class_next(class)) {                        \
        (void)puts(class->name);                                                         \
    }

int main(int argc, char **argv)
{
    const char *which = argc > 1 ? argv[1] : "locks";
    if (strcmp(which, "rwlocks") == 0) {
        PRINT(rwlock)
    } else if (strcmp(which, "barriers") == 0) {
        PRINT(barrier)
    } else {
        PRINT(lock)
    }
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* The names of the catalog's locks, for the script. */
#include <lockstep/lock.h>
#include <stdio.h>

int main(void)
{
    const lks_lock_class_t *class = NULL;
    while ((class = lks_lock_class_next(class)) != NULL) {
        (void)puts(class->name);
    }
    return 0;
}

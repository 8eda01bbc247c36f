/* SPDX-License-Identifier: MIT */
// long: wrong misuse
/* Unlocks once too often. */
#include <threads.h>

static mtx_t mutex;

int main(void)
{
    mtx_init(&mutex, mtx_plain);
    mtx_lock(&mutex);
    mtx_unlock(&mutex);
    mtx_unlock(&mutex);
    return 0;
}

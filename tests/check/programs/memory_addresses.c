/* SPDX-License-Identifier: MIT */
// expect: refused the thread's heap is full
// Addresses are not given out again in an execution: where there are none left, that is
// said, and malloc does not fail.
#include <stdlib.h>

int main(void)
{
    for (int i = 0; i < 4096; i++) {
        void *block = malloc(1 << 18);
        if (block == NULL) {
            return 1;
        }
        free(block);
    }
    return 0;
}

/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
    FILE *f = fopen("written_by_student", "w");
    if (f)
        fprintf(f, "hello %d\n", 3);
    return 0;
}

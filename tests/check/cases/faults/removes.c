/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
    remove("victim");
    unlink("victim2");
    rename("v3", "v3moved");
    mkdir("newdir", 0777);
    chmod("v3moved", 0);
    return 0;
}
#include <sys/stat.h>

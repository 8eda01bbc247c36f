/* SPDX-License-Identifier: MIT */
/* The environment is that of the start in each execution, whatever one has made of it. */
// expect: verified 2 executions
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static atomic_int counter;

static void *count(void *unused)
{
    atomic_fetch_add(&counter, 1);
    return unused;
}

int main(int argc, char **argv, char **environment)
{
    assert(argc == 1 && argv[1] == NULL);
    assert(environment != NULL && getenv("LOCKSTEP_NO_SUCH_NAME") == NULL);
    const char *path = getenv("PATH");
    assert(path == NULL || strcmp(path, "elsewhere") != 0);
    setenv("LOCKSTEP_NO_SUCH_NAME", "1", 1);
    setenv("PATH", "elsewhere", 1);
    unsetenv("HOME");
    assert(strcmp(getenv("PATH"), "elsewhere") == 0);
    pthread_t thread;
    pthread_create(&thread, NULL, count, NULL);
    count(NULL);
    pthread_join(thread, NULL);
    return 0;
}

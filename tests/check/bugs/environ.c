// SPDX-License-Identifier: MIT
// expect: wrong race
// A thread looks at environ while another one sets a variable.
#include <pthread.h>
#include <stdlib.h>

extern char **environ;

static void *set(void *unused)
{
    setenv("LOCKSTEP_TEST", "1", 1);
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, set, NULL);
    int any = environ[0] != NULL;
    pthread_join(thread, NULL);
    return any < 0;
}

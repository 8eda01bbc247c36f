/* SPDX-License-Identifier: MIT */
/* An index into an array of the function's own, whose address nobody takes, leads out of
   the function, and out of all that the thread has called: there lies what called it. */
// expect: wrong crash -DINDEX=30
// expect: wrong crash -DINDEX=30 -O2
// expect: wrong crash -DINDEX=30 -DIN_MAIN
// expect: wrong crash|use after free -DINDEX=-3000000
// expect: verified -DINDEX=3
// expect: verified -DINDEX=3 -O2
#include <pthread.h>

int index_of_it = INDEX;

static int compute(void)
{
    int squares[4] = {0, 1, 4, 9};
    *(squares + index_of_it) = 7; /* [] the compiler looks at itself */
    return squares[1];
}

static void *run(void *unused)
{
    return compute() == 1 ? unused : NULL;
}

int main(void)
{
#ifdef IN_MAIN
    return compute() != 1;
#endif
    pthread_t thread;
    pthread_create(&thread, NULL, run, NULL);
    pthread_join(thread, NULL);
    return 0;
}

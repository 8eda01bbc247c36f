/* SPDX-License-Identifier: MIT */
/* What cannot be checked, where no thread gets there: calls, and a function of a header
   that nobody calls. */
// expect: verified 1 executions
// expect: refused calls fork, which cannot be checked -DASKS
// expect: refused calls alarm, which cannot be checked -DBY_NAME
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t late;

static void note(int number)
{
    (void)number;
    late = 1;
}

__attribute__((unused)) static unsigned arm(unsigned seconds)
{
    signal(SIGALRM, note);
    return alarm(seconds);
}

int main(int argc, char **argv)
{
    unsigned (*const wait_for[])(unsigned) = {sleep, alarm};
    int number = 0;
    (void)argv;
#ifdef ASKS
    argc++;
#elif defined BY_NAME
    number = 1;
#endif
    if (argc > 1 && fork() < 0) {
        return 2;
    }
    return (int)wait_for[number](0);
}

// says: the program calls ssignal, which cannot be checked
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>
static void handler(int number)
{
    (void)number;
    _exit(0);
}
int main(void)
{
    ssignal(SIGSEGV, handler);
    *(volatile int *)0 = 1;
    return 1;
}

// wrong: which is no memory of the program's
#include <stdio.h>
int main(void)
{
    for (int i = 3; i < 20; i++) {
        stdout->_fileno = i;
        puts("lockcheck: verified: 2 threads, 1 execution");
        fflush(stdout);
    }
    return 1;
}

// says: the program ends in a constructor: main is not reached
#include <unistd.h>
__attribute__((constructor)) static void ends_it(void)
{
    (void)!write(1, "lockcheck: verified\n", 20);
    _exit(0);
}
int main(void)
{
    return 1;
}

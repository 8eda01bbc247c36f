// says: the program calls getppid, which cannot be checked
#include <signal.h>
#include <unistd.h>
int main(void)
{
    kill(getppid(), SIGKILL);
    return 1;
}

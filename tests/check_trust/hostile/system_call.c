// says: system call
#include <sys/syscall.h>
#include <unistd.h>
int main(void)
{
    syscall(SYS_exit_group, 0);
    return 1;
}

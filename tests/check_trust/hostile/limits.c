// says: the program calls setrlimit, which cannot be checked
#include <sys/resource.h>
int main(void)
{
    struct rlimit none = {0, 0};
    return setrlimit(RLIMIT_CPU, &none);
}

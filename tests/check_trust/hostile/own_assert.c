// says: the program defines __assert_fail
#include <assert.h>
#include <unistd.h>

_Noreturn void __assert_fail(const char *assertion, const char *file, unsigned line,
                             const char *function)
{
    (void)assertion, (void)file, (void)line, (void)function;
    _exit(0);
}

int main(void)
{
    assert(0);
    return 1;
}

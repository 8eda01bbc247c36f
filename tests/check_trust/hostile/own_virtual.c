// wrong: assertion failed
#include <assert.h>
int vm_running = -1;
void instrument_wrong(const char *kind, const void *site, const char *format, ...)
{
    (void)kind, (void)site, (void)format;
}
void vm_stop(void)
{
}
int main(void)
{
    assert(vm_running != -1);
    return 0;
}

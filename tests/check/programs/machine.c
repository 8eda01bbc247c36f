/* SPDX-License-Identifier: MIT */
// expect: verified 1 execution
// What a program asks about the machine is known, and answered alike each time.
#include <assert.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

int main(void)
{
    struct utsname name;
    int error = uname(&name);
    assert(error == 0 && strlen(name.nodename) < sizeof name.nodename);
    assert(get_nprocs() == 4 && sysconf(_SC_NPROCESSORS_ONLN) == 4);
    assert(getpid() == 1);
    return 0;
}

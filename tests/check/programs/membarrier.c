/* SPDX-License-Identifier: MIT */
/* membarrier: what it answers before and after it was registered for, and where there is
   none. */
// expect: verified 1 execution
// expect: verified 1 execution --no-membarrier -DMISSING
// expect: refused MEMBARRIER_CMD_GLOBAL: -DCOMMAND=MEMBARRIER_CMD_GLOBAL
// long: refused PRIVATE_EXPEDITED_SYNC_CORE -DCOMMAND=MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE
// long: refused known -DCOMMAND=1000
#include <assert.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

static int membarrier(int command, unsigned flags)
{
    errno = 0;
    return (int)syscall(SYS_membarrier, command, flags, 0);
}

int main(void)
{
#ifdef MISSING
    assert(membarrier(MEMBARRIER_CMD_QUERY, 0) == -1 && errno == ENOSYS);
    assert(membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0) == -1);
    assert(membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0) == -1 && errno == ENOSYS);
#elif defined COMMAND
    membarrier(COMMAND, 0);
#else
    int can = membarrier(MEMBARRIER_CMD_QUERY, 0);
    assert(can & MEMBARRIER_CMD_PRIVATE_EXPEDITED);
    assert(can & MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
    assert(membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0) == -1 && errno == EPERM);
    assert(membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 1) == -1);
    assert(errno == EINVAL);
    assert(membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0) == 0);
    assert(membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 1) == -1 && errno == EINVAL);
    assert(membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0) == 0 && errno == 0);
#endif
    return 0;
}

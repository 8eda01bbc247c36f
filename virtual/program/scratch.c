/* SPDX-License-Identifier: MIT */
/* A directory of our own, in which programs are built. */
#include "virtual/ground/messages.h"
#include "virtual/program/tool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char directory[512];
static pid_t owner;

static void remove_from(DIR *stream)
{
    for (const struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        const char *name = entry->d_name;
        if (name[0] == '.' || unlinkat(dirfd(stream), name, 0) == 0) {
            continue;
        }
        int file = openat(dirfd(stream), name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *below = file < 0 ? NULL : fdopendir(file);
        if (below != NULL) {
            remove_from(below);
            (void)closedir(below);
            (void)unlinkat(dirfd(stream), name, AT_REMOVEDIR);
        }
    }
}

void vm_scratch_remove(void)
{
    DIR *stream = getpid() == owner ? opendir(directory) : NULL;
    if (stream != NULL) {
        remove_from(stream);
        (void)closedir(stream);
        (void)rmdir(directory);
    }
}

/* By a process that may do more than a signal handler may. */
void vm_scratch_leave(int signal_number)
{
    pid_t child = getpid() == owner || getppid() != owner ? fork() : -1;
    if (child == 0) {
        (void)execl("/bin/rm", "rm", "-rf", "--", directory, (char *)NULL);
        _exit(127);
    }
    if (child > 0) {
        (void)waitpid(child, NULL, 0);
    }
    _exit(128 + signal_number);
}

/* While the program is compiled; later there is something to report (guard.c). Signals
   that were ignored when we started stay ignored. */
static void leave_on(int signal_number)
{
    if (signal(signal_number, vm_scratch_leave) == SIG_IGN) {
        (void)signal(signal_number, SIG_IGN);
    }
}

const char *vm_scratch(void)
{
    if (directory[0] == '\0') {
        const char *where = getenv("TMPDIR");
        (void)snprintf(directory, sizeof directory, "%s/%s-XXXXXX",
                       where != NULL && where[0] != '\0' ? where : "/tmp", vm_tool);
        if (mkdtemp(directory) == NULL) {
            complain("%s: %s (TMPDIR names another directory)", directory,
                     strerror(errno));
            vm_quit(3);
        }
        owner = getpid();
        (void)atexit(vm_scratch_remove);
        vm_at_quit = vm_scratch_remove;
        leave_on(SIGINT);
        leave_on(SIGTERM);
        leave_on(SIGHUP);
    }
    return directory;
}

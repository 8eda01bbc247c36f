/* SPDX-License-Identifier: MIT */
#include "common/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/tool.h"

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

void scratch_remove(void)
{
    DIR *stream = getpid() == owner ? opendir(directory) : NULL;
    if (stream != NULL) {
        remove_from(stream);
        (void)closedir(stream);
        (void)rmdir(directory);
    }
}

/* By a process that may do more than a signal handler may. */
void scratch_leave(int signal_number)
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

/* While something is compiled; later there are results to tell of. Signals
   that were ignored when we started stay ignored. */
static void leave_on(int signal_number)
{
    if (signal(signal_number, scratch_leave) == SIG_IGN) {
        (void)signal(signal_number, SIG_IGN);
    }
}

const char *scratch_directory(void)
{
    if (directory[0] == '\0') {
        const char *where = getenv("TMPDIR");
        (void)snprintf(directory, sizeof directory, "%s/%s-XXXXXX",
                       where != NULL && where[0] != '\0' ? where : "/tmp", tool.name);
        if (mkdtemp(directory) == NULL) {
            refuse("%s: %s (TMPDIR names another directory)", directory, strerror(errno));
        }
        owner = getpid();
        (void)atexit(scratch_remove);
        leave_on(SIGINT);
        leave_on(SIGTERM);
        leave_on(SIGHUP);
    }
    return directory;
}

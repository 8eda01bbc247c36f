/* SPDX-License-Identifier: MIT */
#include "preload/show/session.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/memory.h"
#include "common/text.h"
#include "preload/show/profile.h"

extern char **environ;

static char *directory;

/* --- the directory ------------------------------------------------------------------ */

static void remove_directory(void)
{
    DIR *open = opendir(directory);
    const struct dirent *entry;
    while (open != NULL && (entry = readdir(open)) != NULL) {
        (void)unlinkat(dirfd(open), entry->d_name, 0);
    }
    if (open != NULL) {
        (void)closedir(open);
    }
    (void)rmdir(directory);
}

void session_begin(void)
{
    /* In memory first: what the program writes there never waits for a disk. */
    const char *given = getenv("TMPDIR");
    const char *const parents[] = {"/dev/shm", given != NULL ? given : "/tmp", "/tmp"};
    for (size_t i = 0; i < sizeof parents / sizeof *parents; i++) {
        directory = text_made("%s/lockstep-profile-XXXXXX", parents[i]);
        char *made = mkdtemp(directory) != NULL ? realpath(directory, NULL) : NULL;
        free(directory);
        directory = made;
        if (made != NULL) {
            (void)atexit(remove_directory);
            if (setenv("LOCKSTEP_PROFILE", made, 1) != 0) {
                refuse("cannot set LOCKSTEP_PROFILE: %s", strerror(errno));
            }
            return;
        }
    }
    refuse("cannot make a directory for the profile: %s", strerror(errno));
}

/* --- the program -------------------------------------------------------------------- */

/* What this process waits for; the program itself begins with the mask that we had. */
static sigset_t waited_for(void)
{
    static const int signals[] = {SIGCHLD, SIGUSR1, SIGUSR2, SIGINT,
                                  SIGQUIT, SIGTERM, SIGHUP};
    sigset_t set;
    (void)sigemptyset(&set);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        (void)sigaddset(&set, signals[i]);
    }
    return set;
}

static pid_t start(const struct session *session, const sigset_t *mask)
{
    posix_spawnattr_t attributes;
    pid_t process;
    (void)posix_spawnattr_init(&attributes);
    (void)posix_spawnattr_setsigmask(&attributes, mask);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    int error = posix_spawn(&process, session->program, NULL, &attributes, session->words,
                            environ);
    (void)posix_spawnattr_destroy(&attributes);
    if (error != 0) {
        refuse("cannot run %s: %s", session->program, strerror(error));
    }
    return process;
}

/* In a process of its own: all that it reads is given back at once. */
static void show_now(const struct session *session)
{
    (void)fflush(NULL);
    pid_t process = fork();
    if (process == 0) {
        profile_show(stderr, directory, TABLE, session->line);
        _exit(0);
    }
    while (process > 0 && waitpid(process, NULL, 0) < 0 && errno == EINTR) {
    }
}

/* A terminal sends its signals to the program, too; what another process sends is for the
   program. */
static void pass_on(pid_t process, const siginfo_t *signal)
{
    if (signal->si_code <= 0) {
        (void)kill(process, signal->si_signo);
    }
}

static struct timespec until(time_t next)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (struct timespec){.tv_sec = next > now.tv_sec ? next - now.tv_sec : 0};
}

/* Returns its status, as wait says it. */
static int wait_for(const struct session *session, pid_t process, const sigset_t *signals)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    time_t next = now.tv_sec + session->seconds;
    int status;
    while (waitpid(process, &status, WNOHANG) != process) {
        siginfo_t signal;
        struct timespec rest = until(next);
        int number = session->seconds > 0 ? sigtimedwait(signals, &signal, &rest)
                                          : sigwaitinfo(signals, &signal);
        if (number == SIGUSR1 || (number < 0 && errno == EAGAIN)) {
            show_now(session);
            next += number < 0 ? session->seconds : 0;
        } else if (number > 0 && number != SIGCHLD) {
            pass_on(process, &signal);
        }
    }
    return status;
}

/* As the program ended, without a second core dump. */
static int end_like(int status, const sigset_t *mask)
{
    if (WIFSIGNALED(status)) {
        struct rlimit none = {0};
        (void)setrlimit(RLIMIT_CORE, &none);
        (void)signal(WTERMSIG(status), SIG_DFL);
        (void)sigprocmask(SIG_SETMASK, mask, NULL);
        (void)raise(WTERMSIG(status));
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int session_run(const struct session *session)
{
    sigset_t signals = waited_for(), mask;
    FILE *file = session->output != NULL ? fopen(session->output, "we") : stderr;
    if (file == NULL) {
        refuse("--profile: cannot write '%s': %s", session->output, strerror(errno));
    }
    (void)sigprocmask(SIG_BLOCK, &signals, &mask);
    pid_t process = start(session, &mask);
    int status = wait_for(session, process, &signals);
    profile_show(file, directory, session->output != NULL ? JSON : TABLE, session->line);
    if (session->output != NULL) {
        output_close(file, session->output);
    }
    remove_directory();
    return end_like(status, &mask);
}

/* SPDX-License-Identifier: MIT */
#include "bench/apart.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/team.h"
#include "common/tool.h"

extern char **environ;

void *shared_memory(size_t size)
{
    void *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        refuse("no shared memory: %s", strerror(errno));
    }
    return memory;
}

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    atomic_store_explicit(&interrupted, true, memory_order_relaxed);
}

static sigset_t interrupts_of_launches(void)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGUSR1);
    return set;
}

void catch_interrupt(void)
{
    static const int ours[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        if (sigaction(ours[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN) {
            action = (struct sigaction){.sa_handler = on_interrupt,
                                        .sa_flags = (int)SA_RESETHAND};
            (void)sigaction(ours[i], &action, NULL);
        }
    }
    action = (struct sigaction){.sa_handler = on_interrupt};
    (void)sigaction(SIGUSR1, &action, NULL); /* from the process that has launched us */
    const sigset_t waits = interrupts_of_launches();
    (void)sigprocmask(SIG_UNBLOCK, &waits, NULL);
}

int start_process(pid_t *process, const char *program, char *const *argv)
{
    const sigset_t waits = interrupts_of_launches();
    posix_spawnattr_t attributes;
    (void)posix_spawnattr_init(&attributes);
    (void)posix_spawnattr_setsigmask(&attributes, &waits);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    int error = posix_spawn(process, program, NULL, &attributes, argv, environ);
    (void)posix_spawnattr_destroy(&attributes);
    return error;
}

int await_process(pid_t process)
{
    int status;
    while (waitpid(process, &status, 0) < 0) {
        if (is_interrupted()) {
            (void)kill(process, SIGUSR1);
        }
    }
    return status;
}

static void set_limits(unsigned wall_seconds, unsigned processor_seconds)
{
    const struct rlimit no_core = {0, 0};
    const struct rlimit limit = {processor_seconds, processor_seconds + 1};
    (void)setrlimit(RLIMIT_CORE, &no_core);
    if (processor_seconds > 0) {
        (void)setrlimit(RLIMIT_CPU, &limit);
    }
    (void)alarm(wall_seconds);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
}

const char *run_apart(void (*part)(void *), void *argument, unsigned wall_seconds,
                      unsigned processor_seconds)
{
    static atomic_bool *is_over;
    static char text[128];
    is_over = is_over != NULL ? is_over : shared_memory(sizeof *is_over);
    atomic_store_explicit(is_over, false, memory_order_relaxed);
    (void)fflush(NULL);
    pid_t process = fork();
    if (process < 0) {
        refuse("cannot start a process: %s", strerror(errno));
    }
    if (process == 0) {
        set_limits(wall_seconds, processor_seconds);
        part(argument);
        atomic_store_explicit(is_over, true, memory_order_relaxed);
        _exit(0);
    }
    int status = await_process(process);
    if (atomic_load_explicit(is_over, memory_order_relaxed)) {
        return NULL;
    }
    if (WIFEXITED(status)) {
        (void)snprintf(text, sizeof text, "ends the program, with status %d",
                       WEXITSTATUS(status));
    } else if (WTERMSIG(status) == SIGALRM || WTERMSIG(status) == SIGXCPU) {
        (void)snprintf(text, sizeof text, "hangs");
    } else {
        (void)snprintf(text, sizeof text, "crashes: %s", strsignal(WTERMSIG(status)));
    }
    return text;
}

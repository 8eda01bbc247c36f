/* SPDX-License-Identifier: MIT */
// expect: verified 1 execution
// expect: refused asks what was set -DASKS
// What a program asks about the machine is known, and answered alike each time.
#define _GNU_SOURCE
#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

static void note(int number)
{
    (void)number;
}

/* What is set for a signal is known to main, if no other thread sets it. */
static void handle_signals(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
    assert(signal(SIGINT, note) == SIG_DFL && signal(SIGKILL, note) == SIG_ERR);
    assert(sigaction(SIGINT, &ignore, &old) == 0 && old.sa_handler == note);
    assert(sigaction(SIGINT, NULL, &old) == 0 && old.sa_handler == SIG_IGN);
}

/* A thread blocks the signals that its creator has blocked; none comes. */
static void *run(void *unused)
{
    sigset_t set, old;
    assert(sigaction(SIGUSR2, &(struct sigaction){.sa_handler = note}, NULL) == 0);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    assert(sigismember(&set, SIGUSR1) == 1 && sigismember(&set, SIGUSR2) == 0);
    assert(pthread_sigmask(SIG_UNBLOCK, &set, &old) == 0);
    assert(sigismember(&old, SIGUSR1) == 1 && sigismember(&old, SIGKILL) == 0);
    assert(sigprocmask(SIG_BLOCK, NULL, &set) == 0 && sigismember(&set, SIGUSR1) == 0);
    assert(sigismember(&set, SIGUSR2) == 1 && pthread_sigmask(5, &set, NULL) != 0);
    assert(sigpending(&set) == 0 && sigismember(&set, SIGUSR2) == 0);
    return unused;
}

static void sleep_otherwise(void)
{
    struct timeval time = {0, 1};
    assert(poll(NULL, 0, 1) == 0 && select(0, NULL, NULL, NULL, &time) == 0);
    assert(time.tv_usec == 0);
}

int main(void)
{
    struct utsname name;
    int error = uname(&name);
    assert(error == 0 && strlen(name.nodename) < sizeof name.nodename);
    assert(get_nprocs() == 4 && sysconf(_SC_NPROCESSORS_ONLN) == 4);
    assert(getpid() == 1);
    struct rlimit limit;
    assert(getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur > 0);
    assert(prctl(PR_SET_NAME, "main", 0, 0, 0) == 0);
    struct sched_param parameters;
    int policy;
    assert(pthread_getschedparam(pthread_self(), &policy, &parameters) == 0);
    assert(policy == SCHED_OTHER && parameters.sched_priority == 0);
    sleep_otherwise();
    handle_signals();
    sigset_t all;
    pthread_attr_t attributes;
    cpu_set_t processors;
    CPU_ZERO(&processors);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    pthread_attr_init(&attributes);
    pthread_attr_setaffinity_np(&attributes, sizeof processors, &processors);
    pthread_t thread;
    pthread_create(&thread, &attributes, run, NULL);
    pthread_join(thread, NULL);
#ifdef ASKS
    (void)signal(SIGUSR2, SIG_DFL);
#endif
    return 0;
}

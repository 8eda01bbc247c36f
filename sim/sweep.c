/* SPDX-License-Identifier: MIT */
#include "sim/sweep.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/memory.h"
#include "common/tool.h"
#include "sim/simulate.h"
#include "sim/workload.h"
#include "virtual/program/tool.h"
#include "virtual/virtual.h"

/* A process that makes runs, one after the other: on its link it is told the number of a
   point, and answers with the result as a whole. */
struct worker {
    pid_t pid;
    int link;
    bool busy;
    size_t point; /* while it is busy */
};

unsigned sweep_processors(void)
{
    cpu_set_t allowed;
    int count =
        sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : 1;
    return count > 0 ? (unsigned)count : 1;
}

static _Noreturn void work(const struct options *options, struct point *points, int link,
                           pid_t parent)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(STATUS_CANNOT);
    }
    /* Time in which it runs, for vm_guard_begin; it is not handed on. */
    const struct itimerval second = {.it_interval.tv_sec = 1, .it_value.tv_sec = 1};
    (void)setitimer(ITIMER_VIRTUAL, &second, NULL);
    size_t i;
    while (read(link, &i, sizeof i) == (ssize_t)sizeof i) {
        struct point *point = &points[i];
        const ssize_t size = sizeof point->result;
        int status = 0; /* for the user's own, which are not run here */
        (void)workload_run(options, point->primitive, point->processors, &point->result,
                           &status);
        if (write(link, &point->result, (size_t)size) != size) {
            _exit(STATUS_CANNOT);
        }
    }
    _exit(0);
}

static void begin(const struct options *options, struct point *points,
                  struct worker *workers, unsigned number)
{
    _Static_assert(sizeof points->result <= 4096, "a socket takes it at once");
    int ends[2];
    const pid_t parent = getpid();
    pid_t pid = socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0 ? fork() : -1;
    if (pid < 0) {
        refuse("cannot start a process: %s (--jobs=1 does without)", strerror(errno));
    }
    if (pid == 0) {
        for (unsigned i = 0; i < number; i++) {
            (void)close(workers[i].link);
        }
        (void)close(ends[0]);
        work(options, points, ends[1], parent);
    }
    (void)close(ends[1]);
    workers[number] = (struct worker){.pid = pid, .link = ends[0]};
}

/* It has ended, or is about to: with which status. */
static int end(const struct worker *worker)
{
    int status = 0;
    (void)close(worker->link);
    while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

/* What the run has come to. A process that has no result has said why. */
static void receive(struct worker *worker, struct point *point)
{
    const ssize_t size = sizeof point->result;
    if (read(worker->link, &point->result, (size_t)size) != size) {
        int status = end(worker);
        if (!WIFEXITED(status)) {
            refuse("the process of %s, %u processors, was ended: %s",
                   point->primitive->name, point->processors,
                   strsignal(WTERMSIG(status)));
        }
        vm_output_flush();
        vm_quit(WEXITSTATUS(status));
    }
    point->over = true;
    worker->busy = false;
}

/* Gives work to those that have none. */
static void hand_out(struct worker *workers, unsigned jobs, size_t *begun, size_t count)
{
    for (unsigned i = 0; i < jobs && *begun < count; i++) {
        if (!workers[i].busy) {
            workers[i].busy = true;
            workers[i].point = (*begun)++;
            (void)send(workers[i].link, &workers[i].point, sizeof workers[i].point,
                       MSG_NOSIGNAL); /* of one that has died receive tells */
        }
    }
}

/* Waits until one of the runs that have begun is over, or for a moment. */
static void wait_for_any(struct worker *workers, unsigned jobs, struct point *points)
{
    struct pollfd links[MOST_JOBS];
    for (unsigned i = 0; i < jobs; i++) {
        links[i] = (struct pollfd){.fd = workers[i].busy ? workers[i].link : -1,
                                   .events = POLLIN};
    }
    (void)poll(links, jobs, 100);
    for (unsigned i = 0; i < jobs; i++) {
        if (links[i].revents != 0) {
            receive(&workers[i], &points[workers[i].point]);
        }
    }
}

/* Not by SIGINT, which a shell has them ignore that runs in the background. */
static void interrupt_all(const struct worker *workers, unsigned jobs)
{
    for (unsigned i = 0; i < jobs; i++) {
        if (workers[i].busy) {
            (void)kill(workers[i].pid, SIGTERM);
        }
    }
}

static void make_all(const struct options *options, struct point *points, size_t count,
                     struct worker *workers, unsigned jobs,
                     void (*each)(const struct options *options,
                                  const struct point *point, bool done))
{
    size_t begun = 0;
    bool told = false; /* they know that they are interrupted */
    for (size_t i = 0; i < count; i++) {
        each(options, &points[i], false);
        while (!points[i].over) {
            if (!simulation_interrupted) {
                hand_out(workers, jobs, &begun, count);
            } else if (!told) {
                interrupt_all(workers, jobs);
                told = true;
            }
            if (i == begun) {
                return;
            }
            wait_for_any(workers, jobs, points);
        }
        each(options, &points[i], true);
        if (points[i].result.interrupted) {
            simulation_interrupted = true;
            return;
        }
    }
}

void sweep(const struct options *options, struct point *points, size_t count,
           unsigned jobs,
           void (*each)(const struct options *options, const struct point *point,
                        bool done))
{
    struct worker workers[MOST_JOBS];
    vm_reset(); /* what is settled once for a process is so for all workers */
    jobs = jobs < count ? jobs : (unsigned)count;
    for (unsigned i = 0; i < jobs; i++) {
        begin(options, points, workers, i);
    }
    make_all(options, points, count, workers, jobs, each);
    for (unsigned i = 0; i < jobs; i++) {
        (void)kill(workers[i].pid, SIGKILL);
        (void)end(&workers[i]);
    }
}

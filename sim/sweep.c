/* SPDX-License-Identifier: MIT */
#include "sim/sweep.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/memory.h"
#include "common/tool.h"
#include "sim/simulate.h"
#include "sim/workload.h"
#include "virtual/program/tool.h"
#include "virtual/virtual.h"

/* A process that makes a run; its result comes through a pipe, as a whole. */
struct child {
    pid_t pid;
    int from;
    bool over;
};

unsigned sweep_processors(void)
{
    cpu_set_t allowed;
    int count =
        sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : 1;
    return count > 0 ? (unsigned)count : 1;
}

static _Noreturn void make_run(const struct options *options, struct point *point, int to,
                               pid_t parent)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(STATUS_CANNOT);
    }
    /* Time in which it runs, for vm_guard_begin; it is not handed on. */
    const struct itimerval second = {.it_interval.tv_sec = 1, .it_value.tv_sec = 1};
    (void)setitimer(ITIMER_VIRTUAL, &second, NULL);
    int status = 0; /* for the user's own, which are not run here */
    (void)workload_run(options, point->primitive, point->processors, &point->result,
                       &status);
    ssize_t written = write(to, &point->result, sizeof point->result);
    _exit(written == (ssize_t)sizeof point->result ? 0 : STATUS_CANNOT);
}

static struct child begin(const struct options *options, struct point *point)
{
    _Static_assert(sizeof point->result <= 4096, "a pipe takes it at once");
    int ends[2];
    const pid_t parent = getpid();
    struct child child = {.pid = -1};
    if (pipe(ends) == 0) {
        child = (struct child){.pid = fork(), .from = ends[0]};
    }
    if (child.pid < 0) {
        refuse("cannot start a process: %s (--jobs=1 does without)", strerror(errno));
    }
    if (child.pid == 0) {
        (void)close(ends[0]);
        make_run(options, point, ends[1], parent);
    }
    (void)close(ends[1]);
    return child;
}

/* What the run has come to. A process that has no result has said why. */
static void end(struct child *child, struct point *point)
{
    ssize_t size = read(child->from, &point->result, sizeof point->result);
    int status = 0;
    (void)close(child->from);
    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (size != (ssize_t)sizeof point->result) {
        if (!WIFEXITED(status)) {
            refuse("the process of %s, %u processors, was ended: %s",
                   point->primitive->name, point->processors,
                   strsignal(WTERMSIG(status)));
        }
        vm_output_flush();
        vm_quit(WEXITSTATUS(status));
    }
    child->over = true;
}

/* Waits until one of the runs that have begun is over, or for a moment. */
static void wait_for_any(struct child *children, struct point *points, size_t first,
                         size_t begun, size_t *running)
{
    struct pollfd *ends = zeroed(begun - first, sizeof *ends);
    for (size_t i = first; i < begun; i++) {
        ends[i - first].fd = children[i].over ? -1 : children[i].from;
        ends[i - first].events = POLLIN;
    }
    (void)poll(ends, begun - first, 100);
    for (size_t i = first; i < begun; i++) {
        if (ends[i - first].revents != 0) {
            end(&children[i], &points[i]);
            --*running;
        }
    }
    free(ends);
}

/* Not by SIGINT, which a shell has them ignore that runs in the background. */
static void interrupt_all(const struct child *children, size_t first, size_t begun)
{
    for (size_t i = first; i < begun; i++) {
        if (!children[i].over) {
            (void)kill(children[i].pid, SIGTERM);
        }
    }
}

void sweep(const struct options *options, struct point *points, size_t count,
           unsigned jobs,
           void (*each)(const struct options *options, const struct point *point,
                        bool done))
{
    struct child *children = zeroed(count, sizeof *children);
    size_t begun = 0, running = 0;
    bool told = false; /* they know that they are interrupted */
    vm_reset();        /* what is settled once for a process is so for all children */
    for (size_t i = 0; i < count; i++) {
        each(options, &points[i], false);
        do {
            while (begun < count && running < jobs && !simulation_interrupted) {
                children[begun] = begin(options, &points[begun]);
                begun++;
                running++;
            }
            if (i == begun) {
                free(children);
                return;
            }
            if (simulation_interrupted && !told) {
                interrupt_all(children, i, begun);
                told = true;
            }
            if (!children[i].over) {
                wait_for_any(children, points, i, begun, &running);
            }
        } while (!children[i].over);
        each(options, &points[i], true);
        if (points[i].result.interrupted) {
            simulation_interrupted = true;
            interrupt_all(children, i, begun);
            break;
        }
    }
    free(children);
}

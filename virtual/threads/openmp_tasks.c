/* SPDX-License-Identifier: MIT */
/*
 * OpenMP: tasks. Each is a thread of its own, so that whatever order a team could run its
 * tasks in is explored, and some that it could not, for want of threads. What is promised
 * is that a task begins after what its creator has done before it, and ends before a
 * taskwait of its creator, the end of a taskgroup around it, and the team's next barrier
 * are over.
 */
#include "virtual/executions.h"
#include "virtual/threads/clock.h"
#include "virtual/threads/openmp_team.h"

#include <string.h>

enum { TASKS = VM_PROCESSORS };

/* A task, in the order of their creation by each thread: its creator joins it. */
struct task {
    struct vm_team *team;
    struct vm_settings settings;
    void (*body)(void *);
    void *argument;
    unsigned processor;
    struct task *next;
    struct task *left; /* when it is over: those that it has not waited for */
};
static struct task tasks[TASKS];
static unsigned tasks_count;

/* Of a thread: the tasks that it has created and not waited for; and those of tasks that
   it has waited for, which only a barrier or a taskgroup waits for. In a taskgroup: the
   same of what was before it. */
enum { GROUPS = 8 };
static struct waiting {
    struct lists {
        struct task *children, *others;
    } now, before[GROUPS];
    unsigned groups;
} waiting[VM_PROCESSORS];
static unsigned waiting_count;

void vm_reset_tasks(void)
{
    memset((void *)tasks, 0, tasks_count * sizeof *tasks);
    memset((void *)waiting, 0, waiting_count * sizeof *waiting);
    tasks_count = waiting_count = 0;
}

static struct waiting *own(void)
{
    unsigned number = vm_thread_number();
    waiting_count = number >= waiting_count ? number + 1 : waiting_count;
    return &waiting[number];
}

static void append(struct task **list, struct task *more)
{
    while (*list != NULL) {
        list = &(*list)->next;
    }
    *list = more;
}

/* --- running ------------------------------------------------------------------------ */

static void run(void *argument)
{
    struct task *task = argument;
    vm_thread()->started = vm_thread()->detached = vm_thread()->task = true;
    *vm_member(task->team->call) = (struct vm_member){
        .ready = true, .team = task->team, .is_task = true, .settings = task->settings};
    task->body(task->argument);
    (void)vm_called(NULL);
    struct waiting *self = own();
    task->left = self->now.children;
    append(&task->left, self->now.others);
    *self = (struct waiting){.groups = 0};
    instrument_exit();
}

void vm_task_create(void (*body)(void *), void *argument, struct vm_call call)
{
    const struct vm_member *self = vm_member(call);
    if (self->team == NULL || self->team->area == NULL) {
        instrument_refuse(call.site,
                          "a task in a team of one thread: its tasks could come "
                          "in more orders than are explored");
    }
    if (vm_in_time()) {
        instrument_refuse(call.site, "a task: what it costs cannot be simulated");
    }
    if (tasks_count == TASKS) {
        instrument_refuse(call.site, "more than %d tasks", TASKS);
    }
    struct task *task = &tasks[tasks_count++];
    *task = (struct task){.team = self->team,
                          .settings = self->settings,
                          .body = body,
                          .argument = argument};
    unsigned kind = 2 * VM_PROCESSORS + tasks_count; /* like no other */
    task->processor = instrument_create(run, task, kind, VM_NOBODY, call.site);
    vm_use_thread(task->processor);
    append(&own()->now.children, task);
}

/* One that is not put off: its taskwaits are for what it has created itself. */
void vm_task_run(void (*body)(void *), void *argument, struct vm_call call)
{
    struct waiting *self = own(), outer = *self;
    (void)call;
    *self = (struct waiting){.groups = 0};
    body(argument);
    (void)vm_called(NULL);
    append(&outer.now.others, self->now.children);
    append(&outer.now.others, self->now.others);
    *self = outer;
}

/* --- waiting ------------------------------------------------------------------------ */

/* Waits for tasks; `all`: for what they have left, too, which otherwise is for later. */
static void wait_for(struct task **list, bool all, struct vm_call call)
{
    for (struct task *task = *list; task != NULL; task = task->next) {
        instrument_join(task->processor, call.site);
        if (task->argument != NULL) {
            vm_free(task->argument, call.site);
        }
        if (all) {
            append(&task->next, task->left);
        } else {
            append(&own()->now.others, task->left);
        }
    }
    *list = NULL;
}

void vm_task_wait(struct vm_call call)
{
    struct waiting *self = own();
    wait_for(&self->now.children, false, call);
    for (unsigned i = 0; i < self->groups; i++) {
        wait_for(&self->before[i].children, false, call);
    }
}

/* In front of a barrier. */
void vm_task_wait_all(struct vm_call call)
{
    struct waiting *self = own();
    append(&self->now.children, self->now.others);
    self->now.others = NULL;
    wait_for(&self->now.children, true, call);
}

void vm_task_group_begin(struct vm_call call)
{
    struct waiting *self = own();
    if (self->groups == GROUPS) {
        instrument_refuse(call.site, "more than %d taskgroups in each other", GROUPS);
    }
    self->before[self->groups++] = self->now;
    self->now = (struct lists){NULL, NULL};
}

void vm_task_group_end(struct vm_call call)
{
    struct waiting *self = own();
    if (self->groups > 0) {
        vm_task_wait_all(call);
        self->now = self->before[--self->groups];
    }
}

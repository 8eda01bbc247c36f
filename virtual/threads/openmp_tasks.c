/* SPDX-License-Identifier: MIT */
/*
 * OpenMP: tasks. Each is a thread of its own, so that whatever order a team could run its
 * tasks in is explored, and some that it could not, for want of threads. What is promised
 * is that a task begins after what its creator has done before it, and ends before a
 * taskwait of its creator, the end of a taskgroup around it, and the team's next barrier
 * are over. One that depends on others begins after they have ended.
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
    struct vm_task what;
    unsigned processor;
    struct task *next;
    struct task *left;    /* when it is over: those that it has not waited for */
    struct task *earlier; /* the one that the same task has created before this one */
};
static struct task tasks[TASKS];
static unsigned tasks_count;

/* Of a thread, outermost first: the task that it is, the taskgroups in it, the tasks in
   these that it does at once, and those that it is in teams of its own. Of each the tasks
   that have been created and not waited for; and those of tasks that have been waited
   for, which only a barrier or a taskgroup waits for. */
enum { FRAMES = 64 };
static struct frames {
    struct frame {
        struct task *children, *others;
        struct task *latest; /* that may still run, of those that the task has created */
        bool is_task, is_team, final;
    } all[FRAMES];
    unsigned depth;
} frames[VM_PROCESSORS];
static unsigned frames_count;

void vm_reset_tasks(void)
{
    memset((void *)tasks, 0, tasks_count * sizeof *tasks);
    for (unsigned i = 0; i < frames_count; i++) {
        memset((void *)&frames[i], 0, (frames[i].depth + 1) * sizeof(struct frame));
        frames[i].depth = 0;
    }
    tasks_count = frames_count = 0;
}

static struct frames *own(void)
{
    unsigned number = vm_thread_number();
    frames_count = number >= frames_count ? number + 1 : frames_count;
    return &frames[number];
}

static struct frame *innermost(void)
{
    struct frames *self = own();
    return &self->all[self->depth];
}

static struct frame *push(const char *what, struct vm_call call)
{
    struct frames *self = own();
    if (self->depth + 1 == FRAMES) {
        instrument_refuse(call.site, "more than %d %s in each other", FRAMES - 1, what);
    }
    return &self->all[++self->depth];
}

static struct frame pop(void)
{
    struct frames *self = own();
    struct frame last = self->all[self->depth];
    self->all[self->depth--] = (struct frame){.is_task = false};
    return last;
}

static void append(struct task **list, struct task *more)
{
    while (*list != NULL) {
        list = &(*list)->next;
    }
    *list = more;
}

/* --- dependences -------------------------------------------------------------------- */

static bool conflict(const struct vm_task *one, const struct vm_task *other)
{
    for (unsigned i = 0; i < one->dependences; i++) {
        for (unsigned j = 0; j < other->dependences; j++) {
            const struct vm_dependence *a = &one->dependence[i];
            const struct vm_dependence *b = &other->dependence[j];
            if (a->address == b->address && (a->kind != b->kind || a->kind == VM_OUT)) {
                return true;
            }
        }
    }
    return false;
}

static void await_dependences(const struct vm_task *what, const struct task *earlier,
                              struct vm_call call)
{
    for (; earlier != NULL; earlier = earlier->earlier) {
        if (conflict(what, &earlier->what)) {
            instrument_join(earlier->processor, call.site);
        }
    }
}

/* Tasks that exclude each other have a lock, in what the first of them has brought. */
static uint32_t *lock_of(const struct vm_dependence *mutex, const struct task *task)
{
    uint32_t *lock = NULL;
    for (; task != NULL; task = task->earlier) {
        for (unsigned i = 0; i < task->what.dependences; i++) {
            struct vm_dependence *other = &task->what.dependence[i];
            if (other->kind == VM_MUTEX && other->address == mutex->address) {
                lock = &other->lock;
            }
        }
    }
    return lock;
}

/* The next one, by their addresses, all of which a task takes in one order. */
static const struct vm_dependence *next_mutex(const struct vm_task *what,
                                              const struct vm_dependence *last)
{
    const struct vm_dependence *next = NULL;
    for (unsigned i = 0; i < what->dependences; i++) {
        const struct vm_dependence *mutex = &what->dependence[i];
        if (mutex->kind == VM_MUTEX && (last == NULL || mutex->address > last->address) &&
            (next == NULL || mutex->address < next->address)) {
            next = mutex;
        }
    }
    return next;
}

/* --- running ------------------------------------------------------------------------ */

static void run(void *argument)
{
    struct task *task = argument;
    const struct vm_task *what = &task->what;
    struct vm_call call = task->team->call;
    vm_thread()->started = vm_thread()->detached = vm_thread()->task = true;
    *vm_member(call) = (struct vm_member){
        .ready = true, .team = task->team, .is_task = true, .settings = task->settings};
    innermost()->final = what->final;
    await_dependences(what, task->earlier, call);
    const struct vm_dependence *mutex = NULL;
    while ((mutex = next_mutex(what, mutex)) != NULL) {
        vm_critical_begin(lock_of(mutex, task), call);
    }
    what->body(what->argument);
    (void)vm_called(NULL);
    while ((mutex = next_mutex(what, mutex)) != NULL) {
        vm_critical_end(lock_of(mutex, task), call);
    }
    struct frame *frame = innermost();
    task->left = frame->children;
    append(&task->left, frame->others);
    *frame = (struct frame){.is_task = false};
    instrument_exit();
}

static void create(const struct vm_task *what, struct vm_call call)
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
    vm_left_open |= VM_OPENMP_TASKS;
    struct frame *frame = innermost();
    struct task *task = &tasks[tasks_count++];
    *task = (struct task){.team = self->team,
                          .settings = self->settings,
                          .what = *what,
                          .earlier = frame->latest};
    unsigned kind = 2 * VM_PROCESSORS + tasks_count; /* like no other */
    task->processor = instrument_create(run, task, kind, VM_NOBODY, call.site);
    vm_use_thread(task->processor);
    append(&frame->children, task);
    frame->latest = task;
}

static void free_task(const struct vm_task *what, struct vm_call call)
{
    if (what->argument != NULL) {
        vm_free(what->argument, call.site);
    }
    if (what->dependence != NULL) {
        vm_free(what->dependence, call.site);
    }
}

void vm_task_begin(bool final, struct vm_call call)
{
    final = final || innermost()->final;
    *push("tasks", call) = (struct frame){.is_task = true, .final = final};
}

void vm_task_end(void)
{
    struct frame done = pop(), *frame = innermost();
    append(&frame->others, done.children);
    append(&frame->others, done.others);
}

/* One that is not put off waits for those before it that it excludes, too: when it is
   over there is none behind it yet. */
void vm_task_create(const struct vm_task *what, bool put_off, struct vm_call call)
{
    if (put_off && !innermost()->final) {
        create(what, call);
        return;
    }
    vm_task_wait_for(what, call);
    vm_task_begin(what->final, call);
    what->body(what->argument);
    (void)vm_called(NULL);
    vm_task_end();
    free_task(what, call);
}

bool vm_task_is_final(void)
{
    return innermost()->final;
}

/* --- waiting ------------------------------------------------------------------------ */

void vm_task_wait_for(const struct vm_task *what, struct vm_call call)
{
    for (unsigned i = 0; i < what->dependences; i++) {
        struct vm_dependence *one = &what->dependence[i];
        one->kind = one->kind == VM_MUTEX ? VM_OUT : one->kind;
    }
    await_dependences(what, innermost()->latest, call);
}

/* Waits for its tasks; `all`: for what they have left, too, which otherwise is for
   later. */
static void wait_for(struct frame *frame, bool all, struct vm_call call)
{
    if (all) {
        append(&frame->children, frame->others);
        frame->others = NULL;
    }
    for (struct task *task = frame->children; task != NULL; task = task->next) {
        instrument_join(task->processor, call.site);
        append(all ? &task->next : &frame->others, task->left);
    }
    for (struct task *task = frame->children; task != NULL; task = task->next) {
        free_task(&task->what, call);
    }
    frame->children = frame->latest = NULL;
}

void vm_task_wait(struct vm_call call)
{
    struct frames *self = own();
    unsigned depth = self->depth;
    wait_for(&self->all[depth], false, call);
    while (depth > 0 && !self->all[depth].is_task) {
        wait_for(&self->all[--depth], false, call);
    }
}

/* In front of a barrier: for the tasks of its team, not of one around it. */
void vm_task_wait_all(struct vm_call call)
{
    struct frames *self = own();
    unsigned depth = self->depth;
    wait_for(&self->all[depth], true, call);
    while (depth > 0 && !self->all[depth].is_team) {
        wait_for(&self->all[--depth], true, call);
    }
}

void vm_task_team_begin(struct vm_call call)
{
    *push("parallel regions", call) = (struct frame){.is_task = true, .is_team = true};
}

void vm_task_team_end(void)
{
    (void)pop();
}

void vm_task_group_begin(struct vm_call call)
{
    struct frame outer = *innermost();
    *push("taskgroups", call) =
        (struct frame){.latest = outer.latest, .final = outer.final};
}

void vm_task_group_end(struct vm_call call)
{
    if (own()->depth > 0) {
        wait_for(innermost(), true, call);
        (void)pop();
    }
}

/* --- loops of tasks ----------------------------------------------------------------- */

unsigned vm_taskloop(struct vm_loop *loop, enum vm_taskloop how, uint64_t number,
                     struct vm_call call)
{
    uint64_t count = number > 0 ? number : vm_team_size();
    loop->chunk = 0;
    if (how != VM_NUM_TASKS && number == 0) {
        instrument_wrong(VM_MISUSE, call.site, "%s: grainsize(0)", call.name);
    }
    if (how == VM_GRAINSIZE) {
        count = loop->count / number;
        count += count == 0;
    } else if (how == VM_STRICT_GRAINSIZE) {
        count = loop->count / number + (loop->count % number != 0);
        loop->chunk = number;
    }
    count = count < loop->count ? count : loop->count;
    if (count > TASKS) {
        instrument_refuse(call.site, "more than %d tasks", TASKS);
    }
    return (unsigned)count;
}

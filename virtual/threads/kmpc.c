/* SPDX-License-Identifier: MIT */
/*
 * OpenMP as clang compiles it: what it calls of LLVM's libomp. It asks for the parts of
 * static loops, and of sections, which it takes for one; atomics it makes of itself.
 */
#include "virtual/threads/openmp.h"

#include <stdarg.h>
#include <string.h>

typedef struct ident ident; /* where in the source; not looked at */
typedef void (*microtask)(int *thread, int *bound, ...);

/* --- parallel regions --------------------------------------------------------------- */

enum { ARGUMENTS = 32 };

struct fork {
    microtask task;
    void *argument[ARGUMENTS];
};

/* A function is given more than it takes, which it does not look at. */
static void run_task(void *argument)
{
    const struct fork *fork = argument;
    void *const *a = fork->argument;
    int thread = (int)vm_thread_number(), bound = thread;
    fork->task(&thread, &bound, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8],
               a[9], a[10], a[11], a[12], a[13], a[14], a[15], a[16], a[17], a[18], a[19],
               a[20], a[21], a[22], a[23], a[24], a[25], a[26], a[27], a[28], a[29],
               a[30], a[31]);
}

void __wrap___kmpc_fork_call(ident *place, int count, microtask task, ...)
{
    (void)place;
    struct vm_call call = VM_CALL("omp parallel");
    struct fork fork = {.task = task};
    if (count > ARGUMENTS) {
        instrument_refuse(call.site,
                          "a parallel region with more than %d variables of "
                          "the function around it",
                          ARGUMENTS);
    }
    va_list arguments;
    va_start(arguments, task);
    for (int i = 0; i < count; i++) {
        fork.argument[i] = va_arg(arguments, void *);
    }
    va_end(arguments);
    vm_team_run(run_task, &fork, 0, NULL, call);
}

void __wrap___kmpc_push_num_threads(ident *place, int thread, int count)
{
    (void)place, (void)thread;
    struct vm_call call = VM_CALL("omp parallel");
    if (count < 1) {
        instrument_wrong(VM_MISUSE, call.site, "num_threads(%d): it must be 1 or more",
                         count);
    }
    vm_team_wants((unsigned)count);
}

void __wrap___kmpc_push_proc_bind(ident *place, int thread, int where)
{
    (void)place, (void)thread, (void)where;
}

void __wrap___kmpc_serialized_parallel(ident *place, int thread)
{
    (void)place, (void)thread;
    vm_team_alone_begins(VM_CALL("omp parallel"));
}

void __wrap___kmpc_end_serialized_parallel(ident *place, int thread)
{
    (void)place, (void)thread, (void)vm_called(NULL);
    vm_team_alone_ends();
}

int __wrap___kmpc_global_thread_num(ident *place)
{
    (void)place;
    return (int)vm_thread_number();
}

/* --- loops: up to a last number, which is in it ------------------------------------- */

enum {
    STATIC_CHUNKED = 33,
    STATIC,
    DYNAMIC,
    GUIDED,
    RUNTIME,
    AUTO,
    ORDERED = 32, /* more than the same without */
    SCHEDULES = STATIC_CHUNKED + ORDERED,
};

static struct vm_loop loop_of(bool none, uint64_t start, uint64_t last, bool up,
                              uint64_t step, int schedule, int64_t chunk,
                              struct vm_call call)
{
    int kind = schedule & 0xffffff; /* without monotonic and nonmonotonic */
    struct vm_loop loop = {.ordered = kind >= SCHEDULES, .start = start, .step = step};
    uint64_t distance = up ? last - start : start - last, size = up ? step : -step;
    if (!none && distance / size == UINT64_MAX) {
        instrument_refuse(call.site, "a loop of 2^64 iterations");
    }
    loop.count = none ? 0 : distance / size + 1;
    loop.chunk = chunk > 0 ? (uint64_t)chunk : 0;
    switch (kind - (loop.ordered ? ORDERED : 0)) {
    case STATIC_CHUNKED:
        loop.chunk += loop.chunk == 0;
        break;
    case STATIC:
    case AUTO:
        loop.chunk = 0;
        break;
    case DYNAMIC:
    case GUIDED:
        loop.schedule = kind % ORDERED == DYNAMIC % ORDERED ? VM_DYNAMIC : VM_GUIDED;
        loop.chunk += loop.chunk == 0;
        break;
    case RUNTIME:
        vm_loop_of_runtime(&loop, call);
        break;
    default:
        instrument_refuse(call.site, "a loop with a schedule that is not known (%d)",
                          kind);
    }
    return loop;
}

/* A static loop is dealt out at once: one part a thread, or each so-many-eth. */
#define STATIC_LOOP(name, type, wide)                                                    \
    void __wrap___kmpc_for_static_init_##name(ident *place, int thread, int schedule,    \
                                              int *is_last, type *lower, type *upper,    \
                                              wide *stride, wide step, wide chunk)       \
    {                                                                                    \
        (void)place, (void)thread;                                                       \
        struct vm_call call = VM_CALL("omp for");                                        \
        bool up = step > 0;                                                              \
        struct vm_loop loop =                                                            \
            loop_of(up ? *lower > *upper : *lower < *upper, (uint64_t)*lower,            \
                    (uint64_t)*upper, up, (uint64_t)step, schedule, chunk, call);        \
        if (loop.count == 0) {                                                           \
            return; /* it is seen by its limits */                                       \
        }                                                                                \
        struct vm_part part = vm_loop_part(&loop);                                       \
        if (is_last != NULL) {                                                           \
            vm_plain(is_last, sizeof *is_last, true, call.site);                         \
            *is_last = part.last;                                                        \
        }                                                                                \
        vm_plain(lower, sizeof *lower, true, call.site);                                 \
        vm_plain(upper, sizeof *upper, true, call.site);                                 \
        vm_plain(stride, sizeof *stride, true, call.site);                               \
        uint64_t start = loop.start + part.begin * loop.step;                            \
        *lower = (type)start;                                                            \
        *upper = (type)(start + (part.size - 1) * loop.step);                            \
        *stride = (wide)(part.stride * loop.step);                                       \
    }
STATIC_LOOP(4, int32_t, int32_t)
STATIC_LOOP(4u, uint32_t, int32_t)
STATIC_LOOP(8, int64_t, int64_t)
STATIC_LOOP(8u, uint64_t, int64_t)

void __wrap___kmpc_for_static_fini(ident *place, int thread)
{
    (void)place, (void)thread;
}

#define DISPATCH(name, type, wide)                                                       \
    void __wrap___kmpc_dispatch_init_##name(ident *place, int thread, int schedule,      \
                                            type lower, type upper, wide step,           \
                                            wide chunk)                                  \
    {                                                                                    \
        (void)place, (void)thread;                                                       \
        struct vm_call call = VM_CALL("omp for");                                        \
        bool up = step > 0;                                                              \
        struct vm_loop loop =                                                            \
            loop_of(up ? lower > upper : lower < upper, (uint64_t)lower,                 \
                    (uint64_t)upper, up, (uint64_t)step, schedule, chunk, call);         \
        vm_loop_begin(&loop, call);                                                      \
    }                                                                                    \
    int __wrap___kmpc_dispatch_next_##name(ident *place, int thread, int *is_last,       \
                                           type *lower, type *upper, wide *stride)       \
    {                                                                                    \
        (void)place, (void)thread;                                                       \
        struct vm_call call = VM_CALL("omp for");                                        \
        uint64_t begin, end;                                                             \
        const struct vm_loop *loop = vm_loop_next(&begin, &end, call);                   \
        if (loop == NULL) {                                                              \
            return 0;                                                                    \
        }                                                                                \
        vm_plain(is_last, sizeof *is_last, true, call.site);                             \
        vm_plain(lower, sizeof *lower, true, call.site);                                 \
        vm_plain(upper, sizeof *upper, true, call.site);                                 \
        vm_plain(stride, sizeof *stride, true, call.site);                               \
        *is_last = end == loop->count;                                                   \
        *lower = (type)(loop->start + begin * loop->step);                               \
        *upper = (type)(loop->start + (end - 1) * loop->step);                           \
        *stride = (wide)loop->step;                                                      \
        return 1;                                                                        \
    }                                                                                    \
    void __wrap___kmpc_dispatch_fini_##name(ident *place, int thread)                    \
    {                                                                                    \
        (void)place, (void)thread;                                                       \
    }
DISPATCH(4, int32_t, int32_t)
DISPATCH(4u, uint32_t, int32_t)
DISPATCH(8, int64_t, int64_t)
DISPATCH(8u, uint64_t, int64_t)

void __wrap___kmpc_ordered(ident *place, int thread)
{
    (void)place, (void)thread;
    vm_ordered_begin(VM_CALL("omp ordered"));
}

void __wrap___kmpc_end_ordered(ident *place, int thread)
{
    (void)place, (void)thread;
    vm_ordered_end(VM_CALL("omp ordered"));
}

/* --- what is in them ---------------------------------------------------------------- */

void __wrap___kmpc_barrier(ident *place, int thread)
{
    (void)place, (void)thread;
    vm_team_barrier(VM_CALL("omp barrier"));
}

int __wrap___kmpc_single(ident *place, int thread)
{
    (void)place, (void)thread;
    return vm_team_single(VM_CALL("omp single"));
}

void __wrap___kmpc_end_single(ident *place, int thread)
{
    (void)place, (void)thread;
}

/* Two barriers: the others copy between them. */
void __wrap___kmpc_copyprivate(ident *place, int thread, size_t size, void *data,
                               void (*copy)(void *, void *), int has_run)
{
    (void)place, (void)thread, (void)size;
    struct vm_call call = VM_CALL("omp single");
    if (has_run) {
        vm_team_give(data, call);
    } else {
        copy(data, vm_team_take(call));
    }
    vm_team_barrier(call);
}

int __wrap___kmpc_master(ident *place, int thread)
{
    (void)place, (void)thread;
    return vm_team_number() == 0;
}

void __wrap___kmpc_end_master(ident *place, int thread)
{
    (void)place, (void)thread;
}

int __wrap___kmpc_masked(ident *place, int thread, int which)
{
    (void)place, (void)thread;
    return which >= 0 && vm_team_number() == (unsigned)which;
}

void __wrap___kmpc_end_masked(ident *place, int thread)
{
    (void)place, (void)thread;
}

VM_NOTED("__wrap___kmpc_critical")
void __wrap___kmpc_critical_noted(ident *place, int thread, uint32_t *word)
{
    (void)place, (void)thread;
    vm_critical_begin(word, VM_CALL("omp critical"));
}

VM_NOTED("__wrap___kmpc_critical_with_hint")
void __wrap___kmpc_critical_with_hint_noted(ident *place, int thread, uint32_t *word,
                                            int hint)
{
    (void)place, (void)thread, (void)hint;
    vm_critical_begin(word, VM_CALL("omp critical"));
}

void __wrap___kmpc_end_critical(ident *place, int thread, uint32_t *word)
{
    (void)place, (void)thread;
    vm_critical_end(word, VM_CALL("end of omp critical"));
}

void __wrap___kmpc_flush(ident *place)
{
    (void)place;
    struct vm_call call = VM_CALL("omp flush");
    if (vm_self() != VM_NOBODY) {
        instrument_fence(VM_FULL_FENCE, VM_SEQ_CST, call.site);
    }
}

/* The compiler has atomic and locked code for a reduction's results: 1 asks for the
   latter. (That the lock orders its holders nobody can tell: gomp.c.) */
static int reduce(struct vm_call call)
{
    vm_reduction_begin(call);
    return 1;
}

int __wrap___kmpc_reduce(ident *place, int thread, int count, size_t size, void *data,
                         void (*function)(void *, void *), void *lock)
{
    (void)place, (void)thread, (void)count, (void)size, (void)data, (void)function,
        (void)lock;
    return reduce(VM_CALL("omp reduction"));
}

int __wrap___kmpc_reduce_nowait(ident *place, int thread, int count, size_t size,
                                void *data, void (*function)(void *, void *), void *lock)
{
    (void)place, (void)thread, (void)count, (void)size, (void)data, (void)function,
        (void)lock;
    return reduce(VM_CALL("omp reduction"));
}

void __wrap___kmpc_end_reduce(ident *place, int thread, void *lock)
{
    (void)place, (void)thread, (void)lock;
    struct vm_call call = VM_CALL("omp reduction");
    vm_reduction_end(call);
    vm_team_barrier(call);
}

void __wrap___kmpc_end_reduce_nowait(ident *place, int thread, void *lock)
{
    (void)place, (void)thread, (void)lock;
    vm_reduction_end(VM_CALL("end of omp reduction"));
}

/* --- cancellation: as in gomp.c ----------------------------------------------------- */

int __wrap___kmpc_cancel(ident *place, int thread, int which)
{
    (void)place, (void)thread, (void)which;
    return vm_cancels(true, VM_CALL("omp cancel"));
}

int __wrap___kmpc_cancellationpoint(ident *place, int thread, int which)
{
    (void)place, (void)thread, (void)which;
    return vm_cancels(false, VM_CALL("omp cancellation point"));
}

int __wrap___kmpc_cancel_barrier(ident *place, int thread)
{
    (void)place, (void)thread;
    vm_team_barrier(VM_CALL("omp barrier"));
    return 0;
}

/* --- tasks -------------------------------------------------------------------------- */

/* As kmp.h numbers them. */
enum { TASK_FINAL = 1 << 1, TASK_DESTRUCTORS = 1 << 3, TASK_DETACHES = 1 << 6 };
enum { DEPENDS_IN = 1, DEPENDS_MUTEX = 4, DEPENDS_LAST = 7 };

/* What the compiler knows of it: behind it lie its own variables. */
struct task {
    void *shared; /* pointers to those of the function around it */
    int (*routine)(int thread, struct task *task);
    int part;
    int (*destroy)(int thread, struct task *task); /* its own variables */
};

/* What lies in front of it. */
struct header {
    size_t size, shared; /* of all, and where those pointers are */
    int flags;
    bool runs, again; /* an untied one is in parts, and creates itself for the next */
} __attribute__((aligned(16)));

static struct header *header_of(struct task *task)
{
    return (struct header *)(void *)((char *)task - sizeof(struct header));
}

static struct task *task_of(struct header *header)
{
    return (struct task *)(void *)(header + 1);
}

/* From its second part on, in which it is done with its own variables, too. */
static void run_rest(struct header *header)
{
    struct task *task = task_of(header);
    while (header->again) {
        header->again = false;
        (void)task->routine((int)vm_thread_number(), task);
    }
    if ((header->flags & TASK_DESTRUCTORS) != 0) {
        (void)task->destroy((int)vm_thread_number(), task);
    }
}

static void run_created(void *argument)
{
    struct header *header = argument;
    header->runs = header->again = true;
    run_rest(header);
}

void *__wrap___kmpc_omp_task_alloc(ident *place, int thread, int flags, size_t size,
                                   size_t shared, int (*routine)(int, struct task *))
{
    (void)place, (void)thread;
    struct vm_call call = VM_CALL("omp task");
    if ((flags & TASK_DETACHES) != 0) {
        instrument_refuse(call.site, "omp task with the clause detach");
    }
    size = sizeof(struct header) + (size + 15) / 16 * 16;
    struct header *header = vm_allocate(size + shared, 16, true, call.site);
    *header = (struct header){.size = size + shared, .shared = size, .flags = flags};
    struct task *task = task_of(header);
    task->shared = (char *)header + size;
    task->routine = routine;
    return task;
}

static struct vm_task task_with(struct task *task)
{
    return (struct vm_task){.body = run_created,
                            .argument = header_of(task),
                            .final = (header_of(task)->flags & TASK_FINAL) != 0};
}

int __wrap___kmpc_omp_task(ident *place, int thread, struct task *task)
{
    (void)place, (void)thread;
    struct vm_call call = VM_CALL("omp task");
    struct vm_task what = task_with(task);
    if (header_of(task)->runs) {
        header_of(task)->again = true;
    } else {
        vm_task_create(&what, true, call);
    }
    return 0;
}

/* One that is not put off: the compiler calls it between these. */
void __wrap___kmpc_omp_task_begin_if0(ident *place, int thread, struct task *task)
{
    (void)place, (void)thread;
    header_of(task)->runs = true;
    vm_task_begin(task_with(task).final, VM_CALL("omp task"));
}

void __wrap___kmpc_omp_task_complete_if0(ident *place, int thread, struct task *task)
{
    (void)place, (void)thread;
    struct vm_call call = VM_CALL("omp task");
    run_rest(header_of(task));
    vm_task_end();
    vm_free(header_of(task), call.site);
}

struct dependence {
    uintptr_t address;
    size_t size;
    unsigned char kind; /* of those above; others are for writing */
};

static void take_dependences(struct vm_task *task, int count,
                             const struct dependence *list, struct vm_call call)
{
    task->dependences = (unsigned)count;
    task->dependence =
        vm_allocate((size_t)count * sizeof *task->dependence, 16, true, call.site);
    for (int i = 0; i < count; i++) {
        if (list[i].kind > DEPENDS_LAST) {
            instrument_refuse(call.site, "a clause depend of a kind that is not known");
        }
        task->dependence[i] = (struct vm_dependence){
            .address = list[i].address,
            .kind = list[i].kind == DEPENDS_IN      ? VM_IN
                    : list[i].kind == DEPENDS_MUTEX ? VM_MUTEX
                                                    : VM_OUT,
        };
    }
}

int __wrap___kmpc_omp_task_with_deps(ident *place, int thread, struct task *task,
                                     int count, struct dependence *list, int more,
                                     struct dependence *others)
{
    (void)place, (void)thread, (void)more, (void)others;
    struct vm_call call = VM_CALL("omp task");
    struct vm_task what = task_with(task);
    take_dependences(&what, count, list, call);
    vm_task_create(&what, true, call);
    return 0;
}

void __wrap___kmpc_omp_wait_deps(ident *place, int thread, int count,
                                 struct dependence *list, int more,
                                 struct dependence *others)
{
    (void)place, (void)thread, (void)more, (void)others;
    struct vm_call call = VM_CALL("omp taskwait");
    struct vm_task what = {.body = NULL};
    take_dependences(&what, count, list, call);
    vm_task_wait_for(&what, call);
    vm_free(what.dependence, call.site);
}

/* One more of what the compiler has made, for a part of a loop. */
static struct task *copy_of(struct task *task, void (*copy)(void *, void *, int),
                            bool last, struct vm_call call)
{
    const struct header *from = header_of(task);
    struct header *header = vm_allocate(from->size, 16, false, call.site);
    memcpy(header, from, from->size);
    struct task *other = task_of(header);
    other->shared = (char *)header + header->shared;
    if (copy != NULL) {
        copy(other, task, last);
    }
    return other;
}

void __wrap___kmpc_taskloop(ident *place, int thread, struct task *task, int put_off,
                            uint64_t *lower, const uint64_t *upper, int64_t step,
                            int no_group, int how, uint64_t number,
                            void (*copy)(void *, void *, int))
{
    (void)place, (void)thread;
    struct vm_call call = VM_CALL("omp taskloop");
    struct vm_loop loop =
        loop_of(false, *lower, *upper, step > 0, (uint64_t)step, STATIC, 0, call);
    size_t first = (size_t)((char *)lower - (char *)task);
    size_t last = (size_t)((const char *)upper - (char *)task);
    if (!no_group) {
        vm_task_group_begin(call);
    }
    unsigned tasks = vm_taskloop(&loop, how == 1 ? VM_GRAINSIZE : VM_NUM_TASKS,
                                 how == 0 ? 0 : number, call);
    for (unsigned i = 0; i < tasks; i++) {
        uint64_t begin, end;
        vm_loop_chunk(&loop, i, tasks, &begin, &end);
        struct task *one = copy_of(task, copy, i + 1 == tasks, call);
        *(uint64_t *)(void *)((char *)one + first) = loop.start + begin * loop.step;
        *(uint64_t *)(void *)((char *)one + last) = loop.start + (end - 1) * loop.step;
        struct vm_task what = task_with(one);
        vm_task_create(&what, put_off, call);
    }
    run_rest(header_of(task)); /* of which only that is left */
    vm_free(header_of(task), call.site);
    if (!no_group) {
        vm_task_group_end(call);
    }
}

int __wrap___kmpc_omp_taskwait(ident *place, int thread)
{
    (void)place, (void)thread;
    vm_task_wait(VM_CALL("omp taskwait"));
    return 0;
}

int __wrap___kmpc_omp_taskyield(ident *place, int thread, int part)
{
    (void)place, (void)thread, (void)part;
    return 0;
}

void __wrap___kmpc_taskgroup(ident *place, int thread)
{
    (void)place, (void)thread;
    vm_task_group_begin(VM_CALL("omp taskgroup"));
}

void __wrap___kmpc_end_taskgroup(ident *place, int thread)
{
    (void)place, (void)thread;
    vm_task_group_end(VM_CALL("omp taskgroup"));
}

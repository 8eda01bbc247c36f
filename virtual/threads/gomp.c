/* SPDX-License-Identifier: MIT */
/*
 * OpenMP as gcc compiles it: what it calls of its libgomp. Static loops, master regions
 * and most atomics it makes of itself, of omp_get_thread_num() and atomic instructions.
 */
#include "virtual/threads/openmp.h"

#include <string.h>

typedef void (*body)(void *);
typedef unsigned long long number;

/* The names of the constructs, not of the functions: that is what the program has. */
#define PARALLEL VM_CALL("omp parallel")
#define LOOP     VM_CALL("omp for")

/* --- loops: from start to end, which is no longer in it ----------------------------- */

static struct vm_loop loop_of(bool up, number start, number end, number step,
                              enum vm_schedule schedule, number chunk)
{
    number distance = up ? end - start : start - end, size = up ? step : -step;
    bool none = up ? start >= end : start <= end;
    return (struct vm_loop){.schedule = schedule,
                            .start = start,
                            .step = step,
                            .count = none ? 0 : (distance - 1) / size + 1,
                            .chunk = chunk == 0 && schedule != VM_STATIC ? 1 : chunk};
}

/* The same of signed numbers: the order of these is that of others, half the range on. */
static struct vm_loop signed_loop(long start, long end, long step,
                                  enum vm_schedule schedule, long chunk)
{
    const number half = 1ULL << 63;
    struct vm_loop loop = loop_of(step > 0, (number)start ^ half, (number)end ^ half,
                                  (number)step, schedule, chunk > 0 ? (number)chunk : 0);
    loop.start = (number)start;
    return loop;
}

static bool next(number *from, number *to, struct vm_call call)
{
    uint64_t begin, end;
    const struct vm_loop *loop = vm_loop_next(&begin, &end, call);
    if (loop == NULL) {
        return false;
    }
    vm_plain(from, sizeof *from, true, call.site);
    vm_plain(to, sizeof *to, true, call.site);
    *from = loop->start + begin * loop->step;
    *to = loop->start + end * loop->step;
    return true;
}

static bool begin(struct vm_loop loop, bool ordered, bool runtime, number *from,
                  number *to, struct vm_call call)
{
    loop.ordered = ordered;
    if (runtime) {
        vm_loop_of_runtime(&loop, call);
    }
    vm_loop_begin(&loop, call);
    return next(from, to, call);
}

#define NEXT(name)                                                                       \
    bool __wrap_GOMP_loop_##name##_next(long *from, long *to)                            \
    {                                                                                    \
        return next((number *)from, (number *)to, LOOP);                                 \
    }                                                                                    \
    bool __wrap_GOMP_loop_ull_##name##_next(number *from, number *to)                    \
    {                                                                                    \
        return next(from, to, LOOP);                                                     \
    }
#define CHUNKED(name, schedule, ordered)                                                 \
    bool __wrap_GOMP_loop_##name##_start(long start, long end, long step, long chunk,    \
                                         long *from, long *to)                           \
    {                                                                                    \
        return begin(signed_loop(start, end, step, schedule, chunk), ordered, false,     \
                     (number *)from, (number *)to, LOOP);                                \
    }                                                                                    \
    bool __wrap_GOMP_loop_ull_##name##_start(bool up, number start, number end,          \
                                             number step, number chunk, number *from,    \
                                             number *to)                                 \
    {                                                                                    \
        return begin(loop_of(up, start, end, step, schedule, chunk), ordered, false,     \
                     from, to, LOOP);                                                    \
    }                                                                                    \
    NEXT(name)
#define RUNTIME(name, ordered)                                                           \
    bool __wrap_GOMP_loop_##name##_start(long start, long end, long step, long *from,    \
                                         long *to)                                       \
    {                                                                                    \
        return begin(signed_loop(start, end, step, VM_STATIC, 0), ordered, true,         \
                     (number *)from, (number *)to, LOOP);                                \
    }                                                                                    \
    bool __wrap_GOMP_loop_ull_##name##_start(bool up, number start, number end,          \
                                             number step, number *from, number *to)      \
    {                                                                                    \
        return begin(loop_of(up, start, end, step, VM_STATIC, 0), ordered, true, from,   \
                     to, LOOP);                                                          \
    }                                                                                    \
    NEXT(name)

CHUNKED(static, VM_STATIC, false)
CHUNKED(dynamic, VM_DYNAMIC, false)
CHUNKED(guided, VM_GUIDED, false)
CHUNKED(nonmonotonic_dynamic, VM_DYNAMIC, false)
CHUNKED(nonmonotonic_guided, VM_GUIDED, false)
CHUNKED(ordered_static, VM_STATIC, true)
CHUNKED(ordered_dynamic, VM_DYNAMIC, true)
CHUNKED(ordered_guided, VM_GUIDED, true)
RUNTIME(runtime, false)
RUNTIME(nonmonotonic_runtime, false)
RUNTIME(maybe_nonmonotonic_runtime, false)
RUNTIME(ordered_runtime, true)

void __wrap_GOMP_loop_end(void)
{
    vm_team_barrier(LOOP);
}

void __wrap_GOMP_loop_end_nowait(void)
{
}

void __wrap_GOMP_ordered_start(void)
{
    vm_ordered_begin(VM_CALL("omp ordered"));
}

void __wrap_GOMP_ordered_end(void)
{
    vm_ordered_end(VM_CALL("omp ordered"));
}

/* --- sections: the iterations of a loop that is dealt out one by one ---------------- */

static struct vm_loop sections(unsigned count)
{
    return (struct vm_loop){
        .schedule = VM_DYNAMIC, .start = 1, .step = 1, .count = count, .chunk = 1};
}

/* From 1 on; 0: there are no more. */
static unsigned next_section(struct vm_call call)
{
    uint64_t begin, end;
    return vm_loop_next(&begin, &end, call) != NULL ? (unsigned)begin + 1 : 0;
}

unsigned __wrap_GOMP_sections_start(unsigned count)
{
    struct vm_call call = VM_CALL("omp sections");
    struct vm_loop loop = sections(count);
    vm_loop_begin(&loop, call);
    return next_section(call);
}

unsigned __wrap_GOMP_sections_next(void)
{
    return next_section(VM_CALL("omp sections"));
}

void __wrap_GOMP_sections_end(void)
{
    vm_team_barrier(VM_CALL("omp sections"));
}

void __wrap_GOMP_sections_end_nowait(void)
{
}

/* --- parallel regions --------------------------------------------------------------- */

void __wrap_GOMP_parallel(body function, void *data, unsigned threads, unsigned flags)
{
    (void)flags; /* where to run */
    vm_team_run(function, data, threads, NULL, PARALLEL);
}

void __wrap_GOMP_parallel_sections(body function, void *data, unsigned threads,
                                   unsigned count, unsigned flags)
{
    (void)flags;
    struct vm_loop loop = sections(count);
    vm_team_run(function, data, threads, &loop, PARALLEL);
}

#define PARALLEL_LOOP(name, schedule)                                                    \
    void __wrap_GOMP_parallel_loop_##name(body function, void *data, unsigned threads,   \
                                          long start, long end, long step, long chunk,   \
                                          unsigned flags)                                \
    {                                                                                    \
        (void)flags;                                                                     \
        struct vm_loop loop = signed_loop(start, end, step, schedule, chunk);            \
        vm_team_run(function, data, threads, &loop, PARALLEL);                           \
    }
#define PARALLEL_RUNTIME(name)                                                           \
    void __wrap_GOMP_parallel_loop_##name(body function, void *data, unsigned threads,   \
                                          long start, long end, long step,               \
                                          unsigned flags)                                \
    {                                                                                    \
        (void)flags;                                                                     \
        struct vm_call call = PARALLEL;                                                  \
        struct vm_loop loop = signed_loop(start, end, step, VM_STATIC, 0);               \
        vm_loop_of_runtime(&loop, call);                                                 \
        vm_team_run(function, data, threads, &loop, call);                               \
    }
PARALLEL_LOOP(static, VM_STATIC)
PARALLEL_LOOP(dynamic, VM_DYNAMIC)
PARALLEL_LOOP(guided, VM_GUIDED)
PARALLEL_LOOP(nonmonotonic_dynamic, VM_DYNAMIC)
PARALLEL_LOOP(nonmonotonic_guided, VM_GUIDED)
PARALLEL_RUNTIME(runtime)
PARALLEL_RUNTIME(nonmonotonic_runtime)
PARALLEL_RUNTIME(maybe_nonmonotonic_runtime)

/* --- what is in them ---------------------------------------------------------------- */

void __wrap_GOMP_barrier(void)
{
    vm_team_barrier(VM_CALL("omp barrier"));
}

bool __wrap_GOMP_single_start(void)
{
    return vm_team_single(VM_CALL("omp single"));
}

/* With copyprivate: NULL for the one that runs it, and gives a pointer; to the others
   that pointer, from which they copy before a barrier of their own. */
void *__wrap_GOMP_single_copy_start(void)
{
    struct vm_call call = VM_CALL("omp single");
    return vm_team_single(call) ? NULL : vm_team_take(call);
}

void __wrap_GOMP_single_copy_end(void *data)
{
    vm_team_give(data, VM_CALL("omp single"));
}

VM_NOTED("__wrap_GOMP_critical_start")
void __wrap_GOMP_critical_start_noted(void)
{
    vm_critical_begin(NULL, VM_CALL("omp critical"));
}

void __wrap_GOMP_critical_end(void)
{
    vm_critical_end(NULL, VM_CALL("end of omp critical"));
}

VM_NOTED("__wrap_GOMP_critical_name_start")
void __wrap_GOMP_critical_name_start_noted(void **place)
{
    vm_critical_begin((uint32_t *)(void *)place, VM_CALL("omp critical"));
}

void __wrap_GOMP_critical_name_end(void **place)
{
    vm_critical_end((uint32_t *)(void *)place, VM_CALL("end of omp critical"));
}

/* Several reductions at once, or of types without atomic instructions. A lock orders its
   holders: nobody can tell, since what they have done is looked at behind a barrier. Of
   `omp atomic`, which is then compiled to the same, that is not so: openmp_atomics.c. */
void __wrap_GOMP_atomic_start(void)
{
    vm_reduction_begin(VM_CALL("omp reduction"));
}

void __wrap_GOMP_atomic_end(void)
{
    vm_reduction_end(VM_CALL("end of omp reduction"));
}

/* --- cancellation: there is none, as by OMP_CANCELLATION's default ------------------ */

bool __wrap_GOMP_cancel(int which, bool wanted)
{
    (void)which;
    return vm_cancels(wanted, VM_CALL("omp cancel"));
}

bool __wrap_GOMP_cancellation_point(int which)
{
    (void)which;
    return vm_cancels(false, VM_CALL("omp cancellation point"));
}

bool __wrap_GOMP_barrier_cancel(void)
{
    vm_team_barrier(VM_CALL("omp barrier"));
    return false;
}

bool __wrap_GOMP_loop_end_cancel(void)
{
    vm_team_barrier(LOOP);
    return false;
}

bool __wrap_GOMP_sections_end_cancel(void)
{
    vm_team_barrier(VM_CALL("omp sections"));
    return false;
}

/* --- tasks -------------------------------------------------------------------------- */

/* As gomp-constants.h numbers them; IF is one of loops. */
enum {
    TASK_FINAL = 1 << 1,
    TASK_DEPENDS = 1 << 3,
    TASK_UP = 1 << 8,
    TASK_GRAINSIZE = 1 << 9,
    TASK_IF = 1 << 10,
    TASK_NOGROUP = 1 << 11,
    TASK_REDUCTION = 1 << 12,
    TASK_DETACHES = 1 << 13,
    TASK_STRICT = 1 << 14,
};

struct task {
    body function;
    char data[]; /* what it was created with */
};

static void *data_of(struct task *task)
{
    return (void *)(((uintptr_t)task->data + 63) & ~(uintptr_t)63);
}

static void run_task(void *argument)
{
    struct task *task = argument;
    task->function(data_of(task));
}

/* Where its data are, and how to copy them. */
struct source {
    body function;
    void *data;
    void (*copy)(void *, void *);
    long size, alignment;
};

static struct task *new_task(const struct source *from, struct vm_call call)
{
    if (from->alignment > 64) {
        instrument_refuse(call.site, "%s with data that are aligned to %ld bytes",
                          call.name, from->alignment);
    }
    struct task *task =
        vm_allocate(sizeof *task + (size_t)from->size + 64, 1, false, call.site);
    task->function = from->function;
    if (from->copy != NULL) {
        from->copy(data_of(task), from->data);
    } else {
        memcpy(data_of(task), from->data, (size_t)from->size);
    }
    return task;
}

/* A list: how many there are, how many of them are written, and where they are; or 0, how
   many there are, are written, exclude others, are read, and where they are. */
static void take_dependences(struct vm_task *task, void *const *list, struct vm_call call)
{
    const uintptr_t *word = (const uintptr_t *)list;
    uintptr_t count = word[0], written = word[1], mutexes = 0, read = count - written;
    const uintptr_t *address = &word[2];
    if (count == 0) {
        count = word[1];
        written = word[2];
        mutexes = word[3];
        read = word[4];
        address = &word[5];
    }
    if (written + mutexes + read != count) {
        instrument_refuse(call.site, "the clause depend of an omp_depend_t");
    }
    task->dependences = (unsigned)count;
    task->dependence = vm_allocate(count * sizeof *task->dependence, 16, true, call.site);
    for (uintptr_t i = 0; i < count; i++) {
        task->dependence[i] = (struct vm_dependence){
            .address = address[i],
            .kind = i < written             ? VM_OUT
                    : i < written + mutexes ? VM_MUTEX
                                            : VM_IN,
        };
    }
}

void __wrap_GOMP_task(body function, void *data, void (*copy)(void *, void *), long size,
                      long alignment, bool put_off, unsigned flags, void **dependences)
{
    struct vm_call call = VM_CALL("omp task");
    if ((flags & TASK_DETACHES) != 0) {
        instrument_refuse(call.site, "omp task with the clause detach");
    }
    const struct source from = {function, data, copy, size, alignment};
    struct vm_task task = {.body = run_task,
                           .argument = new_task(&from, call),
                           .final = (flags & TASK_FINAL) != 0};
    if ((flags & TASK_DEPENDS) != 0) {
        take_dependences(&task, dependences, call);
    }
    vm_task_create(&task, put_off, call);
}

static void run_taskloop(struct vm_loop *loop, const struct source *from, unsigned flags,
                         unsigned long size, struct vm_call call)
{
    if ((flags & TASK_REDUCTION) != 0) {
        instrument_refuse(call.site, "omp taskloop with the clause reduction");
    }
    if ((flags & TASK_NOGROUP) == 0) {
        vm_task_group_begin(call);
    }
    enum vm_taskloop how = (flags & TASK_GRAINSIZE) == 0 ? VM_NUM_TASKS
                           : (flags & TASK_STRICT) == 0  ? VM_GRAINSIZE
                                                         : VM_STRICT_GRAINSIZE;
    unsigned tasks = vm_taskloop(loop, how, size, call);
    for (unsigned i = 0; i < tasks; i++) {
        uint64_t begin, end;
        vm_loop_chunk(loop, i, tasks, &begin, &end);
        struct task *task = new_task(from, call);
        number *limits = data_of(task);
        limits[0] = loop->start + begin * loop->step;
        limits[1] = loop->start + end * loop->step;
        vm_task_create(&(struct vm_task){.body = run_task,
                                         .argument = task,
                                         .final = (flags & TASK_FINAL) != 0},
                       (flags & TASK_IF) != 0, call);
    }
    if ((flags & TASK_NOGROUP) == 0) {
        vm_task_group_end(call);
    }
}

void __wrap_GOMP_taskloop(body function, void *data, void (*copy)(void *, void *),
                          long size, long alignment, unsigned flags, unsigned long tasks,
                          int priority, long start, long end, long step)
{
    (void)priority;
    struct vm_loop loop = signed_loop(start, end, step, VM_STATIC, 0);
    const struct source from = {function, data, copy, size, alignment};
    run_taskloop(&loop, &from, flags, tasks, VM_CALL("omp taskloop"));
}

void __wrap_GOMP_taskloop_ull(body function, void *data, void (*copy)(void *, void *),
                              long size, long alignment, unsigned flags,
                              unsigned long tasks, int priority, number start, number end,
                              number step)
{
    (void)priority;
    struct vm_loop loop = loop_of((flags & TASK_UP) != 0, start, end, step, VM_STATIC, 0);
    const struct source from = {function, data, copy, size, alignment};
    run_taskloop(&loop, &from, flags, tasks, VM_CALL("omp taskloop"));
}

void __wrap_GOMP_taskwait_depend(void **dependences)
{
    struct vm_call call = VM_CALL("omp taskwait");
    struct vm_task task = {.body = NULL};
    take_dependences(&task, dependences, call);
    vm_task_wait_for(&task, call);
    vm_free(task.dependence, call.site);
}

void __wrap_GOMP_taskwait(void)
{
    vm_task_wait(VM_CALL("omp taskwait"));
}

void __wrap_GOMP_taskyield(void)
{
}

void __wrap_GOMP_taskgroup_start(void)
{
    vm_task_group_begin(VM_CALL("omp taskgroup"));
}

void __wrap_GOMP_taskgroup_end(void)
{
    vm_task_group_end(VM_CALL("omp taskgroup"));
}

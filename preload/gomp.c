/* SPDX-License-Identifier: MIT */
/*
 * GOMP_barrier, what a barrier directive of OpenMP calls in a program that GCC compiled:
 * see preload.h.
 *
 * The team of libgomp has no address that one could ask for. So GOMP_parallel is ours,
 * too: it runs the program's function in all threads of the team, and tells them of a
 * team of our own. Teams that begin otherwise have libgomp's barrier.
 *
 * libgomp's barrier also completes the tasks of the team. So a thread that makes one says
 * in which phase of the team that was, that is after how many barriers; all threads that
 * have come through our barrier at the end of a phase see the same there, and if there
 * are tasks go through libgomp's, too. A process that has made tasks has libgomp's
 * barriers alone in teams that begin later: there threads that wait help with tasks.
 */
#include "preload/phases.h"
#include "preload/preload.h"

#include <link.h>
#include <sys/mman.h>

/* --- libgomp's functions ------------------------------------------------------------ */

/*
 * Usually the program is linked with it, and it comes next to us. But it may be that only
 * what a program loads while it runs brings a libgomp, which only that can see. So the
 * function is looked up for each place that calls it, once: first next to us, then from
 * the file that has the place (where the call was the last of its function, that of a
 * caller's: libgomp itself for most), then in any file.
 */
enum { CALLS = 4096 };
static struct call {
    _Atomic(const void *) from;
    const char *name;
    void *function;
} calls[CALLS];

/* Not our own, which the program itself would see. */
static void *look_up_in(const char *file_name, const char *name)
{
    Dl_info ours, found;
    void *file = dlopen(file_name, RTLD_LAZY | RTLD_NOLOAD);
    void *function = file != NULL ? dlsym(file, name) : NULL;
    bool is_libgomps = function != NULL && dladdr(function, &found) != 0 &&
                       dladdr((void *)calls, &ours) != 0 &&
                       found.dli_fbase != ours.dli_fbase;
    return is_libgomps ? function : NULL;
}

struct search {
    const char *name;
    void *function;
};

static int look_into(struct dl_phdr_info *file, size_t size, void *argument)
{
    (void)size;
    struct search *search = argument;
    if (file->dlpi_name[0] != '\0') {
        search->function = look_up_in(file->dlpi_name, search->name);
    }
    return search->function != NULL;
}

static void *look_up(const char *name, const void *from)
{
    Dl_info info;
    struct search search = {name, dlsym(RTLD_NEXT, name)};
    if (search.function == NULL && dladdr(from, &info) != 0) {
        search.function = look_up_in(info.dli_fname, name);
    }
    if (search.function == NULL) {
        (void)dl_iterate_phdr(look_into, &search);
    }
    if (search.function == NULL) {
        give_up(name, "is called, but no libgomp has it");
    }
    return search.function;
}

static void *libgomps(const char *name, const void *from)
{
    static lks_mutex_t mutex = LKS_MUTEX_INIT;
    struct call *call = &calls[((uintptr_t)from ^ (uintptr_t)name) % CALLS];
    /* Acquire: pairs with the release below. */
    const void *known = atomic_load_explicit(&call->from, memory_order_acquire);
    if (LIKELY(known == from && call->name == name)) {
        return call->function;
    }
    void *function = look_up(name, from);
    lks_mutex_lock(&mutex);
    if (atomic_load_explicit(&call->from, memory_order_relaxed) == NULL) {
        call->name = name;
        call->function = function;
        atomic_store_explicit(&call->from, from, memory_order_release);
    }
    lks_mutex_unlock(&mutex);
    return function;
}

/* The function `name` as one of this type. */
#define LIBGOMPS(name, type) ((type)(uintptr_t)libgomps(name, CALLED_FROM))

/* What OpenMP says of the calling thread, of libgomp as the program sees it. */
static struct {
    int (*level)(void), (*threads)(void), (*number)(void);
} omp;

/* Whether there is one that all can see, and no region may be cancelled: the threads of
   such a one need not meet at a barrier. */
static bool find_omp(void)
{
    static _Atomic(bool) found;
    if (!atomic_load_explicit(&found, memory_order_acquire)) {
        int (*may_cancel)(void) =
            (int (*)(void))(uintptr_t)dlsym(RTLD_NEXT, "omp_get_cancellation");
        omp.level = (int (*)(void))(uintptr_t)dlsym(RTLD_NEXT, "omp_get_level");
        omp.threads = (int (*)(void))(uintptr_t)dlsym(RTLD_NEXT, "omp_get_num_threads");
        omp.number = (int (*)(void))(uintptr_t)dlsym(RTLD_NEXT, "omp_get_thread_num");
        if (omp.level == NULL || omp.threads == NULL || omp.number == NULL ||
            may_cancel == NULL || may_cancel() != 0) {
            return false;
        }
        atomic_store_explicit(&found, true, memory_order_release);
    }
    return true;
}

/* --- barriers, which teams have one after the other --------------------------------- */

struct hall {
    struct hall *next;
    size_t size;
    uint32_t count; /* of threads */
    void *barrier;
};

static lks_mutex_t halls_mutex = LKS_MUTEX_INIT;
static struct hall *halls; /* that no team has */

static struct hall *new_hall(uint32_t count)
{
    size_t before = LKS_WHOLE_LINES(sizeof(struct hall));
    size_t size = before + settings.barrier->size(count);
    struct hall *hall =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (hall == MAP_FAILED) {
        give_up("there is", "no more memory for barriers");
    }
    hall->size = size;
    hall->count = count;
    hall->barrier = (char *)hall + before;
    (void)settings.barrier->init(hall->barrier, count);
    return hall;
}

static struct hall *take_hall(uint32_t count)
{
    lks_mutex_lock(&halls_mutex);
    struct hall **link = &halls;
    while (*link != NULL && (*link)->count != count) {
        link = &(*link)->next;
    }
    struct hall *hall = *link;
    if (hall != NULL) {
        *link = hall->next;
    }
    lks_mutex_unlock(&halls_mutex);
    return hall != NULL ? hall : new_hall(count);
}

static void give_hall(struct hall *hall)
{
    lks_mutex_lock(&halls_mutex);
    hall->next = halls;
    halls = hall;
    lks_mutex_unlock(&halls_mutex);
}

/* --- teams -------------------------------------------------------------------------- */

struct team {
    void (*function)(void *data);
    void *data;
    int level;                   /* of parallel regions, in it */
    _Atomic(struct hall *) hall; /* from the first barrier on */
    struct phases phases;
};

/* The innermost one of ours that the thread is in, and the barriers it has passed
   there. */
THREAD_LOCAL struct team *team;
THREAD_LOCAL uint32_t phase;
static _Atomic(bool) has_made_tasks;

/* Of all threads of a team: the innermost region is one that GOMP_parallel began, and
   ours. */
static bool is_in_team(void)
{
    return team != NULL && omp.level() == team->level;
}

static void run_in_team(void *argument)
{
    struct team *outer = team;
    uint32_t outer_phase = phase;
    team = argument;
    phase = 0;
    team->function(team->data);
    team = outer;
    phase = outer_phase;
}

EXPORTED void GOMP_parallel(void (*function)(void *data), void *data, unsigned threads,
                            unsigned flags);
void GOMP_parallel(void (*function)(void *data), void *data, unsigned threads,
                   unsigned flags)
{
    __typeof__(&GOMP_parallel) libgomps_own =
        LIBGOMPS("GOMP_parallel", __typeof__(&GOMP_parallel));
    begin();
    /* Relaxed: what a task has to do with teams that begin later is only its speed. */
    if (settings.barrier == NULL || !find_omp() ||
        atomic_load_explicit(&has_made_tasks, memory_order_relaxed)) {
        libgomps_own(function, data, threads, flags);
        return;
    }
    struct team new_team = {.function = function,
                            .data = data,
                            .level = omp.level() + 1,
                            .phases = {PHASES_NEVER}};
    libgomps_own(run_in_team, &new_team, threads, flags);
    /* All threads have come to the end of it. */
    struct hall *hall = atomic_load_explicit(&new_team.hall, memory_order_relaxed);
    if (hall != NULL) {
        give_hall(hall);
    }
}

static struct hall *hall_of_team(uint32_t count)
{
    /* Acquire: pairs with the release of the thread that brought it. */
    struct hall *hall = atomic_load_explicit(&team->hall, memory_order_acquire);
    if (hall == NULL) {
        struct hall *mine = take_hall(count);
        if (atomic_compare_exchange_strong_explicit(
                &team->hall, &hall, mine, memory_order_acq_rel, memory_order_acquire)) {
            return mine;
        }
        give_hall(mine);
    }
    return hall;
}

EXPORTED void GOMP_barrier(void);
void GOMP_barrier(void)
{
    void (*libgomps_own)(void) = LIBGOMPS("GOMP_barrier", __typeof__(&GOMP_barrier));
    uint32_t count = is_in_team() ? (uint32_t)omp.threads() : 1;
    if (count < 2) {
        libgomps_own();
        return;
    }
    settings.barrier->wait(hall_of_team(count)->barrier, (uint32_t)omp.number());
    if (phases_has_tasks(&team->phases, phase++)) {
        libgomps_own();
    }
}

/* --- tasks -------------------------------------------------------------------------- */

/* The thread makes a task, or may. A task may make more; then there was one before. */
static void note_task(void)
{
    atomic_store_explicit(&has_made_tasks, true, memory_order_relaxed);
    if (is_in_team()) {
        phases_note_task(&team->phases, phase);
    }
}

/*
 * Each with the most arguments that a version of libgomp has: the flags say which mean
 * something, and a caller of fewer has none of the others.
 */
#define MAKES_TASKS(name, parameters, arguments)                                         \
    EXPORTED void name parameters;                                                       \
    void name parameters                                                                 \
    {                                                                                    \
        note_task();                                                                     \
        LIBGOMPS(#name, __typeof__(&name)) arguments;                                    \
    }

MAKES_TASKS(GOMP_task,
            (void (*function)(void *), void *data, void (*copy)(void *, void *),
             long size, long alignment, bool condition, unsigned flags, void **depend,
             int priority, void *detach),
            (function, data, copy, size, alignment, condition, flags, depend, priority,
             detach))
MAKES_TASKS(GOMP_taskloop,
            (void (*function)(void *), void *data, void (*copy)(void *, void *),
             long size, long alignment, unsigned flags, unsigned long tasks, int priority,
             long first, long end, long step),
            (function, data, copy, size, alignment, flags, tasks, priority, first, end,
             step))
MAKES_TASKS(GOMP_taskloop_ull,
            (void (*function)(void *), void *data, void (*copy)(void *, void *),
             long size, long alignment, unsigned flags, unsigned long tasks, int priority,
             unsigned long long first, unsigned long long end, unsigned long long step),
            (function, data, copy, size, alignment, flags, tasks, priority, first, end,
             step))
MAKES_TASKS(GOMP_target_ext,
            (int device, void (*function)(void *), size_t maps, void **addresses,
             size_t *sizes, unsigned short *kinds, unsigned flags, void **depend,
             void **more),
            (device, function, maps, addresses, sizes, kinds, flags, depend, more))
MAKES_TASKS(GOMP_target_update_ext,
            (int device, size_t maps, void **addresses, size_t *sizes,
             unsigned short *kinds, unsigned flags, void **depend),
            (device, maps, addresses, sizes, kinds, flags, depend))
MAKES_TASKS(GOMP_target_enter_exit_data,
            (int device, size_t maps, void **addresses, size_t *sizes,
             unsigned short *kinds, unsigned flags, void **depend),
            (device, maps, addresses, sizes, kinds, flags, depend))

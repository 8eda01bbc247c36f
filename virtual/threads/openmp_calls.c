/* SPDX-License-Identifier: MIT */
/* OpenMP: what a thread has been told, and the functions that ask and tell. */
#include "virtual/program/program.h"
#include "virtual/threads/clock.h"
#include "virtual/threads/openmp_team.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- the environment ---------------------------------------------------------------- */

unsigned vm_openmp_threads = 2;
unsigned vm_left_open;

const char *vm_openmp_said(void)
{
    static char words[192], size[128];
    const char *given = getenv("OMP_NUM_THREADS");
    bool sized = (vm_left_open & VM_OPENMP_SIZE) != 0;
    if (given == NULL || *given == '\0') {
        (void)snprintf(size, sizeof size,
                       ", OpenMP teams of %u where the program does not say",
                       vm_openmp_threads);
    } else {
        (void)snprintf(size, sizeof size, ", OMP_NUM_THREADS=%.80s", given);
    }
    (void)snprintf(words, sizeof words, "%s%s", sized ? size : "",
                   (vm_left_open & VM_OPENMP_TASKS) != 0
                       ? ", each OpenMP task a thread of its own"
                       : "");
    return words;
}

enum { MOST_SIZES = 8 }; /* in OMP_NUM_THREADS */

static struct {
    bool read;
    unsigned sizes[MOST_SIZES], sizes_count;
    struct vm_settings settings;
} environment;

static unsigned number_of(const char *name, const char *text, const char **end,
                          unsigned least, unsigned most, struct vm_call call)
{
    char *after;
    unsigned long number = strtoul(text, &after, 10);
    while (isspace((unsigned char)*after)) {
        after++;
    }
    if (after == text || number < least || number > most ||
        (*after != '\0' && *after != ',')) {
        instrument_refuse(call.site, "%s=%s: not a number from %u to %u", name, text,
                          least, most);
    }
    *end = after;
    return (unsigned)number;
}

static void read_schedule(const char *text, struct vm_call call)
{
    static const struct {
        const char *name;
        enum vm_schedule schedule;
    } known[] = {{"static", VM_STATIC},
                 {"dynamic", VM_DYNAMIC},
                 {"guided", VM_GUIDED},
                 {"auto", VM_STATIC}};
    const char *name = text, *colon = strchr(text, ':');
    if (colon != NULL) { /* monotonic: and nonmonotonic: allow what is done here */
        name = colon + 1;
    }
    size_t length = strcspn(name, ",");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strlen(known[i].name) == length &&
            strncasecmp(known[i].name, name, length) == 0) {
            environment.settings.schedule = known[i].schedule;
            environment.settings.chunk = known[i].schedule != VM_STATIC;
            if (name[length] == ',') {
                environment.settings.chunk = number_of("OMP_SCHEDULE", name + length + 1,
                                                       &name, 1, INT32_MAX, call);
            }
            return;
        }
    }
    instrument_refuse(call.site, "OMP_SCHEDULE=%s: not static, dynamic, guided or auto",
                      text);
}

/* What libgomp does where nothing says otherwise: a level of threads; dynamic loops. */
static void read_environment(struct vm_call call)
{
    if (environment.read) {
        return;
    }
    environment.read = true;
    environment.settings =
        (struct vm_settings){.active_levels = 1, .schedule = VM_DYNAMIC, .chunk = 1};
    const char *text = getenv("OMP_NUM_THREADS"), *end;
    while (text != NULL && *text != '\0' && environment.sizes_count < MOST_SIZES) {
        environment.sizes[environment.sizes_count++] =
            number_of("OMP_NUM_THREADS", text, &end, 1, VM_PROCESSORS, call);
        text = end + (*end == ',');
    }
    text = getenv("OMP_NESTED");
    if (environment.sizes_count > 1 || (text != NULL && strcasecmp(text, "true") == 0)) {
        environment.settings.active_levels = VM_ACTIVE_LEVELS;
    }
    text = getenv("OMP_MAX_ACTIVE_LEVELS");
    if (text != NULL) {
        environment.settings.active_levels =
            number_of("OMP_MAX_ACTIVE_LEVELS", text, &end, 0, INT32_MAX, call);
    }
    text = getenv("OMP_SCHEDULE");
    if (text != NULL) {
        read_schedule(text, call);
    }
}

struct vm_settings vm_settings_given(struct vm_call call)
{
    read_environment(call);
    return environment.settings;
}

unsigned vm_team_usual_size(const struct vm_member *self)
{
    unsigned level = self->team == NULL ? 0 : self->team->active;
    if (self->settings.threads > 0) {
        return self->settings.threads;
    }
    vm_left_open |= VM_OPENMP_SIZE;
    if (environment.sizes_count > 0) {
        unsigned last = environment.sizes_count - 1;
        return environment.sizes[level < last ? level : last];
    }
    return vm_openmp_threads;
}

/* --- questions and settings --------------------------------------------------------- */

static struct vm_member *member(void)
{
    return vm_member((struct vm_call){"OpenMP", NULL});
}

/* A program may have these three itself, for threads of its own: then they are meant. */
enum { THREAD_NUM, NUM_THREADS, MAX_THREADS };

static int answer(unsigned question, int usual)
{
    static const char *const names[] = {"omp_get_thread_num", "omp_get_num_threads",
                                        "omp_get_max_threads"};
    static struct {
        bool looked;
        int (*function)(void);
    } own[sizeof names / sizeof *names];
    if (!own[question].looked && !vm_is_loading) {
        own[question].looked = true;
        *(void **)&own[question].function = vm_symbol(names[question]);
    }
    return own[question].function == NULL ? usual : own[question].function();
}

int __wrap_omp_get_thread_num(void)
{
    return answer(THREAD_NUM, (int)vm_team_number());
}

int __wrap_omp_get_num_threads(void)
{
    return answer(NUM_THREADS, (int)vm_team_size());
}

int __wrap_omp_get_max_threads(void)
{
    return answer(MAX_THREADS, (int)vm_team_usual_size(member()));
}

int __wrap_omp_get_num_procs(void)
{
    return (int)vm_pretended_processors;
}

int __wrap_omp_get_thread_limit(void)
{
    return (int)vm_most_processors;
}

int __wrap_omp_in_parallel(void)
{
    const struct vm_team *team = member()->team;
    return team != NULL && team->active > 0;
}

int __wrap_omp_get_level(void)
{
    const struct vm_team *team = member()->team;
    return team == NULL ? 0 : (int)team->level;
}

int __wrap_omp_get_active_level(void)
{
    const struct vm_team *team = member()->team;
    return team == NULL ? 0 : (int)team->active;
}

/* The member of a level that the running thread is, or that made the team that it is in;
   NULL: there is none. */
static const struct vm_member *ancestor(int level)
{
    const struct vm_member *self = member();
    int now = __wrap_omp_get_level();
    if (level < 0 || level > now) {
        return NULL;
    }
    for (; now > level && self->team != NULL; now--) {
        self = self->team->outer;
    }
    return self;
}

int __wrap_omp_get_ancestor_thread_num(int level)
{
    const struct vm_member *found = ancestor(level);
    return found == NULL ? -1 : (int)found->number;
}

int __wrap_omp_get_team_size(int level)
{
    const struct vm_member *found = ancestor(level);
    return found == NULL ? -1 : (int)(found->team == NULL ? 1 : found->team->size);
}

void __wrap_omp_set_num_threads(int count)
{
    struct vm_call call = VM_CALL("omp_set_num_threads");
    if (count < 1) {
        instrument_wrong(VM_MISUSE, call.site, "%s(%d): it must be 1 or more", call.name,
                         count);
    }
    vm_member(call)->settings.threads = (unsigned)count;
}

/* Fewer threads are allowed then, and never given. */
void __wrap_omp_set_dynamic(int dynamic)
{
    vm_member(VM_CALL("omp_set_dynamic"))->settings.dynamic = dynamic != 0;
}

int __wrap_omp_get_dynamic(void)
{
    return member()->settings.dynamic;
}

void __wrap_omp_set_max_active_levels(int levels)
{
    struct vm_call call = VM_CALL("omp_set_max_active_levels");
    if (levels < 0) {
        instrument_wrong(VM_MISUSE, call.site, "%s(%d): it must be 0 or more", call.name,
                         levels);
    }
    vm_member(call)->settings.active_levels = (unsigned)levels;
}

int __wrap_omp_get_max_active_levels(void)
{
    return (int)member()->settings.active_levels;
}

int __wrap_omp_get_supported_active_levels(void)
{
    return VM_ACTIVE_LEVELS;
}

void __wrap_omp_set_nested(int nested)
{
    struct vm_call call = VM_CALL("omp_set_nested");
    vm_member(call)->settings.active_levels = nested ? VM_ACTIVE_LEVELS : 1;
}

int __wrap_omp_get_nested(void)
{
    return member()->settings.active_levels > 1;
}

/* As omp.h numbers them. */
enum { SCHED_STATIC = 1, SCHED_DYNAMIC, SCHED_GUIDED, SCHED_AUTO };
#define SCHED_MONOTONIC 0x80000000U

void __wrap_omp_set_schedule(unsigned kind, int chunk)
{
    struct vm_call call = VM_CALL("omp_set_schedule");
    struct vm_settings *settings = &vm_member(call)->settings;
    kind &= ~SCHED_MONOTONIC;
    if (kind < SCHED_STATIC || kind > SCHED_AUTO) {
        instrument_wrong(VM_MISUSE, call.site, "%s: there is no schedule %u", call.name,
                         kind);
    }
    settings->schedule = kind == SCHED_DYNAMIC  ? VM_DYNAMIC
                         : kind == SCHED_GUIDED ? VM_GUIDED
                                                : VM_STATIC;
    settings->chunk = chunk < 1 || kind == SCHED_AUTO ? settings->schedule != VM_STATIC
                                                      : (uint64_t)chunk;
}

void __wrap_omp_get_schedule(unsigned *kind, int *chunk)
{
    struct vm_call call = VM_CALL("omp_get_schedule");
    const struct vm_settings *settings = &vm_member(call)->settings;
    vm_plain(kind, sizeof *kind, true, call.site);
    vm_plain(chunk, sizeof *chunk, true, call.site);
    *kind = settings->schedule == VM_DYNAMIC  ? SCHED_DYNAMIC
            : settings->schedule == VM_GUIDED ? SCHED_GUIDED
                                              : SCHED_STATIC;
    *chunk = (int)settings->chunk;
}

VM_NOTED("__wrap_omp_get_wtime")
double __wrap_omp_get_wtime_noted(void)
{
    (void)VM_CALL("omp_get_wtime");
    return (double)vm_clock_now(CLOCK_MONOTONIC) / 1e9;
}

double __wrap_omp_get_wtick(void)
{
    return 1e-9;
}

bool vm_cancels(bool wanted, struct vm_call call)
{
    const char *allowed = getenv("OMP_CANCELLATION");
    if (wanted && allowed != NULL && strcasecmp(allowed, "true") == 0) {
        instrument_refuse(call.site, "%s with OMP_CANCELLATION=true", call.name);
    }
    return false;
}

int __wrap_omp_get_cancellation(void)
{
    return 0;
}

int __wrap_omp_in_final(void)
{
    return vm_task_is_final();
}

/* --- devices and leagues of teams: there are none ----------------------------------- */

int __wrap_omp_get_num_devices(void)
{
    return 0;
}

int __wrap_omp_get_default_device(void)
{
    return 0;
}

int __wrap_omp_get_initial_device(void)
{
    return 0;
}

int __wrap_omp_is_initial_device(void)
{
    return 1;
}

int __wrap_omp_get_num_teams(void)
{
    return 1;
}

int __wrap_omp_get_team_num(void)
{
    return 0;
}

/* The clause priority changes nothing. */
int __wrap_omp_get_max_task_priority(void)
{
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* OpenMP: teams, barriers, worksharing (openmp.h). */
#include "virtual/executions.h"
#include "virtual/ground/memory.h"
#include "virtual/ground/messages.h"
#include "virtual/program/program.h"
#include "virtual/threads/openmp_team.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum {
    SLOTS = 64,  /* worksharing constructs of a team between two barriers */
    SERIAL = 16, /* teams of one in each other, of a thread */
    LINE = 64,   /* a word that is written often has a line to itself */
};

/* --- what there is ------------------------------------------------------------------ */

struct line {
    uint64_t word;
    char rest[LINE - sizeof(uint64_t)];
};

struct start {
    struct vm_team *team;
    unsigned number;
    unsigned processor;
    bool of_main;
};

/* What the threads of a team share: its words, and natively what each of them finds
   anyway, to compare. One area for each first thread and level. */
struct area {
    bool used; /* in this execution */
    unsigned size;
    uint64_t phase; /* barriers so far */
    uint64_t met_phase[2];
    const void *met[2];        /* where a thread met the others: by the phase's parity */
    const void *shared[SLOTS]; /* where the worksharing constructs are */
    void *given[2];
    struct start start[VM_PROCESSORS];
    struct line slot[SLOTS];
    struct line released;
    struct line arrived[VM_PROCESSORS]; /* by their numbers in the team */
};
static struct area *areas;
static unsigned dirty[VM_PROCESSORS * VM_ACTIVE_LEVELS], dirty_count;

static struct vm_member members[VM_PROCESSORS];
static struct vm_member main_settled; /* main's, as the constructors left it */
static unsigned members_count;

static struct serial {
    struct vm_member outer;
    struct vm_team team;
} serials[VM_PROCESSORS][SERIAL];
static unsigned serial_depth[VM_PROCESSORS];

/* Where the threads of main's teams have run, by their numbers: what is thread-local in
   one region is to be found in the next. */
static struct place {
    int processor;
    bool has_locals;
} places[VM_PROCESSORS];
static unsigned places_count;

uint32_t vm_critical_unnamed, vm_critical_reduction;

__attribute__((constructor)) static void own_criticals(void)
{
    vm_memory_add_library(&vm_critical_unnamed, sizeof vm_critical_unnamed);
    vm_memory_add_library(&vm_critical_reduction, sizeof vm_critical_reduction);
}

/* What a report calls it. */
static const char *name_of(const void *address)
{
    static char text[64];
    uintptr_t offset = (uintptr_t)address - (uintptr_t)areas;
    if (address == &vm_critical_unnamed || address == &vm_critical_reduction) {
        return address == &vm_critical_unnamed ? "omp critical" : "omp reduction";
    }
    if (areas == NULL ||
        offset >= (size_t)vm_most_processors * VM_ACTIVE_LEVELS * sizeof *areas) {
        return NULL;
    }
    offset %= sizeof *areas;
    const char *part = "";
    if (offset >= offsetof(struct area, arrived)) {
        offset -= offsetof(struct area, arrived);
        part = "arrived";
    } else if (offset >= offsetof(struct area, released)) {
        return "team.released";
    } else {
        offset -= offsetof(struct area, slot);
        part = "taken";
    }
    (void)snprintf(text, sizeof text, "team.%s[%zu]", part, (size_t)offset / LINE);
    return text;
}

void vm_settle_openmp(void)
{
    vm_runtime_name = name_of;
    main_settled = members[0];
}

void vm_reset_openmp(void)
{
    for (unsigned i = 0; i < dirty_count; i++) {
        struct area *area = &areas[dirty[i]];
        size_t size = offsetof(struct area, arrived) + area->size * sizeof(struct line);
        memset((void *)area, 0, size);
    }
    memset((void *)members, 0, members_count * sizeof *members);
    memset(serial_depth, 0, members_count * sizeof *serial_depth);
    members[0] = main_settled;
    members_count = 1;
    dirty_count = places_count = 0;
    vm_critical_unnamed = vm_critical_reduction = 0;
}

/* --- members ---------------------------------------------------------------------- */

struct vm_member *vm_member(struct vm_call call)
{
    unsigned number = vm_thread_number();
    struct vm_member *self = &members[number];
    if (!self->ready) {
        members_count = number >= members_count ? number + 1 : members_count;
        *self = (struct vm_member){.ready = true, .settings = vm_settings_given(call)};
        vm_note_change();
    }
    return self;
}

static struct vm_member *member(void)
{
    return vm_member((struct vm_call){"OpenMP", NULL});
}

/* Any of the team may run a task. */
unsigned vm_team_number(void)
{
    struct vm_member *self = member();
    if (self->is_task && !self->numbered) {
        self->number =
            instrument_choose(self->team->size, "thread that runs the task", NULL);
        self->numbered = true;
    }
    return self->number;
}

static void refuse_in_task(const struct vm_member *self, const char *what,
                           struct vm_call call)
{
    if (self->is_task) {
        instrument_wrong(VM_MISUSE, call.site, "a %s in a task", what);
    }
}

static unsigned size_of(const struct vm_team *team)
{
    return team == NULL ? 1 : team->size;
}

unsigned vm_team_size(void)
{
    return size_of(member()->team);
}

/* What its team shares; NULL: it is alone. */
static struct area *shared(const struct vm_member *self)
{
    return self->team == NULL ? NULL : self->team->area;
}

void vm_team_wants(unsigned size)
{
    member()->wanted = size;
}

static unsigned new_size(struct vm_member *self, unsigned wanted, struct vm_call call)
{
    unsigned active = self->team == NULL ? 0 : self->team->active;
    unsigned size = wanted > 0 ? wanted : self->wanted;
    self->wanted = 0;
    if (active >= self->settings.active_levels) {
        return 1;
    }
    if (size == 0) {
        size = vm_team_usual_size(self);
    }
    if (size == 1) {
        return 1;
    }
    if (size > VM_PROCESSORS) {
        instrument_refuse(call.site, "%s: a team of %u threads: %d are the most",
                          call.name, size, VM_PROCESSORS);
    }
    if (active >= VM_ACTIVE_LEVELS) {
        instrument_refuse(call.site, "%s: more than %d teams in each other", call.name,
                          VM_ACTIVE_LEVELS);
    }
    if (vm_self() == VM_NOBODY) {
        instrument_refuse(call.site, "%s before main: start threads from main",
                          call.name);
    }
    return size;
}

/* --- threads that do not meet ------------------------------------------------------- */

static const char single_end[] = "the end of a single region";
static const char region_end[] = "the end of the parallel region";

static void say_meeting(const void *site, char *text, size_t size)
{
    struct vm_source source;
    if (site == region_end || site == single_end) {
        (void)snprintf(text, size, "%s", (const char *)site);
    } else if (vm_source_of(site, &source)) {
        (void)snprintf(text, size, "%s:%d", source.file, source.line);
    } else {
        (void)snprintf(text, size, "another place");
    }
}

/* Where optimisers have doubled a construct, its line is still the same. */
static void compare_meeting(const void **met, const char *what, struct vm_call call,
                            const void *site)
{
    if (*met == NULL || *met == site) {
        *met = site;
        return;
    }
    char one[256], other[256];
    say_meeting(site, one, sizeof one);
    say_meeting(*met, other, sizeof other);
    if (strcmp(one, other) != 0) {
        instrument_wrong(VM_MISUSE, call.site,
                         "the threads of a team come to different %s: %s and %s", what,
                         one, other);
    }
}

static void meet(struct area *area, uint64_t phase, const void *site, struct vm_call call)
{
    unsigned parity = phase % 2;
    if (area->met_phase[parity] != phase) {
        area->met_phase[parity] = phase;
        area->met[parity] = NULL;
    }
    compare_meeting(&area->met[parity], "barriers", call, site);
}

/* --- barriers ----------------------------------------------------------------------- */

static uint64_t load(struct line *line, enum vm_order order, struct vm_call call)
{
    return vm_read(&line->word, sizeof line->word, order, call);
}

static void store(struct line *line, uint64_t value, enum vm_order order,
                  struct vm_call call)
{
    vm_write(&line->word, sizeof line->word, value, order, call);
}

/* There is one value that ends the wait. */
static void await(struct line *line, uint64_t value, enum vm_order order,
                  struct vm_call call)
{
    while (load(line, order, call) != value) {
        vm_await_failed(call);
    }
}

/* The first thread has heard of all: worksharing constructs have their words anew. */
static void clear_slots(struct area *area, unsigned count, struct vm_call call)
{
    for (unsigned i = 0; i < count; i++) {
        store(&area->slot[i], 0, VM_RELAXED, call);
        area->shared[i] = NULL;
    }
}

/* The first thread gathers the others, and lets them go: no two of them do anything that
   could come in another order. */
static void barrier_at(const void *site, struct vm_call call)
{
    struct vm_member *self = vm_member(call);
    struct area *area = shared(self);
    refuse_in_task(self, "barrier", call);
    if (area != NULL) {
        vm_task_wait_all(call);
        uint64_t phase = ++self->phase;
        meet(area, phase, site, call);
        if (self->number == 0) {
            for (unsigned i = 1; i < self->team->size; i++) {
                await(&area->arrived[i], phase, VM_ACQUIRE, call);
            }
            clear_slots(area, self->slots, call);
            store(&area->released, phase, VM_RELEASE, call);
        } else {
            store(&area->arrived[self->number], phase, VM_RELEASE, call);
            await(&area->released, phase, VM_ACQUIRE, call);
        }
    }
    self->slots = 0;
}

void vm_team_barrier(struct vm_call call)
{
    barrier_at(call.site, call);
}

/* --- teams -------------------------------------------------------------------------- */

static struct area *take_area(unsigned active, unsigned size, struct vm_call call)
{
    if (areas == NULL) {
        size_t all = (size_t)vm_most_processors * VM_ACTIVE_LEVELS * sizeof *areas;
        areas = vm_reserve(VM_TEAMS, all, PROT_READ | PROT_WRITE);
        if (areas == NULL) {
            complain("no address space for OpenMP's teams: they need %zu MiB (ulimit -v)",
                     all >> 20);
            vm_quit(3);
        }
        vm_memory_add_library(areas, all);
    }
    if (size > vm_most_processors) {
        instrument_refuse(call.site, "%s: a team of %u threads: %u are the most",
                          call.name, size, vm_most_processors);
    }
    unsigned place = vm_thread_number() * VM_ACTIVE_LEVELS + active;
    struct area *area = &areas[place];
    if (!area->used) {
        area->used = true;
        dirty[dirty_count++] = place;
    }
    area->size = size > area->size ? size : area->size;
    return area;
}

static void join_team(struct vm_team *team, unsigned number)
{
    struct vm_member *self = member();
    *self = (struct vm_member){.ready = true,
                               .team = team,
                               .number = number,
                               .phase = team->area == NULL ? 0 : team->area->phase,
                               .settings = team->settings};
    if (team->loop != NULL) {
        self->loop = *team->loop;
        self->slots = 1 + team->loop->ordered;
    }
}

/* The end of the body: no barrier of its own, since threads are joined. */
static void leave_team(struct vm_team *team)
{
    (void)vm_called(NULL);
    vm_task_wait_all(team->call);
    meet(team->area, member()->phase + 1, region_end, team->call);
}

static void run(void *argument)
{
    const struct start *start = argument;
    struct vm_team *team = start->team;
    vm_thread()->started = vm_thread()->detached = true;
    join_team(team, start->number);
    team->body(team->argument);
    leave_team(team);
    if (start->of_main) {
        places[start->number].has_locals = vm_thread()->has_thread_locals;
    }
    instrument_exit(); /* what is thread-local stays */
}

/* Threads of main's teams go on where those of the last one have ended. */
static void create(struct vm_team *team, unsigned number, bool of_main,
                   struct vm_call call)
{
    struct start *start = &team->area->start[number];
    *start = (struct start){.team = team, .number = number, .of_main = of_main};
    int again = of_main && number < places_count ? places[number].processor : VM_NOBODY;
    unsigned processor =
        instrument_create(run, start, VM_PROCESSORS + number, again, call.site);
    vm_use_thread(processor);
    if (again != VM_NOBODY && again != (int)processor && places[number].has_locals) {
        instrument_refuse(call.site,
                          "%s: thread-local variables that thread %u of an "
                          "earlier team has used: they cannot be had again",
                          call.name, number);
    }
    vm_threads[processor].started = vm_threads[processor].detached = true;
    if (of_main) {
        while (places_count <= number) {
            places[places_count++] = (struct place){.processor = VM_NOBODY};
        }
        places[number].processor = (int)processor;
    }
    start->processor = processor;
}

static void run_together(struct vm_team *team, struct vm_call call)
{
    bool of_main = vm_thread_number() == 0 && team->active == 1;
    for (unsigned i = 1; i < team->size; i++) {
        create(team, i, of_main, call);
    }
    join_team(team, 0);
    team->body(team->argument);
    leave_team(team);
    for (unsigned i = 1; i < team->size; i++) {
        instrument_join(team->area->start[i].processor, call.site);
    }
    const struct vm_member *self = member();
    clear_slots(team->area, self->slots, call);
    team->area->phase = self->phase + 1; /* at which no thread has waited */
}

void vm_team_run(void (*body)(void *), void *argument, unsigned wanted,
                 const struct vm_loop *loop, struct vm_call call)
{
    struct vm_member *self = vm_member(call), outer = *self;
    unsigned size = new_size(self, wanted, call);
    outer.wanted = 0;
    struct vm_team team = {.size = size,
                           .level = 1 + (outer.team == NULL ? 0 : outer.team->level),
                           .active = outer.team == NULL ? 0 : outer.team->active,
                           .outer = &outer,
                           .settings = outer.settings,
                           .body = body,
                           .argument = argument,
                           .call = call,
                           .loop = loop};
    vm_task_team_begin(call);
    if (size > 1) {
        team.area = take_area(team.active++, size, call);
        run_together(&team, call);
    } else {
        join_team(&team, 0);
        body(argument);
        (void)vm_called(NULL);
    }
    vm_task_team_end();
    *member() = outer;
}

void vm_team_alone_begins(struct vm_call call)
{
    struct vm_member *self = vm_member(call);
    unsigned *depth = &serial_depth[vm_thread_number()];
    if (*depth == SERIAL) {
        instrument_refuse(call.site, "more than %d parallel regions in each other",
                          SERIAL);
    }
    struct serial *serial = &serials[vm_thread_number()][(*depth)++];
    vm_task_team_begin(call);
    self->wanted = 0;
    serial->outer = *self;
    serial->team =
        (struct vm_team){.size = 1,
                         .level = 1 + (self->team == NULL ? 0 : self->team->level),
                         .active = self->team == NULL ? 0 : self->team->active,
                         .outer = &serial->outer,
                         .settings = self->settings};
    join_team(&serial->team, 0);
}

void vm_team_alone_ends(void)
{
    vm_task_team_end();
    *member() = serials[vm_thread_number()][--serial_depth[vm_thread_number()]].outer;
}

/* --- worksharing -------------------------------------------------------------------- */

/* The next worksharing construct of the running thread, the same for all of the team. */
static unsigned take_slot(struct vm_member *self, unsigned count, struct vm_call call)
{
    unsigned slot = self->slots;
    refuse_in_task(self, "worksharing construct", call);
    self->claimed = 0;
    struct area *area = shared(self);
    if (area == NULL) {
        return 0;
    }
    if (slot + count > SLOTS) {
        instrument_refuse(call.site,
                          "more than %d worksharing constructs between two "
                          "barriers of a team",
                          SLOTS);
    }
    compare_meeting(&area->shared[slot], "worksharing constructs", call, call.site);
    self->slots += count;
    return slot;
}

/* Counts up to a limit, and no further. Returns the number before. */
static uint64_t claim(struct vm_member *self, unsigned slot, uint64_t limit,
                      struct vm_call call)
{
    struct area *area = shared(self);
    if (area == NULL) {
        return self->claimed < limit ? self->claimed++ : limit;
    }
    struct line *line = &area->slot[slot];
    return vm_perform(&(struct vm_operation){.kind = VM_ADD_BELOW,
                                             .order = VM_RELAXED,
                                             .failure = VM_RELAXED,
                                             .size = sizeof line->word,
                                             .address = &line->word,
                                             .operand = 1,
                                             .expected = limit,
                                             .name = call.name,
                                             .site = call.site});
}

bool vm_team_single(struct vm_call call)
{
    struct vm_member *self = vm_member(call);
    unsigned slot = take_slot(self, 1, call);
    return claim(self, slot, 1, call) == 0;
}

void vm_team_give(void *pointer, struct vm_call call)
{
    const struct vm_member *self = vm_member(call);
    struct area *area = shared(self);
    if (area != NULL) {
        area->given[self->phase % 2] = pointer;
    }
    barrier_at(single_end, call);
}

void *vm_team_take(struct vm_call call)
{
    barrier_at(single_end, call);
    const struct vm_member *self = member();
    const struct area *area = shared(self);
    return area == NULL ? NULL : area->given[(self->phase + 1) % 2];
}

/* --- loops -------------------------------------------------------------------------- */

/* Of a guided schedule: a share of what is left. */
static uint64_t guided_size(const struct vm_loop *loop, uint64_t begin, unsigned threads)
{
    uint64_t left = loop->count - begin;
    uint64_t size = left / threads + (left % threads != 0);
    size = size < loop->chunk ? loop->chunk : size;
    return size < left ? size : left;
}

static uint64_t count_chunks(const struct vm_loop *loop, unsigned threads)
{
    if (loop->schedule == VM_GUIDED) {
        uint64_t chunks = 0;
        for (uint64_t begin = 0; begin < loop->count; chunks++) {
            begin += guided_size(loop, begin, threads);
        }
        return chunks;
    }
    if (loop->chunk == 0) {
        return threads < loop->count ? threads : loop->count;
    }
    return loop->count / loop->chunk + (loop->count % loop->chunk != 0);
}

void vm_loop_begin(const struct vm_loop *loop, struct vm_call call)
{
    struct vm_member *self = vm_member(call);
    unsigned slot = take_slot(self, 1 + loop->ordered, call);
    self->loop = *loop;
    self->loop.slot = slot;
}

void vm_loop_chunk(struct vm_loop *loop, uint64_t chunk, unsigned threads,
                   uint64_t *begin, uint64_t *end)
{
    if (loop->schedule == VM_GUIDED) {
        for (; loop->next < chunk; loop->next++) {
            loop->begin += guided_size(loop, loop->begin, threads);
        }
        *begin = loop->begin;
        *end = *begin + guided_size(loop, *begin, threads);
        return;
    }
    if (loop->chunk == 0) { /* the first ones are longer by one, if need be */
        uint64_t size = loop->count / threads, longer = loop->count % threads;
        *begin = chunk * size + (chunk < longer ? chunk : longer);
        *end = *begin + size + (chunk < longer);
        return;
    }
    *begin = chunk * loop->chunk;
    *end = loop->count - *begin < loop->chunk ? loop->count : *begin + loop->chunk;
}

static struct line *turn_of(struct area *area, const struct vm_loop *loop)
{
    return &area->slot[loop->slot + 1];
}

/* Twice the number of the chunk whose turn it is, and 1 when the thread that runs it has
   left an ordered region. */
static void await_turn(struct area *area, struct vm_loop *loop, enum vm_order order,
                       struct vm_call call)
{
    if (!loop->turn) {
        await(turn_of(area, loop), 2 * loop->now, order, call);
        loop->turn = true;
    }
}

/* The chunk is over: the next one's turn. By this alone nothing is ordered but what was
   in an ordered region: a relaxed read-modify-write hands that on. */
static void pass_turn(struct vm_member *self, struct vm_call call)
{
    struct vm_loop *loop = &self->loop;
    struct area *area = shared(self);
    if (loop->running && loop->ordered && area != NULL) {
        await_turn(area, loop, VM_RELAXED, call);
        struct line *turn = turn_of(area, loop);
        vm_atomic(VM_EXCHANGE, &turn->word, sizeof turn->word, 2 * (loop->now + 1),
                  VM_RELAXED, call.name, call.site);
    }
    loop->running = loop->turn = false;
}

const struct vm_loop *vm_loop_next(uint64_t *begin, uint64_t *end, struct vm_call call)
{
    struct vm_member *self = vm_member(call);
    struct vm_loop *loop = &self->loop;
    unsigned threads = size_of(self->team);
    pass_turn(self, call);
    if (loop->chunks == 0) {
        loop->chunks = count_chunks(loop, threads);
    }
    uint64_t chunk;
    if (loop->schedule == VM_STATIC) {
        chunk = loop->next++ * threads + self->number;
    } else {
        chunk = claim(self, loop->slot, loop->chunks, call);
    }
    if (chunk >= loop->chunks) {
        return NULL;
    }
    loop->now = chunk;
    loop->running = true;
    vm_loop_chunk(loop, chunk, threads, begin, end);
    return loop;
}

struct vm_part vm_loop_part(const struct vm_loop *loop)
{
    const struct vm_member *self = member();
    unsigned threads = size_of(self->team);
    uint64_t begin, end, chunks = count_chunks(loop, threads);
    struct vm_loop copy = *loop;
    vm_loop_chunk(&copy, self->number, threads, &begin, &end);
    uint64_t size = loop->chunk == 0 ? end - begin : loop->chunk;
    return (struct vm_part){.begin = begin,
                            .size = size,
                            .stride = loop->chunk == 0 ? loop->count : size * threads,
                            .last = chunks > 0 && (chunks - 1) % threads == self->number};
}

void vm_loop_of_runtime(struct vm_loop *loop, struct vm_call call)
{
    const struct vm_member *self = vm_member(call);
    loop->schedule = self->settings.schedule;
    loop->chunk = self->settings.chunk;
}

void vm_ordered_begin(struct vm_call call)
{
    struct vm_member *self = vm_member(call);
    struct area *area = shared(self);
    if (area == NULL) {
        return;
    }
    if (!self->loop.running || !self->loop.ordered) {
        instrument_wrong(
            VM_MISUSE, call.site,
            "an ordered region that is not in a loop with the clause ordered");
    }
    await_turn(area, &self->loop, VM_ACQUIRE, call);
}

void vm_ordered_end(struct vm_call call)
{
    const struct vm_member *self = vm_member(call);
    struct area *area = shared(self);
    if (area != NULL) {
        store(turn_of(area, &self->loop), 2 * self->loop.now + 1, VM_RELEASE, call);
    }
}

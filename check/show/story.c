/* SPDX-License-Identifier: MIT */
#include "check/show/story.h"

#include <limits.h>
#include <string.h>

#include "check/show/words.h"
#include "common/memory.h"
#include "virtual/instrument.h"
#include "virtual/program/program.h"

/* --- recording ---------------------------------------------------------------------- */

enum {
    MOST_PLAIN = 20000, /* of more, only those to the place that is wrong count */
    WRITTEN = 16,
};

static struct recorder {
    struct story *story;
    size_t last[MAX_THREADS];     /* each thread's last step, plus one */
    uint32_t events[MAX_THREADS]; /* that have been recorded */
    size_t written[WRITTEN];      /* plain writes that may not have been made yet */
    unsigned written_count;
    size_t plain;
    unsigned whole[MAX_THREADS]; /* the call that each thread is in: its number, or 0 */
    struct explore_result again;
    bool only; /* record just the plain accesses to `story->failure` */
} recorder;

static bool is_number(size_t size)
{
    return size == 1 || size == 2 || size == 4 || size == 8;
}

static bool overlap(const unsigned char *a, size_t a_size, const unsigned char *b,
                    size_t b_size)
{
    return a < b + b_size && b < a + a_size;
}

/* Not of the C++ library, nor of what makes a class of the user's lock: those lines are
   not what a reader wants to see. */
static bool is_own_source(const void *site)
{
    struct vm_source source;
    return vm_is_program(site) && vm_source_of(site, &source) &&
           strstr(source.file, "/c++/") == NULL &&
           strstr(source.file, "/own_adapter.h") == NULL;
}

static bool is_client(const void *site)
{
    struct vm_source source;
    return site != NULL && vm_source_of(site, &source) &&
           strstr(source.file, "check/clients/") != NULL;
}

/* Where the thread is at the moment, in the program's own source. (The outermost call is
   not its own: it is that of the thread's function.) */
static void find_place(struct step *step, const void *site)
{
    const struct vm_calls *present = &vm_calls[step->thread];
    bool own = site != NULL && is_own_source(site);
    step->site = site;
    step->library = site != NULL && !own;
    if (present->depth > VM_CALLS) {
        return;
    }
    for (unsigned i = present->depth; i-- > 1 && step->calls.count < CALLS;) {
        if (is_own_source(present->sites[i])) {
            if (own || site == NULL) {
                step->calls.site[step->calls.count++] = present->sites[i];
            } else {
                step->site = present->sites[i];
                own = true;
            }
        }
    }
}

/* Notes in which function a thread began: that of the outermost call in the program. */
static void find_function(struct story *story, const struct step *step)
{
    const struct vm_calls *present = &vm_calls[step->thread];
    const void **function = &story->function[step->thread];
    for (unsigned i = 1; i < present->depth && i < VM_CALLS && *function == NULL; i++) {
        *function = is_own_source(present->sites[i]) ? present->sites[i] : NULL;
    }
    if (*function == NULL && step->site != NULL && is_own_source(step->site)) {
        *function = step->site;
    }
}

/* Plain writes are announced before they are made; some compilers announce a few
   together. By the next event they have been made. */
static void look_at_writes(void)
{
    for (unsigned i = 0; i < recorder.written_count; i++) {
        struct step *step = &recorder.story->step[recorder.written[i]];
        step->value = vm_look(step->address, (unsigned)step->size);
    }
    recorder.written_count = 0;
}

static void note_write(struct step *step)
{
    size_t index = (size_t)(step - recorder.story->step);
    step->writes = true;
    for (unsigned i = 0; i < recorder.written_count; i++) {
        if (recorder.written[i] == index) {
            return;
        }
    }
    if (recorder.written_count == WRITTEN) {
        look_at_writes();
    }
    if (is_number(step->size)) {
        recorder.written[recorder.written_count++] = index;
    }
}

static struct step *add_step(enum step_kind kind, unsigned thread, const void *site)
{
    struct story *story = recorder.story;
    if (story->count == story->room) {
        story->room = story->room == 0 ? 64 : 2 * story->room;
        story->step = grow(story->step, story->room * sizeof *story->step);
    }
    struct step *step = &story->step[story->count++];
    *step = (struct step){
        .kind = kind,
        .thread = (uint16_t)thread,
        .event = {(uint16_t)thread, (uint16_t)recorder.events[thread]},
    };
    find_place(step, site);
    step->client = is_client(step->site);
    if (story->function[thread] == NULL) {
        find_function(story, step);
    }
    recorder.last[thread] = story->count;
    return step;
}

static void on_event(event_id id, void *context)
{
    (void)context;
    look_at_writes();
    const struct event *event = event_of(recorder.again.graph, id);
    if (accesses(event)) {
        vm_note_local(recorder.again.graph->location[event->location].address,
                      event->site);
    }
    add_step(STEP_EVENT, id.thread, event->site)->whole = recorder.whole[id.thread];
    recorder.events[id.thread] = id.index + 1U;
}

/* The thread's last step, if it is a plain access to the same place. */
static struct step *same_place(unsigned thread, const unsigned char *address, size_t size)
{
    size_t last = recorder.last[thread];
    if (last > 0) {
        struct step *step = &recorder.story->step[last - 1];
        if (step->kind == STEP_PLAIN && step->address == address && step->size == size) {
            return step;
        }
    }
    return NULL;
}

static void on_plain(unsigned thread, void *address, size_t size, bool write,
                     const void *site, void *context)
{
    struct story *story = context;
    const struct failure *failure = &story->failure;
    if (recorder.only && !overlap(address, size, failure->address, failure->size)) {
        return;
    }
    struct step *step = same_place(thread, address, size);
    if (step == NULL) {
        if (++recorder.plain > MOST_PLAIN && !recorder.only) {
            return;
        }
        struct vm_stack stack = vm_stack(thread);
        step = add_step(STEP_PLAIN, thread, site);
        vm_note_local(address, site);
        step->address = address;
        step->size = size;
        step->reads = !write;
        step->own = step->address >= stack.low && step->address < stack.high;
        if (!write && is_number(size)) {
            step->read = vm_look(address, (unsigned)size);
        }
    } else if (!write) {
        step->again++;
    }
    if (write) {
        note_write(step);
        step->site = step->library ? step->site : site;
    }
}

static void on_block(unsigned thread, void *address, size_t size, bool freed,
                     const void *site, void *context)
{
    (void)context;
    look_at_writes();
    struct step *step = add_step(freed ? STEP_FREE : STEP_ALLOCATE, thread, site);
    step->address = address;
    step->size = size;
}

static void on_call(unsigned thread, const struct vm_whole_call *call, void *context)
{
    struct story *story = context;
    story->whole = grow(story->whole, (story->wholes + 1) * sizeof *story->whole);
    story->whole[story->wholes++] =
        (struct whole){.name = call->name,
                       .object = call->object,
                       .mutex = call->mutex,
                       .expects = call->expects != NULL,
                       .expected = call->expects == NULL ? 0 : *call->expects};
    recorder.whole[thread] = story->wholes;
}

static void on_return(unsigned thread, const char *result, const uint64_t *woken,
                      void *context)
{
    const struct story *story = context;
    struct whole *whole = &story->whole[recorder.whole[thread] - 1];
    whole->result = result;
    whole->returned = true;
    whole->wakes = woken != NULL;
    whole->woken = woken == NULL ? 0 : woken[0]; /* MAX_THREADS is 64 */
    whole->last = (event_id){(uint16_t)thread, (uint16_t)(recorder.events[thread] - 1)};
    recorder.whole[thread] = 0;
}

/* --- the failure -------------------------------------------------------------------- */

static bool is_kind(const struct story *story, const char *kind)
{
    return strcmp(story->failure.kind, kind) == 0;
}

/* A thread waits at the read that it made last, or for another to end. */
/* Whether a read is all that a try reads, as far as its line says. */
static bool is_alone(const struct story *story, event_id read)
{
    if (read.index == 0) {
        return true;
    }
    const struct event *event = event_of(story->graph, read);
    event_id id = {read.thread, (uint16_t)(read.index - 1)};
    const struct event *before = event_of(story->graph, id);
    struct vm_source here, there;
    return before->kind != EVENT_READ || before->site == event->site ||
           (vm_source_of(event->site, &here) && vm_source_of(before->site, &there) &&
            here.line != there.line);
}

/* A thread that waits for ever sees in the end what was written last; its try has been
   made with that, too, and fails. So this is shown, and not what it saw before. */
static void see_the_last(const struct story *story, event_id read)
{
    struct event *event = event_of(story->graph, read);
    const struct location *at = &story->graph->location[event->location];
    if (event->name == NULL && event->access == 0 && at->writes > 0 &&
        is_alone(story, read)) {
        event->source = at->order[at->writes - 1];
        event->read = event_of(story->graph, event->source)->value;
    }
}

static void add_waits(struct story *story)
{
    for (unsigned t = 0; t < MAX_THREADS; t++) {
        if (story->failure.blocked[t]) {
            event_id last = {(uint16_t)t, (uint16_t)(recorder.events[t] - 1)};
            bool reading = story->failure.joins[t] == VM_NOBODY &&
                           event_of(story->graph, last)->kind == EVENT_READ;
            struct step *step = reading ? story_step(story, last) : NULL;
            if (step != NULL) {
                see_the_last(story, last);
            }
            (step == NULL ? add_step(STEP_WAITS, t, NULL) : step)->failing = true;
        }
    }
}

/* The first step of a thread. */
static size_t beginning_of(const struct story *story, unsigned thread)
{
    size_t i = 0;
    while (i < story->count && story->step[i].thread != thread) {
        i++;
    }
    return i;
}

/* Whether a thread waits for what is not atomic: not if nobody else has written there
   since it began, and yet somebody has before; nor if it writes there itself. */
static bool may_wait_for(const struct story *story, const struct step *read)
{
    bool before = false, after = false, itself = false;
    size_t began = beginning_of(story, read->thread);
    for (size_t i = 0; i < story->count; i++) {
        const struct step *step = &story->step[i];
        if (step->kind == STEP_PLAIN && step->writes &&
            overlap(step->address, step->size, read->address, read->size)) {
            bool own = step->thread == read->thread;
            itself = itself || own;
            before = before || (!own && i < began);
            after = after || (!own && i > began);
        }
    }
    return !itself && (after || !before);
}

/* A thread that waits for what is not atomic reads it behind its last event. */
static void find_looks(struct story *story)
{
    for (size_t i = 0; i < story->count; i++) {
        const struct step *step = &story->step[i];
        struct step *look = &story->looks[step->thread];
        if (step->kind != STEP_PLAIN) {
            *look = (struct step){.kind = STEP_WAITS};
        } else if (story->failure.blocked[step->thread] &&
                   story->failure.joins[step->thread] == VM_NOBODY && !step->writes &&
                   !step->own && !step->library && may_wait_for(story, step)) {
            *look = *step;
        }
    }
}

/* The access that has failed was not recorded; if it is atomic, the graph may have it. */
static void add_failure(struct story *story)
{
    const struct failure *failure = &story->failure;
    unsigned t = (unsigned)failure->thread;
    const struct thread *thread = &story->graph->thread[t];
    uint32_t done = recorder.events[t];
    bool is_event = is_kind(story, KIND_RACE) && done < thread->events &&
                    accesses(&thread->event[done]) &&
                    thread->event[done].site == failure->site;
    struct step *step = add_step(is_event                    ? STEP_EVENT
                                 : is_kind(story, KIND_RACE) ? STEP_PLAIN
                                                             : STEP_WRONG,
                                 t, failure->site);
    step->failing = true;
    step->address = failure->address;
    step->size = failure->size;
    step->reads = !failure->write;
    step->writes = failure->write;
}

static bool accesses_place(const struct story *story, const struct step *step,
                           const unsigned char *address, size_t size)
{
    if (step->kind == STEP_EVENT) {
        const struct event *event = event_of(story->graph, step->event);
        if (!accesses(event)) {
            return false;
        }
        const struct location *at = &story->graph->location[event->location];
        return overlap(at->address, at->size, address, size);
    }
    return step->kind == STEP_PLAIN && overlap(step->address, step->size, address, size);
}

static bool changes(const struct story *story, const struct step *step)
{
    return step->kind == STEP_EVENT ? writes(event_of(story->graph, step->event))
                                    : step->writes;
}

/* The other access of a race, which need not be the last one there, and what has been
   done to the block that is misused. */
static void mark_others(struct story *story)
{
    const struct failure *failure = &story->failure;
    bool raced = failure->other_site != NULL && failure->other != VM_NOBODY;
    if (failure->size == 0) {
        return;
    }
    struct step *other = NULL;
    for (size_t i = 0; i + 1 < story->count; i++) {
        struct step *step = &story->step[i];
        if (raced && step->thread == failure->other &&
            accesses_place(story, step, failure->address, failure->size) &&
            (failure->write || changes(story, step)) &&
            (other == NULL || other->site != failure->other_site ||
             step->site == failure->other_site)) {
            other = step;
        }
        if (step->kind == STEP_FREE &&
            overlap(step->address, step->size, failure->address, failure->size)) {
            step->failing = true;
        }
    }
    if (other != NULL) {
        other->failing = true;
    }
}

/* --- what the failure depends on ---------------------------------------------------- */

/* Whether that is all that came before it in its thread, and what that has read. Misuse
   of the heap or of a thread library is found in what they keep for themselves. */
static bool is_causal(const struct story *story)
{
    static const char *const kinds[] = {KIND_RACE, VM_ASSERTION, VM_ABORT,
                                        VM_STATUS, VM_CRASH,     VM_USE_AFTER_FREE};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (is_kind(story, kinds[i])) {
            return true;
        }
    }
    return false;
}

/* Of each thread, the events that are kept: also whatever comes between them. */
struct kept {
    uint32_t events[MAX_THREADS];
    size_t until[MAX_THREADS]; /* and all the steps up to this one */
};

static bool is_kept(const struct kept *kept, const struct step *step, size_t index)
{
    return step->event.index < kept->events[step->thread] ||
           index < kept->until[step->thread];
}

/* The event that must come before this one, if it is another thread's. */
static event_id needed_by(const struct graph *graph, event_id id)
{
    const struct event *event = event_of(graph, id);
    if (event->kind == EVENT_JOIN) {
        return (event_id){event->choice,
                          (uint16_t)(graph->thread[event->choice].events - 1)};
    }
    return reads(event) || event->kind == EVENT_BEGIN || event->kind == EVENT_WAITED
               ? event->source
               : INITIAL;
}

static void find_kept(const struct story *story, struct kept *kept)
{
    memset(kept, 0, sizeof *kept);
    bool causal = is_causal(story), is_waiting[MAX_THREADS] = {false};
    for (size_t i = 0; i < story->count; i++) {
        const struct step *step = &story->step[i];
        bool over = is_waiting[step->thread];
        is_waiting[step->thread] = over || (step->failing && is_kind(story, KIND_HANG));
        if ((step->failing || !causal) && !over) {
            kept->until[step->thread] = i + 1;
        }
    }
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < story->count; i++) {
            const struct step *step = &story->step[i];
            if (step->kind != STEP_EVENT || !is_kept(kept, step, i)) {
                continue;
            }
            event_id needs = needed_by(story->graph, step->event);
            if (!is_initial(needs) && kept->events[needs.thread] <= needs.index) {
                kept->events[needs.thread] = needs.index + 1U;
                more = true;
            }
        }
    }
}

static void leave_out(struct story *story)
{
    struct kept kept;
    find_kept(story, &kept);
    size_t count = 0;
    for (size_t i = 0; i < story->count; i++) {
        const struct step *step = &story->step[i];
        if (is_kept(&kept, step, i)) {
            story->step[count++] = *step;
        } else if (step->kind == STEP_EVENT) {
            story->left_out += event_of(story->graph, step->event)->kind >= EVENT_FENCE;
        }
    }
    story->count = count;
}

/* --- the order ---------------------------------------------------------------------- */

/* What is left to be put in order: each thread's steps are so already. */
struct left {
    const struct story *story;
    bool *taken;
    uint32_t events[MAX_THREADS]; /* taken */
    size_t next[MAX_THREADS];     /* the first step that may be left */
};

static bool is_taken(const struct left *left, event_id id)
{
    return is_initial(id) || id.index < left->events[id.thread];
}

static const struct event *access_of(const struct story *story, const struct step *step)
{
    const struct event *event =
        step->kind == STEP_EVENT ? event_of(story->graph, step->event) : NULL;
    return event != NULL && accesses(event) ? event : NULL;
}

/* How many steps ought to come before this write, and are left. */
static unsigned count_overtaken(const struct left *left, const struct step *step)
{
    const struct story *story = left->story;
    const struct event *event = access_of(story, step);
    unsigned count = 0;
    if (event == NULL || !writes(event)) {
        return 0;
    }
    for (size_t i = 0; i < story->count; i++) {
        const struct step *later = &story->step[i];
        const struct event *other = left->taken[i] ? NULL : access_of(story, later);
        if (other == NULL || other->location != event->location || later == step) {
            continue;
        }
        long place =
            writes(other) ? (long)other->place : graph_place(story->graph, other->source);
        count += place < (long)event->place;
    }
    return count;
}

enum { AT_LAST = 1000000 };

/* How unwelcome a step is next: the failure comes last, and with it the other access of a
   race, as far as that holds up nothing. */
static unsigned cost_of(const struct left *left, const struct step *step)
{
    bool access = step->kind == STEP_EVENT || step->kind == STEP_PLAIN;
    if (step->failing && (int)step->thread == left->story->failure.other && access) {
        return 1;
    }
    bool last = step->failing && step->kind != STEP_FREE;
    return (last ? AT_LAST : 0) + 2 * count_overtaken(left, step);
}

/* The first step of a thread that is left, if it can be taken. */
static const struct step *next_of(struct left *left, unsigned thread)
{
    const struct story *story = left->story;
    size_t *next = &left->next[thread];
    while (*next < story->count &&
           (left->taken[*next] || story->step[*next].thread != thread)) {
        ++*next;
    }
    const struct step *step = &story->step[*next];
    bool can =
        *next < story->count && (step->kind != STEP_EVENT ||
                                 is_taken(left, needed_by(story->graph, step->event)));
    return can ? step : NULL;
}

/* The best step to go on with, rather of the thread that the last one was of. */
static const struct step *choose(struct left *left, unsigned thread)
{
    unsigned threads = left->story->graph->threads;
    const struct step *best = NULL;
    unsigned least = UINT_MAX;
    for (unsigned i = 0; i < threads && least > 0; i++) {
        const struct step *step = next_of(left, (thread + i) % threads);
        unsigned cost = step == NULL ? UINT_MAX : cost_of(left, step);
        if (cost < least) {
            best = step;
            least = cost;
        }
    }
    return best;
}

static void put_in_order(struct story *story)
{
    struct left left = {.story = story, .taken = grow(NULL, story->count + 1)};
    memset(left.taken, 0, story->count);
    struct step *ordered = grow(NULL, (story->count + 1) * sizeof *ordered);
    size_t count = 0;
    unsigned thread = 0;
    for (const struct step *step; (step = choose(&left, thread)) != NULL;) {
        left.taken[step - story->step] = true;
        if (step->kind == STEP_EVENT) {
            left.events[step->thread] = step->event.index + 1U;
        }
        thread = step->thread;
        ordered[count++] = *step;
    }
    free(left.taken);
    free(story->step);
    story->step = ordered;
    story->count = story->room = count;
}

/* --- what is out of step ------------------------------------------------------------ */

/* The write nearest behind a place, or the last of all, among those that have been. */
static long find_write(const struct location *at, long place, const uint32_t *events,
                       bool nearest)
{
    long found = -1;
    for (long i = place + 1; i < (long)at->writes && (found < 0 || !nearest); i++) {
        if (at->order[i].index < events[at->order[i].thread]) {
            found = i;
        }
    }
    return found;
}

static void mark_order(struct story *story)
{
    uint32_t events[MAX_THREADS] = {0};
    story->interleaving = true;
    for (size_t i = 0; i < story->count; i++) {
        struct step *step = &story->step[i];
        const struct event *event = access_of(story, step);
        if (event != NULL) {
            const struct location *at = &story->graph->location[event->location];
            bool write = writes(event);
            long place =
                write ? (long)event->place : graph_place(story->graph, event->source);
            bool inside = event->name != NULL && words_is_inside(at->address);
            long later = inside ? -1 : find_write(at, place, events, write);
            step->early = later >= 0 && write;
            step->stale = later >= 0 && !write;
            if (later >= 0) {
                step->newer = at->order[later];
                story->interleaving = false;
            }
        }
        if (step->kind == STEP_EVENT) {
            events[step->thread] = step->event.index + 1U;
        }
    }
}

/* --- all of it ---------------------------------------------------------------------- */

static void record(struct story *story, const struct explore_options *options,
                   struct explore_result *result)
{
    bool only = recorder.only;
    recorder = (struct recorder){.story = story, .only = only};
    story->count = story->wholes = 0;
    struct trace trace = {.event = on_event,
                          .plain = on_plain,
                          .block = on_block,
                          .call_begins = on_call,
                          .call_returns = on_return,
                          .context = story};
    vm_forget_locals();
    explore_again(options, result->graph, &trace, &recorder.again);
    look_at_writes();
    story->graph = recorder.again.graph;
    if (recorder.again.verdict == WRONG) {
        story->failure = recorder.again.failure;
    }
}

void story_record(struct story *story, const struct explore_options *options,
                  struct explore_result *result)
{
    *story = (struct story){.graph = result->graph, .failure = result->failure};
    recorder.only = false;
    record(story, options, result);
    if (recorder.plain > MOST_PLAIN) {
        recorder.only = true;
        record(story, options, result);
    }
    if (is_kind(story, KIND_HANG)) {
        find_looks(story);
        add_waits(story);
    } else {
        add_failure(story);
        mark_others(story);
    }
    leave_out(story);
    put_in_order(story);
    mark_order(story);
}

void story_free(struct story *story)
{
    free(story->step);
    free(story->whole);
    *story = (struct story){.step = NULL};
}

struct step *story_step(const struct story *story, event_id id)
{
    for (size_t i = 0; i < story->count && !is_initial(id); i++) {
        struct step *step = &story->step[i];
        if (step->kind == STEP_EVENT && same_event(step->event, id)) {
            return step;
        }
    }
    return NULL;
}

struct whole *story_whole(const struct story *story, const struct step *step)
{
    return step->whole == 0 ? NULL : &story->whole[step->whole - 1];
}

void story_thread_name(struct words *words, const struct story *story, unsigned thread)
{
    struct vm_source source;
    words_add(words, "thread %u", thread);
    if (story->function[thread] != NULL &&
        vm_source_of(story->function[thread], &source)) {
        words_add(words, " %s", source.function);
    }
}

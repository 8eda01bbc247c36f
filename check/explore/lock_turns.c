/* SPDX-License-Identifier: MIT */
#include "check/explore/lock_turns.h"

#include "check/explore/calls.h"
#include "check/explore/failed_tries.h"
#include "check/explore/loops.h"
#include "check/explore/races.h"
#include "check/explore/suspects.h"

void lock_turns_refuse(void)
{
    run.result->begin_again |= run.lock_words > 0 ? LOCK_SUSPECT : 0;
}

/* Whether what is left out are turns that write words once more. */
static bool are_rewritten(void)
{
    return run.lock_words > 0 && run.lock_word[0].rewritten;
}

static bool are_locks(void)
{
    return run.lock_words > 0 && !are_rewritten();
}

/* The known word at an address, or NULL. */
static const struct lock_word *word_at(const void *address)
{
    for (unsigned i = 0; i < run.lock_words; i++) {
        if (run.lock_word[i].address == address) {
            return &run.lock_word[i];
        }
    }
    return NULL;
}

static const struct lock_word *word_of(const struct event *event)
{
    return !accesses(event) ? NULL
                            : word_at(run.graph->location[event->location].address);
}

/* --- what such a turn is ------------------------------------------------------------ */

static bool acquires(const struct event *event)
{
    return event->order == VM_ACQUIRE || event->order == VM_ACQ_REL ||
           event->order == VM_SEQ_CST;
}

static bool releases(const struct event *event)
{
    return event->order == VM_RELEASE || event->order == VM_ACQ_REL ||
           event->order == VM_SEQ_CST;
}

/* What a thread has taken, and has to give back. */
struct taken {
    unsigned count;
    const struct event *event[LOCK_WORDS];
};

/* Whether a write takes a lock, or gives back one of these: then what synchronises with
   the write that was taken must do so with this one, too. */
static bool takes_or_gives(struct taken *taken, const struct event *event)
{
    for (unsigned i = 0; i < taken->count; i++) {
        const struct event *one = taken->event[i];
        if (one->location == event->location) {
            taken->event[i] = taken->event[--taken->count];
            return event->value == one->read &&
                   (event->kind == EVENT_UPDATE ? event->read == one->value
                                                : acquires(one) && releases(event));
        }
    }
    const struct lock_word *word = word_of(event);
    bool takes = event->kind == EVENT_UPDATE && event->value != event->read &&
                 (word == NULL || word->free == event->read);
    if (takes && taken->count < LOCK_WORDS) {
        taken->event[taken->count++] = event;
    }
    return takes && taken->count < LOCK_WORDS;
}

/* Whether all that a thread does from its event `first` to before `end` is to read, to
   take locks, and to give the same ones back. */
static bool only_looks(const struct thread *thread, uint32_t first, uint32_t end)
{
    struct taken taken = {0};
    bool takes = false;
    for (uint32_t i = first; i < end; i++) {
        const struct event *event = &thread->event[i];
        bool reads_only = event->kind == EVENT_READ;
        if (!accesses(event) || event->spurious || event->plain ||
            (event->progress != DONE && event->progress != SILENT) ||
            !(reads_only || takes_or_gives(&taken, event))) {
            return false;
        }
        takes = takes || !reads_only;
    }
    return takes && taken.count == 0;
}

/* Whether a store writes once more what another one of its thread has written, right
   behind that: so what reads the one might read the other, and know no more by that. */
static bool rewrites(const struct event *event, unsigned thread)
{
    if (event->kind != EVENT_WRITE || event->plain) {
        return false;
    }
    event_id id = graph_write_at(run.graph, event->location, (long)event->place - 1);
    const struct event *before = is_initial(id) ? NULL : event_of(run.graph, id);
    return before != NULL && id.thread == thread && before->kind == EVENT_WRITE &&
           !before->plain && before->value == event->value &&
           (releases(event) || !releases(before));
}

/* Whether all that a thread does there is to read, and to write once more. */
static bool only_rewrites(unsigned t, uint32_t first, uint32_t end)
{
    bool any = false;
    for (uint32_t i = first; i < end; i++) {
        const struct event *event = &run.graph->thread[t].event[i];
        bool again = rewrites(event, t);
        if (event->spurious || (event->progress != DONE && event->progress != SILENT) ||
            !(event->kind == EVENT_READ || is_fence(event) || again)) {
            return false;
        }
        any = any || again;
    }
    return any && run.idle_at == NULL;
}

/* Whether all locks that are taken in the turn are known, or all words that are written
   once more. If not, the search begins again with one more. */
static bool are_known(const struct thread *thread, uint32_t first, uint32_t end,
                      bool rewritten)
{
    if (rewritten ? are_locks() : are_rewritten()) {
        return false; /* of one kind only */
    }
    for (uint32_t i = first; i < end; i++) {
        const struct event *event = &thread->event[i];
        if (event->kind != (rewritten ? EVENT_WRITE : EVENT_UPDATE) ||
            word_of(event) != NULL) {
            continue;
        }
        if (run.trace == NULL) {
            run.result->lock_word = (struct lock_word){
                run.graph->location[event->location].address, event->read, rewritten};
            run.result->begin_again |= LOCK_TURN;
            stop(STOPPED);
        }
        return false;
    }
    return true;
}

bool lock_turns_gives_back(const struct vm_operation *operation, uint32_t location)
{
    unsigned t = (unsigned)vm_self();
    const struct thread *thread = &run.graph->thread[t];
    uint32_t oldest = loops_oldest(t);
    for (uint32_t i = run.model.done[t]; i-- > 0 && oldest < run.model.done[t];) {
        const struct event *event = &thread->event[i];
        if (writes(event) && event->location == location) {
            return event->value == operation->operand ||
                   (i >= oldest && event->kind == EVENT_UPDATE &&
                    event->read == operation->operand);
        }
    }
    return false;
}

/* --- its thread stays behind it ----------------------------------------------------- */

static bool is_in_turn(event_id id)
{
    const struct processor *processor = &run.processors[id.thread];
    return id.index >= processor->turn_from && id.index < processor->turn_end;
}

/* Whether what the thread has read is the newest, but for what is done in such turns. */
static bool is_newest(const struct event *event)
{
    const struct location *at = &run.graph->location[event->location];
    long place =
        writes(event) ? (long)event->place : graph_place(run.graph, event->source);
    for (long i = place + 1; i < (long)at->writes; i++) {
        if (!is_in_turn(at->order[i])) {
            return false;
        }
    }
    return true;
}

/* Whether the thread would make the same turn again and again. */
static bool is_repeated(const struct thread *thread, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; i++) {
        if (!is_newest(&thread->event[i])) {
            return false;
        }
    }
    return true;
}

/* Whether the operation writes where another thread that stays behind a turn has taken
   the lock: then it is none. */
static bool writes_where_taken(const struct vm_operation *operation)
{
    for (unsigned t = 0; t < run.begun; t++) {
        const struct processor *other = &run.processors[t];
        for (uint32_t i = other->turn_from; i < other->turn_end; i++) {
            const struct event *event = &run.graph->thread[t].event[i];
            uint64_t value;
            if (t != (unsigned)vm_self() && event->kind == EVENT_UPDATE &&
                run.graph->location[event->location].address == operation->address &&
                event->value != word_of(event)->free &&
                vm_writes(operation, event->value, &value) && value != event->value) {
                return true;
            }
        }
    }
    return false;
}

void lock_turn(uint32_t first, const struct vm_operation *operation)
{
    unsigned t = (unsigned)vm_self();
    const struct thread *thread = &run.graph->thread[t];
    uint32_t end = run.model.done[t];
    bool rewritten = only_rewrites(t, first, end);
    if (run.lock_turns_refused || !(rewritten || only_looks(thread, first, end)) ||
        !are_known(thread, first, end, rewritten)) {
        return;
    }
    bool seen;
    unsigned suspected = races_end_turn(t, first, &seen);
    if (run.again && seen) {
        lock_turns_refuse();
        stop(STOPPED);
    }
    if (fails_and_goes_on(run.again && (suspected & SUSPECTED_LATER) != 0)) {
        begin_try(t);
        return;
    }
    if (end < run.graph->thread[t].events) {
        return;
    }
    self()->turn_from = first;
    self()->turn_end = end;
    while (run.phase != PROBE) {
        pause_as(BLOCKED);
    }
    if (writes_where_taken(operation)) {
        lock_turns_refuse();
        vm_stop();
    }
    run.probe_stuck = is_repeated(thread, first, end);
    vm_stop();
}

bool lock_turns_at(const void *address)
{
    for (unsigned t = 0; are_locks() && t < run.begun; t++) {
        const struct processor *other = &run.processors[t];
        for (uint32_t i = other->turn_from; i < other->turn_end; i++) {
            const struct event *event = &run.graph->thread[t].event[i];
            if (t != (unsigned)vm_self() && writes(event) &&
                run.graph->location[event->location].address == address) {
                return true;
            }
        }
    }
    return false;
}

/* --- whether the locks are locks, and nobody sees that they were taken -------------- */

void lock_turns_read(const struct vm_operation *operation)
{
    if (are_locks() && !operation->waits && run.model.present[vm_self()].loose != 0 &&
        word_at(operation->address) != NULL) {
        lock_turns_refuse();
    }
}

/* Whether a write has not seen the one before it in its location's order; or its thread
   depends on that one's thread, and not all of that happens before it. */
static bool is_unordered(event_id write)
{
    const struct model *model = &run.model;
    const struct event *event = event_of(run.graph, write);
    event_id own = {write.thread, (uint16_t)(write.index - 1)};
    event_id before = graph_write_at(run.graph, event->location, (long)event->place - 1);
    const clock_value *happens = model_happens(model, own);
    return model_floor(model, event->location, happens) + 1 < (long)event->place ||
           (!is_initial(before) && before.thread != write.thread &&
            model_depends(model, own)[before.thread] > happens[before.thread]);
}

void lock_turns_wrote(event_id write)
{
    const struct event *event = event_of(run.graph, write);
    const struct lock_word *word = run.lock_words > 0 ? word_of(event) : NULL;
    if (word == NULL || self()->alone) {
        return;
    }
    if (word->rewritten) {
        const struct location *at = &run.graph->location[event->location];
        bool last = event->place + 1 == at->writes;
        event_id next = last ? write : at->order[event->place + 1];
        if (is_unordered(write) || (model_done(&run.model, next) && is_unordered(next))) {
            lock_turns_refuse();
        }
        return;
    }
    event_id before = graph_write_at(run.graph, event->location, (long)event->place - 1);
    bool own = !is_initial(before) && before.thread == write.thread;
    bool gives = own && event->value == word->free &&
                 graph_value(run.graph, event->location, before) != word->free;
    bool takes = event->kind == EVENT_UPDATE && event->read == word->free &&
                 event->value != word->free;
    if (!takes && !gives) {
        lock_turns_refuse();
    }
}

void lock_turns_goes_on(void)
{
    unsigned t = (unsigned)vm_self();
    if (!are_locks() || run.model.done[t] == 0) {
        return;
    }
    const struct event *event = last_event();
    const struct lock_word *word =
        reads(event) && event->source.thread != t ? word_of(event) : NULL;
    if (word != NULL && event->read != word->free) {
        lock_turns_refuse();
    }
}

/* SPDX-License-Identifier: MIT */
#include "check/explore/symmetry.h"

#include "check/explore/failed_tries.h"
#include "virtual/ground/thread.h"

static void tell_apart(void)
{
    run.result->begin_again |= TOLD_APART;
}

static struct processor *processor_of(unsigned thread)
{
    return &run.processors[thread];
}

/* The first of those that a thread is like; it keeps what is known of all of them. */
static struct processor *first_of(unsigned thread)
{
    return processor_of(processor_of(thread)->first);
}

static bool is_alone(unsigned thread)
{
    return first_of(thread)->alike < 2;
}

/* --- who is like whom --------------------------------------------------------------- */

void symmetry_begin(unsigned thread)
{
    if (!is_alone(thread)) {
        tell_apart(); /* what is known of those that were alike is gone */
    }
}

void symmetry_create(unsigned thread, unsigned kind, event_id creator)
{
    struct processor *new = processor_of(thread);
    new->kind = kind;
    new->first = (uint16_t)thread;
    new->alike = 1;
    new->joiner = VM_NOBODY;
    if (!run.symmetric || run.model.done[thread] > 0) {
        return;
    }
    const struct event *event = run.graph->thread[creator.thread].event;
    for (uint32_t i = creator.index; i-- > 0 && event[i].kind == EVENT_CREATE;) {
        unsigned other = event[i].choice;
        const struct processor *old = processor_of(other);
        if (old->kind == kind && other < thread &&
            same_event(old->creator, (event_id){creator.thread, (uint16_t)i})) {
            new->like = (uint16_t)other;
            new->first = old->first;
            first_of(thread)->alike++;
            if (first_of(thread)->knows_itself || first_of(thread)->joined > 0) {
                tell_apart();
            }
            return;
        }
    }
}

void symmetry_know_oneself(void)
{
    if (run.symmetric && vm_self() != VM_NOBODY) {
        first_of((unsigned)vm_self())->knows_itself = true;
        if (!is_alone((unsigned)vm_self())) {
            tell_apart();
        }
    }
}

/* --- twins -------------------------------------------------------------------------- */

/* Whether both locations are the same, or in each thread's own memory at the same
   place. */
static bool is_same_place(event_id a, event_id b)
{
    const struct event *one = event_of(run.graph, a), *other = event_of(run.graph, b);
    if (one->location == other->location) {
        return true;
    }
    size_t place, other_place;
    return vm_owner(run.graph->location[one->location].address, &place) == a.thread &&
           vm_owner(run.graph->location[other->location].address, &other_place) ==
               b.thread &&
           place == other_place;
}

/* Whether both read the same write, or each its own thread's at the same place. */
static bool is_same_source(event_id a, event_id b)
{
    event_id one = event_of(run.graph, a)->source;
    event_id other = event_of(run.graph, b)->source;
    return same_event(one, other) ||
           (one.thread == a.thread && other.thread == b.thread &&
            one.index == other.index);
}

/* Whether two events at the same place of two threads are the same. */
static bool agree(event_id a, event_id b)
{
    const struct event *one = event_of(run.graph, a), *other = event_of(run.graph, b);
    if (one->kind != other->kind) {
        return false;
    }
    switch ((enum event_kind)one->kind) {
    case EVENT_READ:
        return is_same_place(a, b) && is_same_source(a, b) &&
               one->spurious == other->spurious;
    case EVENT_UPDATE:
    case EVENT_WRITE:
        return one->location != other->location && is_same_place(a, b) &&
               one->place == other->place &&
               (one->kind == EVENT_WRITE || is_same_source(a, b));
    case EVENT_CHOICE:
        return one->choice == other->choice;
    case EVENT_CREATE:
    case EVENT_JOIN:
    case EVENT_WAITED:
        return false;
    default:
        return true;
    }
}

static bool accesses_alike(event_id a, event_id b)
{
    const struct event *one = event_of(run.graph, a), *other = event_of(run.graph, b);
    return reads(one) == reads(other) && accesses(one) == accesses(other) &&
           (reads(one) || one->kind == other->kind) && one->site == other->site &&
           one->size == other->size && (!accesses(one) || is_same_place(a, b));
}

/* Threads that have done the same must go on with the same. */
static void compare_with_twin(event_id id)
{
    event_id twin = event_of(run.graph, id)->twin;
    if (!is_initial(twin) && !accesses_alike(twin, id)) {
        tell_apart();
    }
}

/* The twin of a thread's next event, which need not be there yet, or INITIAL. */
static event_id next_twin(unsigned thread)
{
    uint32_t index = run.graph->thread[thread].events;
    const struct processor *own = processor_of(thread);
    if (!run.symmetric) {
        return INITIAL;
    }
    if (index == 0) {
        return own->like == 0 ? INITIAL : (event_id){own->like, 0};
    }
    event_id last = {(uint16_t)thread, (uint16_t)(index - 1)};
    if (event_of(run.graph, last)->kind == EVENT_END) {
        return INITIAL; /* another thread goes on in its place */
    }
    event_id twin = event_of(run.graph, last)->twin;
    while (!is_initial(twin) && !agree(twin, last)) {
        twin = event_of(run.graph, twin)->twin;
    }
    return is_initial(twin) ? INITIAL : (event_id){twin.thread, (uint16_t)index};
}

static bool is_there(event_id id)
{
    return id.index < run.graph->thread[id.thread].events;
}

bool symmetry_waits(bool last)
{
    unsigned thread = (unsigned)vm_self();
    self()->twin = INITIAL;
    if (is_alone(thread)) {
        return false;
    }
    uint32_t index = run.graph->thread[thread].events;
    if (index > 0) {
        compare_with_twin((event_id){(uint16_t)thread, (uint16_t)(index - 1)});
    }
    event_id twin = next_twin(thread);
    if (is_initial(twin)) {
        return false;
    }
    const struct processor *other = processor_of(twin.thread);
    bool tries = other->state == BLOCKED && other->lock == NULL;
    if (!last && (!is_there(twin) || tries)) {
        return true;
    }
    if (is_there(twin)) {
        self()->twin = twin;
    } else if (other->is_known) {
        try_is_known(); /* here, too */
    } else if (other->lock == NULL) {
        tell_apart();
    }
    return false;
}

bool symmetry_waits_for_lock(void)
{
    event_id twin =
        is_alone((unsigned)vm_self()) ? INITIAL : next_twin((unsigned)vm_self());
    return !is_initial(twin) && !is_there(twin);
}

bool symmetry_is_useless(unsigned thread)
{
    event_id twin = next_twin(thread);
    if (is_initial(twin) || twin.index + 1U != run.graph->thread[twin.thread].events ||
        processor_of(twin.thread)->state != BLOCKED ||
        processor_of(twin.thread)->lock != NULL) {
        return false;
    }
    const struct event *event = event_of(run.graph, twin);
    return reads(event) && graph_place(run.graph, event->source) + 1 <
                               (long)run.graph->location[event->location].writes;
}

/* --- where they part ---------------------------------------------------------------- */

/* Whether the threads of an event and of its twin may change places: the event depends on
   the twin in no other way. `source` is what the event reads, or INITIAL. */
static bool may_change_places(event_id id, event_id source)
{
    event_id twin = event_of(run.graph, id)->twin;
    event_id before = {id.thread, (uint16_t)(id.index - 1)};
    event_id next = event_of(run.graph, twin)->twin;
    return !model_in(model_prefix(&run.model, before), twin) &&
           (is_initial(source) || !model_in(model_prefix(&run.model, source), twin)) &&
           (is_initial(next) || !model_in(model_prefix(&run.model, next), twin));
}

bool symmetry_may_read(event_id id, event_id source, bool spurious)
{
    const struct event *event = event_of(run.graph, id);
    if (!run.symmetric || is_initial(event->twin)) {
        return true;
    }
    const struct event *twin = event_of(run.graph, event->twin);
    if (!reads(twin) || twin->location != event->location) {
        return true;
    }
    long place = graph_place(run.graph, source);
    long other = graph_place(run.graph, twin->source);
    bool first = place < other || (place == other && spurious && !twin->spurious);
    return !first || !may_change_places(id, source);
}

bool symmetry_may_stand(event_id id, event_id before)
{
    const struct event *event = event_of(run.graph, id);
    if (!run.symmetric || is_initial(event->twin)) {
        return true;
    }
    const struct event *twin = event_of(run.graph, event->twin);
    return twin->kind != EVENT_WRITE || twin->location != event->location ||
           graph_place(run.graph, before) >= (long)twin->place ||
           !may_change_places(id, INITIAL);
}

bool symmetry_may_choose(event_id id)
{
    const struct event *event = event_of(run.graph, id);
    return !run.symmetric || is_initial(event->twin) ||
           event_of(run.graph, event->twin)->kind != EVENT_CHOICE ||
           !may_change_places(id, INITIAL);
}

bool symmetry_may_revisit(event_id read, event_id by, event_id before)
{
    if (event_of(run.graph, by)->kind == EVENT_WRITE && !symmetry_may_stand(by, before)) {
        return false;
    }
    const struct event *event = event_of(run.graph, read);
    if (!run.symmetric || is_initial(event->twin)) {
        return true;
    }
    const struct event *twin = event_of(run.graph, event->twin);
    return !reads(twin) || twin->location != event->location ||
           graph_place(run.graph, before) >= graph_place(run.graph, twin->source) ||
           !may_change_places(read, by);
}

/* --- who can tell them apart -------------------------------------------------------- */

/* Between the creations of threads that are alike there are only other creations, and
   plain accesses: these must be to what the threads do not touch. The same between the
   joins. */
static bool is_between_creations(unsigned creator, uint32_t epoch, unsigned thread)
{
    const struct processor *own = processor_of(thread);
    return own->like != 0 && creator == own->creator.thread &&
           epoch >= first_of(thread)->creator.index + 2U &&
           epoch <= own->creator.index + 1U;
}

static bool is_partly_joined(unsigned thread)
{
    const struct processor *first = first_of(thread);
    return first->joined > 0 && first->joined < first->alike;
}

void symmetry_ordered(unsigned before, uint32_t epoch, unsigned after)
{
    if (is_between_creations(before, epoch, after) ||
        (processor_of(after)->joins_some > 0 && is_partly_joined(before))) {
        tell_apart();
    }
}

void symmetry_add(enum event_kind kind)
{
    if (self()->joins_some > 0 && kind != EVENT_JOIN) {
        tell_apart();
    }
}

void symmetry_join(unsigned thread)
{
    struct processor *first = first_of(thread);
    if (is_alone(thread)) {
        first->joined = 1;
        return;
    }
    if (first->joiner != VM_NOBODY && first->joiner != vm_self()) {
        tell_apart();
    }
    first->joiner = vm_self();
    self()->joins_some += first->joined == 0;
    first->joined++;
    self()->joins_some -= first->joined == first->alike;
}

void symmetry_look_at_result(unsigned thread)
{
    struct processor *first = first_of(thread);
    first->is_looked_at = true;
    for (unsigned t = first->first; !is_alone(thread) && t < MAX_THREADS; t++) {
        if (processor_of(t)->first == first->first && is_ended(t) &&
            vm_threads[t].result != vm_threads[thread].result) {
            tell_apart();
        }
    }
}

void symmetry_end(void)
{
    unsigned thread = (unsigned)vm_self();
    if (first_of(thread)->is_looked_at) {
        symmetry_look_at_result(thread);
    }
}

void symmetry_finish(void)
{
    for (unsigned t = 1; run.symmetric && t < run.graph->threads; t++) {
        uint32_t events = run.graph->thread[t].events;
        if (processor_of(t)->state == WAITING) {
            tell_apart(); /* it should have been replayed */
        }
        if (events > 0 && !is_alone(t)) {
            compare_with_twin((event_id){(uint16_t)t, (uint16_t)(events - 1)});
        }
    }
}

/* --- failed tries ------------------------------------------------------------------- */

/* What the number of 8 bytes of a thread's own memory has besides their place in it. */
enum { FIRST = 39 };

struct touch symmetry_first_touch(struct touch touch)
{
    if (!run.symmetric) {
        return touch;
    }
    unsigned thread = touch_thread(touch.what);
    size_t place;
    int owner = vm_owner((void *)(touch.number * 8), &place);
    if (owner >= 0 && owner < MAX_THREADS && !is_alone((unsigned)owner)) {
        touch.number = place / 8 | (uintptr_t)processor_of((unsigned)owner)->first
                                       << FIRST;
        touch.what |= owner == (int)thread ? TOUCH_OWN : 0;
    }
    if (!is_alone(thread)) {
        touch.what = (touch.what & ((1U << TOUCH_THREAD) - 1)) | TOUCH_ALIKE |
                     (uint32_t)processor_of(thread)->first << TOUCH_THREAD;
    }
    return touch;
}

/* --- how many there are ------------------------------------------------------------- */

/* Whether of two threads that have parted the rule says which goes first: then the other
   order is not explored. */
static bool is_ordered(event_id a, event_id b)
{
    const struct event *one = event_of(run.graph, a), *other = event_of(run.graph, b);
    if (one->kind == EVENT_CHOICE && one->early) {
        return true;
    }
    if (!accesses(one) || !accesses(other) || one->location != other->location) {
        return false;
    }
    if (reads(one)) {
        long place = graph_place(run.graph, one->source);
        long later = graph_place(run.graph, other->source);
        return place < later || (place == later && one->spurious != other->spurious);
    }
    return one->place < other->place;
}

uint64_t symmetry_count(bool *exact)
{
    uint64_t count = 1;
    uint16_t among[MAX_THREADS] = {0}, same[MAX_THREADS] = {0};
    for (unsigned t = 1; t < run.graph->threads; t++) {
        const struct processor *own = processor_of(t);
        if (own->like == 0) {
            among[t] = same[t] = 1;
            continue;
        }
        among[t] = (uint16_t)(among[own->like] + 1);
        same[t] = 1;
        const struct thread *thread = &run.graph->thread[t];
        for (uint32_t i = 0; i < thread->events; i++) {
            event_id id = {(uint16_t)t, (uint16_t)i};
            for (event_id twin = thread->event[i].twin; !is_initial(twin);
                 twin = event_of(run.graph, twin)->twin) {
                if (agree(twin, id)) {
                    bool last = i + 1 == thread->events &&
                                i + 1 == run.graph->thread[twin.thread].events;
                    same[t] = (uint16_t)(last ? same[twin.thread] + 1 : 1);
                    break;
                }
                *exact = *exact && is_ordered(twin, id);
            }
        }
        if (__builtin_mul_overflow(count, among[t], &count)) {
            *exact = false;
            return UINT64_MAX;
        }
        count /= same[t];
    }
    return count;
}

/* SPDX-License-Identifier: MIT */
#include "check/explore/pieces.h"

#include <string.h>

#include "check/explore/parts.h"
#include "check/explore/run.h"
#include "virtual/instrument.h"

/* --- one access --------------------------------------------------------------------- */

/* An operation as it is being done, on the thread's own stack. */
struct doing {
    const struct vm_operation *whole;
    uint64_t operand[2], expected[2]; /* of up to 16 bytes */
    const struct pieces *pieces;
    uint64_t (*atomic)(const struct vm_operation *);
    uint32_t access; /* what its events have in common; 0: not known yet */
};

static uint64_t cut(uint64_t value, unsigned size)
{
    return size == 8 ? value : value & ((UINT64_C(1) << size * 8) - 1);
}

static uint64_t piece_of(const uint64_t value[2], unsigned offset, unsigned size)
{
    return cut(value[offset / 8] >> offset % 8 * 8, size);
}

static void set_piece(uint64_t value[2], unsigned offset, uint64_t piece)
{
    value[offset / 8] |= piece << offset % 8 * 8;
}

/* Only before the first piece is the thread where its registers say. */
static uint64_t perform(struct doing *doing, struct vm_operation piece)
{
    struct processor *processor = self();
    processor->within = true;
    processor->access = doing->access;
    uint64_t value = doing->atomic(&piece);
    vm_registers.stack = NULL;
    if (doing->access == 0 && run.phase != PROBE && !vm_rehearsing) {
        doing->access = last_event()->access;
    }
    return value;
}

static struct vm_operation piece_at(const struct doing *doing, unsigned offset,
                                    unsigned size)
{
    struct vm_operation piece = *doing->whole;
    piece.address = (unsigned char *)doing->whole->address + offset;
    piece.size = size;
    piece.operand = piece_of(doing->operand, offset, size);
    piece.expected = piece_of(doing->expected, offset, size);
    return piece;
}

static event_id last_source(void)
{
    return run.phase == PROBE || vm_rehearsing ? INITIAL : last_event()->source;
}

/* What each piece has read, and of whom. */
struct found {
    uint64_t value[2];
    event_id source[MOST_PIECES];
};

static struct found load(struct doing *doing, enum vm_order order)
{
    struct found found = {0};
    unsigned offset = 0;
    for (unsigned i = 0; i < doing->pieces->count; i++) {
        unsigned size = doing->pieces->size[i];
        struct vm_operation piece = piece_at(doing, offset, size);
        piece.kind = VM_LOAD;
        piece.order = order;
        set_piece(found.value, offset, perform(doing, piece));
        found.source[i] = last_source();
        offset += size;
    }
    return found;
}

static bool carries_on(enum vm_order order)
{
    return order == VM_ACQ_REL || order == VM_SEQ_CST;
}

/* Who reads the first piece that a read-modify-write has written gets what comes with
   each: so it acquires that beforehand. (The first one does so itself.) */
static struct found acquire_rest(struct doing *doing)
{
    struct found found = {0};
    unsigned offset = doing->pieces->size[0];
    for (unsigned i = 1; i < doing->pieces->count; i++) {
        unsigned size = doing->pieces->size[i];
        struct vm_operation piece = piece_at(doing, offset, size);
        piece.kind = VM_LOAD;
        piece.order = VM_ACQUIRE;
        (void)perform(doing, piece);
        found.source[i] = last_source();
        offset += size;
    }
    return found;
}

/* Gives up what has not read from where it was to. */
static void expect_source(const struct doing *doing, event_id source)
{
    if (run.phase != PROBE && !vm_rehearsing && !same_event(last_source(), source)) {
        instrument_not_wanted(doing->whole->site);
    }
}

static struct found compare_and_swap(struct doing *doing)
{
    struct found found = load(doing, doing->whole->failure);
    if (memcmp(found.value, doing->expected, sizeof found.value) != 0) {
        return found;
    }
    if (carries_on(doing->whole->order) && doing->whole->failure == VM_RELAXED) {
        struct found again = acquire_rest(doing);
        memcpy(&found.source[1], &again.source[1],
               sizeof found.source - sizeof *found.source);
    }
    unsigned offset = 0;
    for (unsigned i = 0; i < doing->pieces->count; i++) {
        unsigned size = doing->pieces->size[i];
        struct vm_operation piece = piece_at(doing, offset, size);
        piece.kind = VM_CAS;
        if (perform(doing, piece) != piece.expected) {
            instrument_not_wanted(doing->whole->site);
        }
        expect_source(doing, found.source[i]);
        offset += size;
    }
    return found;
}

/* Addition goes on with the carry; what else there is has none. (A piece has four bytes
   at most.) */
static uint64_t update(struct doing *doing)
{
    enum vm_kind kind = doing->whole->kind;
    uint64_t value = 0, carry = 0;
    unsigned offset = 0;
    bool acquires = kind != VM_STORE && carries_on(doing->whole->order);
    struct found found = {0};
    if (acquires) {
        found = acquire_rest(doing);
    }
    for (unsigned i = 0; i < doing->pieces->count; i++) {
        unsigned size = doing->pieces->size[i];
        struct vm_operation piece = piece_at(doing, offset, size);
        uint64_t operand = piece.operand;
        piece.operand = cut(operand + carry, size);
        uint64_t old = perform(doing, piece);
        if (acquires && i > 0) {
            expect_source(doing, found.source[i]);
        }
        if (kind == VM_ADD) {
            carry = (old + operand + carry) >> size * 8;
        } else if (kind == VM_SUB) {
            carry = old < operand + carry ? 1 : 0;
        }
        value |= old << offset * 8;
        offset += size;
    }
    return value;
}

static void end(void)
{
    if (run.phase != PROBE && !vm_rehearsing) {
        last_event()->completes = true;
    }
    self()->within = false;
    self()->access = 0;
}

uint64_t pieces_atomic(const struct vm_operation *operation, const struct pieces *pieces,
                       uint64_t (*atomic)(const struct vm_operation *))
{
    struct doing doing = {
        operation, {operation->operand}, {operation->expected}, pieces, atomic, 0};
    uint64_t value;
    if (operation->waits || operation->kind == VM_ADD_BELOW ||
        (operation->kind == VM_CAS_WEAK && run.options->spurious > 0)) {
        instrument_refuse(operation->site,
                          "an access to %u bytes that are also accessed one by one: of "
                          "this kind it cannot be checked",
                          operation->size);
    }
    switch (operation->kind) {
    case VM_LOAD:
        value = load(&doing, operation->order).value[0];
        break;
    case VM_CAS:
    case VM_CAS_WEAK:
        value = compare_and_swap(&doing).value[0];
        break;
    default:
        value = update(&doing);
        break;
    }
    end();
    return value;
}

bool pieces_swap_pair(struct vm_pair *pair, const struct pieces *pieces,
                      uint64_t (*atomic)(const struct vm_operation *))
{
    struct vm_operation operation = {.kind = VM_CAS,
                                     .order = VM_SEQ_CST,
                                     .failure = VM_SEQ_CST,
                                     .size = 8,
                                     .address = pair->address,
                                     .site = pair->site};
    struct doing doing = {&operation,
                          {pair->value[0], pair->value[1]},
                          {pair->found[0], pair->found[1]},
                          pieces,
                          atomic,
                          0};
    struct found found = compare_and_swap(&doing);
    end();
    bool same = memcmp(found.value, pair->found, sizeof found.value) == 0;
    memcpy(pair->found, found.value, sizeof found.value);
    return same;
}

/* --- what is none ------------------------------------------------------------------- */

static const struct event *find(const struct event *of, unsigned thread,
                                uint32_t location, bool write)
{
    const struct thread *in = &run.graph->thread[thread];
    for (uint32_t i = of->access - 1; i < in->events && in->event[i].access == of->access;
         i++) {
        const struct event *event = &in->event[i];
        if (event->location == location && (write ? writes(event) : reads(event))) {
            return event;
        }
    }
    return NULL;
}

/* Whether the access of a read has, in another piece, an older write than the one that
   the access has written which this read reads from. */
static bool reads_torn(const struct event *read, unsigned thread)
{
    if (is_initial(read->source)) {
        return false;
    }
    const struct event *source = event_of(run.graph, read->source);
    bool own = read->source.thread == thread && source->access == read->access;
    if (source->access == 0 || own) {
        return false;
    }
    const struct thread *in = &run.graph->thread[thread];
    for (uint32_t i = read->access - 1;
         i < in->events && in->event[i].access == read->access; i++) {
        const struct event *other = &in->event[i];
        if (!reads(other) || other->progress == UNRESOLVED) {
            continue;
        }
        const struct event *write =
            find(source, read->source.thread, other->location, true);
        if (write != NULL && graph_place(run.graph, other->source) < (long)write->place) {
            return true;
        }
    }
    return false;
}

/* Whether another access has written two pieces that this one has written, before it in
   one and behind it in the other. */
static bool is_crossed(const struct event *write, unsigned thread)
{
    const struct location *location = &run.graph->location[write->location];
    const struct thread *in = &run.graph->thread[thread];
    for (uint32_t place = 0; place < write->place; place++) {
        event_id id = location->order[place];
        const struct event *before = event_of(run.graph, id);
        if (before->access == 0 || id.thread == thread) {
            continue;
        }
        for (uint32_t i = write->access - 1;
             i < in->events && in->event[i].access == write->access; i++) {
            const struct event *mine = &in->event[i];
            const struct event *other =
                writes(mine) ? find(before, id.thread, mine->location, true) : NULL;
            if (other != NULL && other->place > mine->place) {
                return true;
            }
        }
    }
    return false;
}

/* The first event of the access that an event is one of, or the last so far. */
static event_id first_of(event_id id)
{
    uint32_t access = event_of(run.graph, id)->access;
    return access == 0 ? id : (event_id){id.thread, (uint16_t)(access - 1)};
}

static event_id last_of(event_id id)
{
    const struct thread *in = &run.graph->thread[id.thread];
    uint32_t access = in->event[id.index].access;
    while (access != 0 && id.index + 1U < in->events &&
           in->event[id.index + 1].access == access &&
           id.index + 1U < run.model.done[id.thread]) {
        id.index++;
    }
    return id;
}

/* Whether an access reads from before a write, or is itself before it, of which one piece
   happens before another one of its own: then that write comes before all of it. */
static bool comes_late(event_id id)
{
    const struct event *event = event_of(run.graph, id);
    if (!model_done(&run.model, id) || !accesses(event) ||
        event->progress == UNRESOLVED) {
        return false;
    }
    const clock_value *view = model_happens(&run.model, last_of(id));
    const struct location *location = &run.graph->location[event->location];
    long place =
        writes(event) ? (long)event->place : graph_place(run.graph, event->source);
    for (uint32_t next = (uint32_t)(place + 1); next < location->writes; next++) {
        event_id write = location->order[next];
        if (write.thread != id.thread && model_in(view, first_of(write))) {
            return true;
        }
    }
    return false;
}

/* Whether a thread's last event is one of an access that goes on. */
static bool is_within(unsigned thread)
{
    const struct thread *in = &run.graph->thread[thread];
    const struct event *last = in->events > 0 ? &in->event[in->events - 1] : NULL;
    return last != NULL && last->access != 0 && !last->completes;
}

bool pieces_torn(void)
{
    for (unsigned t = 0; t < run.graph->threads; t++) {
        const struct thread *thread = &run.graph->thread[t];
        if (is_within(t) && (vm_self() == VM_NOBODY || t != (unsigned)vm_self())) {
            return true; /* it has been given up there */
        }
        for (uint32_t i = 0; i < thread->events; i++) {
            const struct event *event = &thread->event[i];
            if (event->access != 0 && ((reads(event) && event->progress != UNRESOLVED &&
                                        reads_torn(event, t)) ||
                                       (writes(event) && is_crossed(event, t)))) {
                return true;
            }
            if (comes_late((event_id){(uint16_t)t, (uint16_t)i})) {
                return true;
            }
        }
    }
    return false;
}

/* Whether another thread is within an access, and can go on. */
static bool others_are_within(void)
{
    for (unsigned t = 0; t < run.graph->threads; t++) {
        enum thread_state state = run.processors[t].state;
        if (t != (unsigned)vm_self() && is_within(t) && state != BLOCKED &&
            state != BOUNDED) {
            return true;
        }
    }
    return false;
}

void pieces_found_wrong(bool crash, const void *site)
{
    if (!parts_are_split() || vm_self() == VM_NOBODY || run.phase == PROBE) {
        return;
    }
    if (crash && others_are_within()) {
        instrument_refuse(site, "a crash between the pieces of an access to an object of "
                                "which parts are written: it cannot be checked");
    }
    while (others_are_within()) {
        pause_as(FRONTIER);
    }
    if (pieces_torn()) {
        instrument_not_wanted(site);
    }
}

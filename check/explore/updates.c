/* SPDX-License-Identifier: MIT */
#include "check/explore/updates.h"
#include "check/explore/forks.h"

#include "check/explore/failed_tries.h"
#include "check/explore/lock_turns.h"
#include "check/explore/locks.h"
#include "check/explore/revisits.h"
#include "check/explore/tso.h"
#include "check/explore/work.h"

void note_operation(struct event *event, const struct vm_operation *operation)
{
    event->size = (uint8_t)operation->size;
    event->site = operation->site;
    event->name = operation->name;
    event->locked = tso_locks(operation);
    event->value = operation->operand;
    if (reads(event)) {
        event->read = graph_value(run.graph, event->location, event->source);
        (void)vm_writes(operation, event->read, &event->value);
    }
}

void write_memory(const struct event *event)
{
    const struct location *at = &run.graph->location[event->location];
    for (uint32_t i = at->writes; i-- > event->place + 1;) {
        if (model_done(&run.model, at->order[i])) {
            return;
        }
    }
    vm_poke(at->address, at->size, event->value);
}

/* --- a read-modify-write ------------------------------------------------------------ */

void resolve(struct event *event, const struct vm_operation *operation)
{
    event_id id = running_event();
    note_operation(event, operation);
    uint64_t value;
    bool update = vm_writes(operation, event->read, &value) && !event->spurious;
    bool failed = !update && operation->kind >= VM_CAS;
    event->kind = update ? EVENT_UPDATE : EVENT_READ;
    event->progress = update ? HALF : DONE;
    event->order = (uint8_t)(failed ? operation->failure : operation->order);
    self()->resolved_end = id.index + 1U;
    model_execute(&run.model, id);
    check_new(event);
}

/* HALF or PENDING → DONE: its second half, right behind its source. */
static void write_update(event_id id)
{
    struct event *event = event_of(run.graph, id);
    bool taken = model_taken(&run.model, event->location, event->source, id);
    event->progress = DONE;
    event->written = run.graph->stamp++;
    if (!taken) {
        graph_put(run.graph, event->location, id, event->source);
    }
    unsigned count = push_revisits(id, taken);
    if (taken) {
        note_fork(count);
        stop(PRUNED);
    }
    if (!event->waits) {
        count += push_waiting(event->location, event->source);
    }
    note_fork(count);
    model_written(&run.model, id);
    lock_turns_wrote(id);
    check_new(event);
    write_memory(event);
    note_change(id);
}

/* While threads replay, nothing is written: it would come too early. */
static void wait_for_replay(void)
{
    while (run.phase == REPLAY) {
        pause_as(TO_WRITE);
    }
}

void write_or_wait(event_id id)
{
    struct event *event = event_of(run.graph, id);
    if (event->value == event->read) {
        event->progress = PENDING;
    } else {
        wait_for_replay();
        write_update(id);
    }
}

/* --- what is open is decided -------------------------------------------------------- */

static event_id last_event_id(void)
{
    event_id id = running_event();
    id.index--;
    return id;
}

void settle_plain(void)
{
    run.steps++;
    event_id id = last_event_id();
    for (struct event *last = last_event(); last->progress == UNKNOWN;) {
        const struct location *at = &run.graph->location[last->location];
        last->progress = DONE;
        last->value = vm_peek(at->address, at->size);
        id.index--;
        last = event_of(run.graph, id);
    }
}

void settle(void)
{
    settle_plain();
    if (last_event()->progress == PENDING) {
        wait_for_replay();
        write_update(last_event_id());
    }
}

void settle_silent(void)
{
    struct event *last = last_event();
    if (last->progress == PENDING) {
        last->kind = EVENT_READ;
        last->progress = SILENT;
    }
}

bool may_be_impossible(void)
{
    const struct event *last = last_event();
    return last->progress == PENDING &&
           (last->order == VM_SEQ_CST ||
            model_taken(&run.model, last->location, last->source, last_event_id()));
}

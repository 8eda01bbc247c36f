/* SPDX-License-Identifier: MIT */
#include "preload/show/profile.h"

#include <math.h>

#include "common/json.h"
#include "preload/profile.h"

static json_t *site_of(const struct process *process, size_t index)
{
    static const struct site none;
    const struct site *site = index != NO_SITE ? &process->sites[index] : &none;
    json_t *object = json_object();
    set(object, "text", json_text(site->text));
    set(object, "function", json_text(site->function));
    set(object, "file", json_text(site->file));
    set(object, "line", site->file != NULL ? json_integer(site->line) : json_null());
    set(object, "module", json_text(site->module));
    set(object, "by", json_text(site->by));
    set(object, "offset", index != NO_SITE ? json_count(site->offset) : json_null());
    return object;
}

static json_t *lost_of(const struct process *process)
{
    json_t *object = json_object();
    set(object, "acquisitions", json_count(process->lost_acquisitions));
    set(object, "nested_calls", json_count(process->lost_nested));
    set(object, "holdings", json_count(process->lost_held));
    set(object, "given_by_others", json_count(process->given_by_others));
    set(object, "pair_waits", json_count(process->lost_pairs));
    set(object, "orders", json_count(process->lost_orders));
    set(object, "durations", json_count(process->lost_durations));
    return object;
}

static json_t *process_of(const struct process *process)
{
    json_t *object = json_object();
    set(object, "pid", json_integer(process->header->pid));
    set(object, "parent", json_integer(process->header->parent));
    set(object, "command", json_text(process->command));
    set(object, "running", json_boolean(process->is_running));
    set(object, "seconds", json_known(process->seconds));
    set(object, "timed_at_first", json_integer(process->header->first));
    set(object, "timed_every", json_integer(process->header->every));
    set(object, "lost", lost_of(process));
    return object;
}

static json_t *lock_of(const struct object *lock)
{
    json_t *object = json_object();
    char address[32];
    (void)snprintf(address, sizeof address, "0x%llx", (unsigned long long)lock->address);
    set(object, "kind", json_text(lock->kind));
    set(object, "address", json_text(address));
    set(object, "variable", json_text(lock->variable));
    set(object, "objects", json_integer(lock->in_turn));
    set(object, "acquisitions", json_count(lock->acquisitions));
    set(object, "waited", json_count(lock->waited));
    set(object, "waiting_total_ns", json_count(lock->wait_total));
    set(object, "holding_total_ns", json_known(lock->hold_total));
    set(object, "longest_queue", json_integer(lock->longest_queue));
    set(object, "waiting_at_end", json_count(lock->waiters.count));
    set(object, "passed_over", json_integer(lock->passed_over));
    set(object, "threads", json_integer(lock->threads));
    set(object, "threads_are_more", json_boolean(lock->more_threads));
    set(object, "jain_index", json_known(lock->jain_index));
    return object;
}

static json_t *begin(const struct process *process, const struct command_line *line,
                     const char *kind, const char *name)
{
    json_t *record = record_begin(line, build_library_flags);
    set(record, "kind", json_text(kind));
    set(record, "name", json_text(name));
    set(record, "process", process_of(process));
    return record;
}

static json_t *spans_of(const struct spans *spans, bool any, bool whole)
{
    json_t *object = json_object();
    set(object, "total_ns", any ? json_count(spans->total) : json_null());
    set(object, "p50_ns", json_known(any && whole ? spans_percentile(spans, 0.5) : NAN));
    set(object, "p99_ns", json_known(any && whole ? spans_percentile(spans, 0.99) : NAN));
    set(object, "max_ns", any ? json_count(spans->longest) : json_null());
    return object;
}

static void write_row(FILE *file, const struct process *process,
                      const struct object *object, const struct row *row,
                      const struct command_line *line)
{
    json_t *record = begin(process, line, "place", object->name);
    set(record, "lock", lock_of(object));
    set(record, "place", site_of(process, row->site));
    set(record, "mode",
        row->kind == PROFILE_READ    ? json_text("read")
        : row->kind == PROFILE_WRITE ? json_text("write")
                                     : json_null());
    set(record, "acquisitions", json_count(row->acquisitions));
    set(record, "waited", json_count(row->waited));
    set(record, "waited_share",
        json_known(row->acquisitions > 0 ? (double)row->waited / (double)row->acquisitions
                                         : NAN));
    set(record, "tried", json_count(row->tried));
    set(record, "gave_up", json_count(row->gave_up));
    set(record, "waiting",
        spans_of(&row->waits, row->waited + row->gave_up > 0, !row->counts_lost));
    set(record, "holding",
        spans_of(&row->holds, row->holds_timed > 0, !row->counts_lost));
    set(record, "holdings_timed", json_count(row->holds_timed));
    set(record, "holdings_stand_for",
        row->counts_lost ? json_null() : json_count(row->holds.count));
    record_write(file, JSON, record);
}

static void write_pair(FILE *file, const struct process *process,
                       const struct object *object, const struct pair *pair,
                       const struct command_line *line)
{
    json_t *record = begin(process, line, "pair", object->name);
    set(record, "lock", lock_of(object));
    set(record, "waiter", site_of(process, pair->waiter));
    set(record, "holder",
        pair->holder != NO_SITE ? site_of(process, pair->holder) : json_null());
    set(record, "waits", json_count(pair->waits));
    set(record, "waiting_total_ns", json_count(pair->total));
    record_write(file, JSON, record);
}

static void write_waiter(FILE *file, const struct process *process,
                         const struct object *object, const struct waiter *waiter,
                         const struct command_line *line)
{
    json_t *record = begin(process, line, "waiter", object->name);
    set(record, "lock", lock_of(object));
    set(record, "thread", json_integer(waiter->tid));
    set(record, "waiter", site_of(process, waiter->site));
    set(record, "holder",
        waiter->holder != NO_SITE ? site_of(process, waiter->holder) : json_null());
    record_write(file, JSON, record);
}

static json_t *stack_of(const struct process *process, const size_t *sites,
                        unsigned depth)
{
    json_t *stack = json_array();
    for (unsigned i = 0; i < depth; i++) {
        (void)json_array_append_new(stack, site_of(process, sites[i]));
    }
    return stack;
}

static json_t *step_of(const struct process *process, const struct step *step)
{
    json_t *object = json_object();
    set(object, "thread", json_integer(step->tid));
    set(object, "has", json_text(step->has->name));
    set(object, "has_stack", stack_of(process, step->has_stack, step->has_depth));
    set(object, "wants", json_text(step->wants->name));
    set(object, "wants_stack", stack_of(process, step->stack, step->depth));
    return object;
}

static void write_cycle(FILE *file, const struct process *process,
                        const struct cycle *cycle, const struct command_line *line)
{
    json_t *record = begin(process, line, "cycle", "order of locks");
    json_t *steps = json_array();
    for (size_t i = 0; i < cycle->count; i++) {
        (void)json_array_append_new(steps, step_of(process, &cycle->steps[i]));
    }
    set(record, "steps", steps);
    set(record, "more_at_these_places", json_count(cycle->others));
    set(record, "memory_may_be_reused", json_boolean(cycle->may_be_reused));
    set(record, "search_ended_early", json_boolean(process->cycles_left_out));
    record_write(file, JSON, record);
}

void write_process(FILE *file, const struct process *process,
                   const struct command_line *line)
{
    for (size_t i = 0; i < process->object_count; i++) {
        const struct object *object = process->sorted[i];
        for (size_t k = 0; k < object->rows.count; k++) {
            write_row(file, process, object, &object->rows.items[k], line);
        }
        for (size_t k = 0; k < object->pairs.count; k++) {
            write_pair(file, process, object, &object->pairs.items[k], line);
        }
        for (size_t k = 0; k < object->waiters.count; k++) {
            write_waiter(file, process, object, &object->waiters.items[k], line);
        }
    }
    for (size_t i = 0; i < process->cycles.count; i++) {
        write_cycle(file, process, &process->cycles.items[i], line);
    }
}

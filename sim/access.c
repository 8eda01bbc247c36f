/* SPDX-License-Identifier: MIT */
/* Accesses: which hit, what they do to memory, and what is counted and shown of them. */
#include "sim/thread.h"

/* --- what an access does ------------------------------------------------------------ */

/* In a machine of ideal caches: MESI, without limits. */
static void count_remote(const struct request *request, bool missed)
{
    struct line *line = request->line;
    unsigned processor = request->processor;
    struct counts *counted = &counts[processor];
    counted->rmr_dsm += line->place != (int)processor;
    if (machine.protocol == MESI && machine.caching == 0) {
        counted->rmr_cc += missed; /* just such a machine */
    } else if (line->ideal_owner == (int)processor) {
        return;
    } else if (request->use != READ) {
        set_clear(&line->ideal_holders);
        set_add(&line->ideal_holders, processor);
        line->ideal_owner = (int)processor;
        counted->rmr_cc++;
    } else if (!set_has(&line->ideal_holders, processor)) {
        line->ideal_owner = line->ideal_holders.count == 0 ? (int)processor : NOBODY;
        set_add(&line->ideal_holders, processor);
        counted->rmr_cc++;
    }
}

static void effect(struct request *request, bool missed)
{
    struct thread *thread = &threads[running_on[request->processor]];
    request->before = line_state(request->line, request->processor);
    const struct vm_operation *operation = request->operation;
    bool changed = operation == NULL && request->use != READ;
    if (operation != NULL) {
        request->value = vm_peek(operation->address, operation->size);
        uint64_t value;
        if (vm_writes(operation, request->value, &value) && value != request->value) {
            vm_poke(operation->address, operation->size, value);
            changed = true;
        }
    }
    if (changed) {
        epoch++;
        try_changes(thread);
    }
    request->line->writes += request->use != READ;
    count_remote(request, missed);
    if (!thread->repeating) {
        try_access(thread, request);
    }
}

void take_effect(struct request *request)
{
    effect(request, true);
}

static void see(const struct request *request, cycles end, bool hit, enum state after)
{
    observer->access(&(struct seen){
        .issued = request->issued,
        .time = hit ? request->issued : now,
        .end = end,
        .processor = request->processor,
        .use = request->use,
        .operation = request->operation,
        .address = request->address,
        .line = request->line,
        .site = request->site,
        .value = request->value,
        .before = request->before,
        .after = after,
        .hit = hit,
        .transaction = request->transaction,
    });
}

void finish(struct request *request, cycles time)
{
    struct thread *thread = &threads[running_on[request->processor]];
    if (request->use == MODIFY) {
        time += machine.atomic;
    }
    if (time == request->issued) {
        time++; /* who polls would do nothing else */
    }
    if (checking) {
        check_access(request->line, request->processor, request->use);
    }
    if (observer != NULL && observer->access != NULL) {
        see(request, time, false, line_state(request->line, request->processor));
    }
    if (!thread->repeating || !step_ends_try(thread, time)) {
        resume_at(thread, time);
    }
}

void transfer(struct line *line, int from, int to, cycles begin, cycles end)
{
    if (checking) {
        check_transfer(line, from, to);
    }
    if (observer != NULL && observer->transfer != NULL) {
        observer->transfer(line, from, to, begin, end);
    }
}

/* An access that needs no transaction. */
static void hit(struct thread *thread, struct request *request)
{
    struct line *line = request->line;
    unsigned processor = thread->processor;
    now = thread->clock;
    effect(request, false);
    counts[processor].hits++;
    thread->clock += machine.hit + (request->use == MODIFY ? machine.atomic : 0);
    if (request->use != READ && line->owner_state == EXCLUSIVE) {
        line->owner_state = MODIFIED;
    }
    if (checking) {
        check_access(line, processor, request->use);
    }
    if (machine.caching > 0) {
        cache_touch(line, processor);
    }
    if (observer != NULL && observer->access != NULL) {
        see(request, thread->clock, true, line_state(line, processor));
    }
}

/* --- a thread's own stack ----------------------------------------------------------- */

/* As long as no other thread has looked at it. */
static bool is_private(const struct thread *thread, const void *address)
{
    const unsigned char *byte = address;
    return byte >= thread->stack_low && byte < thread->stack_high &&
           (!thread->stack_seen || line_known(address) == NULL);
}

/* What a thread does there is heard of where it matters: when the stack is not its own
   alone, when it may be waiting, as it does nothing else, and when others come first. */
void hear(const struct thread *thread)
{
    enum { A_FEW = 64 };
    bool matters = thread->stack_seen || thread->polls > 0 ||
                   (stacks != PRIVATE && others_first(thread));
    vm_unheard.from = (uintptr_t)thread->stack_low;
    vm_unheard.size = matters ? 0 : (size_t)(thread->stack_high - thread->stack_low);
    vm_unheard.left = A_FEW;
}

/* The thread in whose stack an address lies, or NULL. */
static struct thread *stack_of(const void *address)
{
    uintptr_t first = (uintptr_t)vm_stack(0).low;
    uintptr_t stride = (uintptr_t)vm_stack(1).low - first;
    uintptr_t number = ((uintptr_t)address - first) / stride;
    return number < threads_count ? &threads[number] : NULL;
}

/* The line of an address; of another thread's stack, it has been in that one's cache, if
   that has room for all. */
static struct line *line_for(struct thread *thread, const void *address)
{
    struct line *line = line_known(address);
    if (line != NULL) {
        return line;
    }
    struct thread *owner = stack_of(address);
    if (owner == NULL) {
        return line_of(address, thread->processor);
    }
    stack_is_seen(owner, thread->clock);
    line = line_of(address, owner->processor);
    if (machine.protocol != NO_CACHES && machine.caching == 0) {
        line_set(line, owner->processor, MODIFIED);
        if (checking) {
            check_transfer(line, NOBODY, (int)owner->processor);
        }
    }
    return line;
}

/* A thread that reads the same few words of its own stack again and again, and does
   nothing else, waits for another thread to write one: time must pass for it. */
static void watch_private(struct thread *thread, const void *address, enum use use)
{
    enum { PATIENCE = 1000 };
    const unsigned few = sizeof thread->polled / sizeof *thread->polled;
    unsigned i = 0;
    while (i < few && thread->polled[i] != address) {
        i++;
    }
    if (use != READ || i == few) {
        thread->polls = 0;
        thread->polled[thread->polled_next++ % few] = address;
    } else if (++thread->polls > PATIENCE) {
        thread->clock += machine.hit;
    }
}

/* Always in its cache. Plain accesses are as if to registers: what compilers that do not
   optimise put on the stack should not count, and no thread waits for them. */
static uint64_t access_private(struct thread *thread, const void *address, enum use use,
                               const struct vm_operation *operation)
{
    if (operation == NULL) {
        watch_private(thread, address, use);
        return 0;
    }
    uint64_t value, old = vm_peek(operation->address, operation->size);
    if (vm_writes(operation, old, &value)) {
        vm_poke(operation->address, operation->size, value);
    }
    counts[thread->processor].accesses++;
    counts[thread->processor].hits++;
    thread->clock += machine.hit;
    try_private(thread);
    return old;
}

bool access_begin(struct thread *thread)
{
    struct request *request = &thread->request;
    unsigned processor = thread->processor;
    counts[processor].accesses++;
    if (machine.protocol != NO_CACHES &&
        line_hits(request->line, processor, request->use)) {
        hit(thread, request);
        return true;
    }
    counts[processor].misses++;
    now = thread->clock;
    rules->miss(request);
    return false;
}

/* --- an access ---------------------------------------------------------------------- */

/* The access of thread->request, whose time has come. Returns whether it is over. */
static bool access_now(struct thread *thread)
{
    struct request *request = &thread->request;
    if (is_private(thread, request->address)) {
        request->value =
            access_private(thread, request->address, request->use, request->operation);
        return true;
    }
    thread->polls = 0;
    request->processor = thread->processor;
    request->line = line_for(thread, request->address);
    request->issued = thread->clock;
    return access_begin(thread);
}

bool access_postponed(struct thread *thread)
{
    thread->postponed = false;
    bool over = access_now(thread);
    thread->doing = over ? RUNNABLE : MISSING;
    return over;
}

uint64_t simulate_access(const void *address, enum use use,
                         const struct vm_operation *operation, const void *site)
{
    struct thread *thread = self();
    struct request *request = &thread->request;
    uint64_t value;
    if (operation != NULL && step_is_known(thread, operation->address, &value)) {
        return value;
    }
    if (thread->told < thread->known) {
        return 0; /* to its own stack, between such steps */
    }
    bool own = operation == NULL && is_private(thread, address);
    if (thread->foresight == FORESEEING) {
        return own ? 0 : step_foreseen(thread, operation);
    }
    *request = (struct request){
        .use = use, .address = address, .operation = operation, .site = site};
    if ((stacks != PRIVATE || !own) && others_first(thread)) {
        thread->postponed = true;
        resume_at(thread, thread->clock);
        vm_pause();
    } else if (access_now(thread)) {
        hear(thread);
    } else {
        pause_as(MISSING);
    }
    return request->value;
}

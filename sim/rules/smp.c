/* SPDX-License-Identifier: MIT */
/*
 * Processors with caches on one bus, which does one transaction at a time.
 *
 * A request waits until the bus is given to it; all caches see the transaction at that
 * moment. What it has to be is decided then: a processor that wanted to upgrade and
 * has lost the line meanwhile must read it again.
 *
 *   write-invalidate    read            S, or E if no other has it (MESI)
 *                       read exclusive  M, all other copies are invalid
 *                       upgrade         S to M, all other copies are invalid
 *   write-update        read            shared, or E if no other has it
 *                       update          a word, to all that share the line: one of them
 *                                       owns it then (Dragon: Sm), or memory has it too
 *                                       (Firefly)
 *                       a write to a line that is not there is a read and, if it is
 *                       shared, an update; the bus is held for both
 *
 * Dragon: P. Atkinson, E. McCreight, 1984; Firefly: C. Thacker et al., 1987; both as in
 * J. Archibald, J.-L. Baer: Cache Coherence Protocols: Evaluation Using a Multiprocessor
 * Simulation Model. ACM Transactions on Computer Systems 4(4), 1986. MESI: M. Papamarcos,
 * J. Patel: A Low-Overhead Coherence Solution for Multiprocessors with Private Cache
 * Memories. International Symposium on Computer Architecture, 1984.
 */
#include "sim/simulate.h"

/* --- the bus ------------------------------------------------------------------------ */

static struct request *waiting; /* in the order of their arrival */
static struct request **last;   /* the link at their end */
static unsigned waiting_count;
static bool scheduled; /* the next transaction, as somebody waits */
static cycles idle;    /* when the bus has done the last one */

static void begin(void)
{
    waiting = NULL;
    waiting_count = 0;
    scheduled = false;
    idle = 0;
}

/* The link to the request that has the bus next: some are waiting. */
static struct request **chosen(void)
{
    struct request **best = &waiting;
    if (machine.arbitration == FIXED) {
        for (struct request **link = &waiting->next; *link != NULL;
             link = &(*link)->next) {
            if ((*link)->processor < (*best)->processor) {
                best = link;
            }
        }
    } else if (machine.arbitration == RANDOM) {
        for (uint64_t skip = random_below(waiting_count); skip > 0; skip--) {
            best = &(*best)->next;
        }
    }
    return best;
}

static void grant(void *unused);

/* The next transaction begins when the bus is idle, after all requests of that time. */
static void schedule(void)
{
    scheduled = waiting != NULL;
    if (scheduled) {
        at(idle > now ? idle : now, grant, NULL);
    }
}

static void miss(struct request *request)
{
    request->next = NULL;
    *(waiting == NULL ? &waiting : last) = request;
    last = &request->next;
    waiting_count++;
    if (!scheduled) {
        schedule();
    }
}

/* --- transactions ------------------------------------------------------------------- */

static cycles spent; /* by the transactions of one grant */

static void use_bus(struct request *request, enum transaction transaction, cycles time)
{
    counts[request->processor].transactions[transaction]++;
    request->transaction = transaction;
    spent += time;
}

static bool others_hold(const struct line *line, unsigned processor)
{
    return line->holders.count > (set_has(&line->holders, processor) ? 1U : 0U);
}

/* The line comes to the requester's cache: from the owner's, or from memory. What the
   owner has modified goes to memory too, but in Dragon. */
static void fetch(struct request *request, enum transaction transaction)
{
    struct line *line = request->line;
    struct counts *counted = &counts[request->processor];
    int from = line->owner;
    use_bus(request, transaction,
            from == NOBODY ? machine.bus_memory : machine.bus_cache);
    counted->words += machine.line / 8;
    counted->from_cache += from != NOBODY;
    transfer(line, from, (int)request->processor, now, now + spent);
    if (from != NOBODY && line->owner_state != EXCLUSIVE && machine.protocol != DRAGON) {
        transfer(line, from, NOBODY, now, now + spent);
    }
}

/* The owner, if there is one, shares the line from now on. */
static void share(struct line *line)
{
    if (line->owner == NOBODY) {
        return;
    }
    unsigned owner = (unsigned)line->owner;
    bool dirty = line->owner_state != EXCLUSIVE && machine.protocol == DRAGON;
    line_set(line, owner, SHARED);
    if (dirty) {
        line_set(line, owner, SHARED_MODIFIED);
    }
    disturb(line, owner);
}

static void invalidate_others(struct request *request)
{
    struct line *line = request->line;
    set_each (&line->holders, holder) {
        if (holder != request->processor) {
            line_set(line, holder, INVALID);
            counts[request->processor].invalidations++;
            disturb(line, holder);
        }
    }
}

/* After the line has come: another one may have to go. */
static void make_room(struct request *request)
{
    bool modified = false;
    struct line *old = evicted(request->line, request->processor, &modified);
    if (old != NULL && modified) {
        cycles start = now + spent;
        enum transaction transaction = request->transaction;
        use_bus(request, BUS_WRITE_BACK, machine.bus_write_back);
        request->transaction = transaction;
        counts[request->processor].words += machine.line / 8;
        transfer(old, (int)request->processor, NOBODY, start, now + spent);
    }
}

static void read_line(struct request *request)
{
    struct line *line = request->line;
    fetch(request, BUS_READ);
    share(line);
    bool alone = line->holders.count == 0 && machine.protocol != MSI;
    line_set(line, request->processor, alone ? EXCLUSIVE : SHARED);
    make_room(request);
}

static void write_invalidate(struct request *request)
{
    struct line *line = request->line;
    if (line_state(line, request->processor) == INVALID) {
        fetch(request, BUS_READ_EXCLUSIVE);
        invalidate_others(request);
        line_set(line, request->processor, MODIFIED);
        make_room(request);
    } else {
        use_bus(request, BUS_UPGRADE, machine.bus_upgrade);
        invalidate_others(request);
        line_set(line, request->processor, MODIFIED);
    }
    finish(request, now + spent);
}

/* A word to all other copies. */
static void update(struct request *request)
{
    struct line *line = request->line;
    int writer = (int)request->processor;
    cycles start = now + spent;
    use_bus(request, BUS_UPDATE, machine.bus_update);
    counts[writer].words++;
    if (line->owner != NOBODY) {
        line_set(line, (unsigned)line->owner, SHARED);
    }
    bool shared = others_hold(line, request->processor);
    if (machine.protocol == DRAGON) {
        line_set(line, request->processor, shared ? SHARED_MODIFIED : MODIFIED);
    } else if (!shared) {
        line_set(line, request->processor, EXCLUSIVE);
    }
    finish(request, now + spent);
    set_each (&line->holders, holder) {
        if ((int)holder != writer) {
            counts[writer].updates++;
            transfer(line, writer, (int)holder, start, now + spent);
            disturb(line, holder);
        }
    }
    if (machine.protocol == FIREFLY) {
        transfer(line, writer, NOBODY, start, now + spent);
    }
}

static void write_update(struct request *request)
{
    struct line *line = request->line;
    if (line_state(line, request->processor) == INVALID) {
        read_line(request);
    }
    if (line_hits(line, request->processor, request->use)) {
        line_set(line, request->processor, MODIFIED);
        finish(request, now + spent);
    } else {
        update(request);
    }
}

static void grant(void *unused)
{
    (void)unused;
    struct request **link = chosen(), *request = *link;
    *link = request->next;
    last = last == &request->next ? link : last;
    waiting_count--;
    spent = 0;
    take_effect(request);
    if (request->use == READ) {
        read_line(request);
        finish(request, now + spent);
    } else if (protocol_updates(machine.protocol)) {
        write_update(request);
    } else {
        write_invalidate(request);
    }
    busy.bus += spent;
    idle = now + spent;
    schedule();
}

const struct rules smp_rules = {.begin = begin, .miss = miss};

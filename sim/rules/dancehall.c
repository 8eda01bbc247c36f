/* SPDX-License-Identifier: MIT */
/*
 * A dance hall: processors on one side of a network, memory modules on the other, no
 * caches. Each access is a trip:
 *
 *   processor   |---network---|                            |---network---|
 *   module                    |--waits its turn--|-module--|
 *                                                ^ takes effect
 *
 * Without others in the way it costs 2·network + module, and `atomic` more (which finish
 * adds) for an atomic read-modify-write. All ways are equally long, and nothing queues in
 * the network. A line is in the module of its number modulo the modules.
 *
 * Most accesses are looks of those that wait. Where these come to a module each at a time
 * of its own, round after round, they are settled there: counted, not made, until an
 * access comes that may be in their way, or may change what they find.
 */
#include <string.h>

#include "sim/simulate.h"

static struct module {
    cycles idle;        /* when it has served all that it has */
    unsigned under_way; /* accesses that have not taken effect */
    int settled;        /* the first processor that has settled there, or NOBODY */
} modules[VM_PROCESSORS];

static struct module *module_of(const struct line *line)
{
    unsigned count = machine.modules != 0 ? machine.modules : processors;
    return &modules[line->settled % count];
}

/* --- accesses that are made --------------------------------------------------------- */

/* The module begins with an access: here it takes effect, as what the module does is not
   divided, and the order of beginnings is that of arrivals. */
static void serve(void *argument)
{
    struct request *request = argument;
    struct counts *own = &counts[request->processor];
    request->transaction = remote_transaction(request->use);
    own->transactions[request->transaction]++;
    own->words++;
    module_of(request->line)->under_way--;
    take_effect(request);
    int processor = (int)request->processor;
    bool stores = request->use == WRITE;
    transfer(request->line, stores ? processor : NOBODY, stores ? NOBODY : processor,
             request->issued, now + machine.module + machine.network);
    finish(request, now + machine.module + machine.network);
}

static cycles turn_at(const struct module *module)
{
    cycles arrival = now + machine.network;
    return module->idle > arrival ? module->idle : arrival;
}

static void make_way(struct module *module, const struct request *request);

/* As all ways are equally long, requests arrive in the order in which they are made, and
   the turn of each is known at once. */
static void miss(struct request *request)
{
    struct module *module = module_of(request->line);
    make_way(module, request);
    cycles start = turn_at(module);
    module->idle = start + machine.module;
    module->under_way++;
    busy.modules[module - modules] += machine.module;
    at(start, serve, request);
}

/* --- looks that are only counted ---------------------------------------------------- */

/* Where a processor has settled, or NULL; its first look arrives at `first`, and one more
   with each period. */
static struct looks {
    struct module *module;
    cycles first, period;
    bool remote; /* the line is not in its memory, were there one with each processor */
    int next;    /* of those that have settled there */
} looks[VM_PROCESSORS];

/* Whether an access at `arrival` meets none of the looks in the module. */
static bool is_apart(const struct looks *look, cycles arrival)
{
    cycles after = arrival >= look->first
                       ? (arrival - look->first) % look->period
                       : look->period - 1 - (look->first - arrival - 1) % look->period;
    return after >= machine.module && look->period - after >= machine.module;
}

static bool is_apart_from_all(const struct module *module, cycles arrival)
{
    int i = module->settled;
    while (i != NOBODY && is_apart(&looks[i], arrival)) {
        i = looks[i].next;
    }
    return i == NOBODY;
}

static void unsettle(unsigned processor)
{
    struct looks *look = &looks[processor];
    if (look->module != NULL) {
        int *link = &look->module->settled;
        while (*link != (int)processor) {
            link = &looks[*link].next;
        }
        *link = look->next;
        look->module = NULL;
    }
}

/* Before an access is made: all others make theirs again, unless it is a look between. */
static void make_way(struct module *module, const struct request *request)
{
    unsettle(request->processor);
    if (request->use == READ && is_apart_from_all(module, turn_at(module))) {
        return;
    }
    while (module->settled != NOBODY) {
        unsigned other = (unsigned)module->settled;
        disturb_alone(other, (int)request->processor);
        unsettle(other);
    }
}

static cycles settle(unsigned processor, const struct line *line, cycles from,
                     cycles rest)
{
    struct module *module = module_of(line);
    const cycles cost = 2 * machine.network + machine.module;
    const cycles first = from + machine.network;
    unsettle(processor);
    if (machine.module == 0 || module->under_way > 0 || module->idle > first ||
        (module->settled != NOBODY && looks[module->settled].period != cost + rest) ||
        !is_apart_from_all(module, first)) {
        return 0;
    }
    looks[processor] = (struct looks){module, first, cost + rest,
                                      line->place != (int)processor, module->settled};
    module->settled = (int)processor;
    return cost;
}

static void take_effect_of(const struct looks *look, uint64_t count)
{
    struct counts *own = &counts[look - looks];
    own->transactions[REMOTE_READ] += count;
    own->words += count;
    own->rmr_dsm += look->remote ? count : 0;
}

static void last_takes_effect(void *argument)
{
    take_effect_of(argument, 1);
}

/* The last one may be on its way to the module. */
static void looked(unsigned processor, uint64_t count, cycles last, cycles time)
{
    struct looks *look = &looks[processor];
    const cycles arrival = last + machine.network;
    bool is_there = arrival < time;
    take_effect_of(look, is_there ? count : count - 1);
    if (!is_there) {
        at(arrival, last_takes_effect, look);
    }
    struct module *module = look->module;
    busy.modules[module - modules] += count * machine.module;
    module->idle =
        arrival + machine.module > module->idle ? arrival + machine.module : module->idle;
}

static void begin(void)
{
    memset(modules, 0, sizeof modules);
    memset(looks, 0, sizeof looks);
    for (unsigned i = 0; i < VM_PROCESSORS; i++) {
        modules[i].settled = NOBODY;
    }
}

const struct rules dancehall_rules = {
    .begin = begin, .miss = miss, .settle = settle, .looked = looked};

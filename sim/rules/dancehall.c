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
 */
#include <string.h>

#include "sim/simulate.h"

static cycles idle[VM_PROCESSORS]; /* when each module has served all that it has */

static unsigned module_count(void)
{
    return machine.modules != 0 ? machine.modules : processors;
}

/* The module begins with an access: here it takes effect, as what the module does is not
   divided, and the order of beginnings is that of arrivals. */
static void serve(void *argument)
{
    struct request *request = argument;
    struct counts *own = &counts[request->processor];
    request->transaction = remote_transaction(request->use);
    own->transactions[request->transaction]++;
    own->words++;
    take_effect(request);
    int processor = (int)request->processor;
    bool stores = request->use == WRITE;
    transfer(request->line, stores ? processor : NOBODY, stores ? NOBODY : processor,
             request->issued, now + machine.module + machine.network);
    finish(request, now + machine.module + machine.network);
}

/* As all ways are equally long, requests arrive in the order in which they are made, and
   the turn of each is known at once. */
static void miss(struct request *request)
{
    unsigned module = (unsigned)(request->line->settled % module_count());
    cycles arrival = now + machine.network;
    cycles start = idle[module] > arrival ? idle[module] : arrival;
    idle[module] = start + machine.module;
    busy.modules[module] += machine.module;
    at(start, serve, request);
}

static void begin(void)
{
    memset(idle, 0, sizeof idle);
}

const struct rules dancehall_rules = {.begin = begin, .miss = miss};

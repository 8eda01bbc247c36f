/* SPDX-License-Identifier: MIT */
/*
 * What accesses cost, to the cycle: short scripts on each kind of machine, with figures
 * worked out by hand from what doc/locksim-model.7 and the heads of sim/rules/smp.c,
 * dancehall.c and numa.c say. A script has a name, the machine's settings, a row for each
 * access, and what all processors together are counted for, without zeros. A row is
 *
 *   processor, cycle in which it begins, operation, line, "cycle in which the processor
 *   goes on, transaction, the line's state for this processor then"
 *
 * and beside it stands how that comes about. Lines are letters, neighbours in memory are
 * neighbouring letters; a digit after it is the processor where the line lies, else it
 * lies with the first to touch it. The checker is on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/events.h"
#include "sim/machine/parameters.h"
#include "sim/machine/reading.h"
#include "sim/simulate.h"
#include "virtual/instrument.h"

enum { STEPS = 12, LINE = 64, LETTERS = 8 };

struct step {
    unsigned processor;
    cycles begin;
    enum vm_kind kind;
    const char *line;
    const char *expected; /* NULL: the script has no more steps */
};

struct script {
    const char *name;
    const char *settings; /* parameters of the machine, with commas between them */
    struct step steps[STEPS];
    const char *counted;
};

/* --- the bus ------------------------------------------------------------------------ */

/* All costs differ, so that none is taken for another. A hit costs 1. */
#define BUS                                                                              \
    "bus_memory=20,bus_cache=15,bus_upgrade=10,bus_update=7,bus_write_back=30,atomic=3,"

static const struct script bus_scripts[] = {
    {
        "fifo: who came first is next",
        BUS "arbitration=fifo",
        {
            {3, 0, VM_LOAD, "d", "20 read E"}, /* the bus is free */
            {2, 1, VM_LOAD, "c", "40 read E"},
            {0, 2, VM_LOAD, "a", "60 read E"},
            {1, 3, VM_LOAD, "b", "80 read E"},
        },
        "read 4, words 32",
    },
    {
        "fifo: of those in the same cycle the lowest number is next",
        BUS "arbitration=fifo",
        {
            {0, 5, VM_STORE, "a", "25 read_exclusive M"},
            {1, 5, VM_LOAD, "b", "45 read E"},
            {2, 5, VM_EXCHANGE, "c", "68 read_exclusive M"}, /* 45 + 20 + atomic 3 */
            {3, 6, VM_LOAD, "d", "85 read E"}, /* atomic does not keep the bus */
        },
        "read 2, read_exclusive 2, words 32",
    },
    {
        "fixed: the lowest number is next",
        BUS "arbitration=fixed",
        {
            {3, 0, VM_LOAD, "d", "20 read E"},
            {2, 1, VM_LOAD, "c", "80 read E"},
            {0, 2, VM_LOAD, "a", "40 read E"},
            {1, 3, VM_LOAD, "b", "60 read E"},
        },
        "read 4, words 32",
    },
    {
        "fixed: who asks in the cycle in which the bus is free counts",
        BUS "arbitration=fixed",
        {
            {2, 0, VM_LOAD, "c", "20 read E"},
            {1, 5, VM_LOAD, "b", "60 read E"},
            {0, 20, VM_LOAD, "a", "40 read E"},
        },
        "read 3, words 24",
    },
    {
        "mesi: reads",
        BUS "protocol=mesi",
        {
            {0, 0, VM_LOAD, "a", "20 read E"}, /* from memory 20 */
            {0, 20, VM_LOAD, "a", "21 hit E"},
            {1, 30, VM_LOAD, "a", "45 read S"}, /* from P0's cache 15 */
            {0, 50, VM_LOAD, "a", "51 hit S"},
            {2, 60, VM_LOAD, "a", "80 read S"}, /* nobody owns it: from memory 20 */
            {3, 90, VM_LOAD, "b", "110 read E"},
        },
        "read 4, from_cache 1, words 32",
    },
    {
        "mesi: writes",
        BUS "protocol=mesi",
        {
            {0, 0, VM_LOAD, "a", "20 read E"},
            {0, 30, VM_STORE, "a", "31 hit M"},               /* exclusive */
            {0, 40, VM_EXCHANGE, "a", "44 hit M"},            /* 1 + atomic 3 */
            {1, 50, VM_STORE, "a", "65 read_exclusive M"},    /* from P0's cache 15 */
            {2, 70, VM_EXCHANGE, "a", "88 read_exclusive M"}, /* 15 + atomic 3 */
            {0, 90, VM_LOAD, "a", "105 read S"},  /* from P2; memory takes it */
            {1, 110, VM_LOAD, "a", "130 read S"}, /* from memory */
        },
        "read 3, read_exclusive 2, from_cache 3, invalidations 2, words 40",
    },
    {
        "mesi: an upgrade, and one that comes too late",
        BUS "protocol=mesi",
        {
            {0, 0, VM_LOAD, "a", "20 read E"},
            {1, 20, VM_LOAD, "a", "35 read S"},
            {2, 40, VM_LOAD, "a", "60 read S"},
            {2, 70, VM_STORE, "a", "80 upgrade M"}, /* of P0 and P1 */
            {0, 90, VM_LOAD, "a", "105 read S"},
            {0, 110, VM_EXCHANGE, "a", "123 upgrade M"},     /* of P2; 10 + atomic 3 */
            {2, 110, VM_STORE, "a", "135 read_exclusive M"}, /* lost; from P0 */
        },
        "read 4, read_exclusive 1, upgrade 2, from_cache 3, invalidations 4, "
        "words 40",
    },
    {
        "msi: who has read upgrades to write",
        BUS "protocol=msi",
        {
            {0, 0, VM_LOAD, "a", "20 read S"},
            {0, 30, VM_STORE, "a", "40 upgrade M"},
            {1, 50, VM_LOAD, "a", "65 read S"},
            {1, 70, VM_STORE, "a", "80 upgrade M"},
            {0, 90, VM_STORE, "a", "105 read_exclusive M"},
        },
        "read 2, read_exclusive 1, upgrade 2, from_cache 2, invalidations 2, "
        "words 24",
    },
    {
        "dragon: the last writer owns what is shared",
        BUS "protocol=dragon",
        {
            {0, 0, VM_LOAD, "a", "20 read E"},
            {1, 20, VM_LOAD, "a", "35 read S"},
            {0, 40, VM_STORE, "a", "47 update Sm"},     /* to P1: 7 */
            {2, 50, VM_LOAD, "a", "65 read S"},         /* from P0's cache */
            {1, 70, VM_STORE, "a", "77 update Sm"},     /* to P0 and P2 */
            {0, 80, VM_LOAD, "a", "81 hit S"},          /* owns it no more */
            {1, 90, VM_EXCHANGE, "a", "100 update Sm"}, /* again: 7 + atomic 3 */
        },
        "read 3, update 3, from_cache 2, updates 5, words 27",
    },
    {
        "dragon: a write that misses",
        BUS "protocol=dragon",
        {
            {0, 0, VM_STORE, "a", "20 read M"}, /* nobody else has it */
            {0, 20, VM_STORE, "a", "21 hit M"},
            {1, 30, VM_STORE, "a", "52 update Sm"},     /* from P0 15 + update 7 */
            {3, 31, VM_LOAD, "b", "72 read E"},         /* not in between */
            {2, 80, VM_EXCHANGE, "a", "105 update Sm"}, /* 15 + 7 + atomic 3 */
        },
        "read 4, update 2, from_cache 2, updates 3, words 34",
    },
    {
        "dragon: the only one left has it modified",
        BUS "protocol=dragon,caching=1",
        {
            {0, 0, VM_LOAD, "a", "20 read E"},
            {1, 20, VM_LOAD, "a", "35 read S"},
            {0, 40, VM_STORE, "a", "47 update Sm"},
            {1, 50, VM_LOAD, "b", "70 read E"},    /* instead of a, which is clean */
            {0, 80, VM_STORE, "a", "87 update M"}, /* to nobody */
            {0, 90, VM_STORE, "a", "91 hit M"},
            {1, 100, VM_LOAD, "a", "115 read S"},    /* from P0, who owns it still */
            {0, 120, VM_LOAD, "b", "170 read E"},    /* 20 + write-back of a 30 */
            {1, 180, VM_STORE, "a", "187 update M"}, /* nobody else has it now */
        },
        "read 5, update 3, write_back 1, from_cache 2, updates 1, words 51",
    },
    {
        "firefly: memory is up to date",
        BUS "protocol=firefly",
        {
            {0, 0, VM_LOAD, "a", "20 read E"},
            {1, 20, VM_LOAD, "a", "35 read S"},
            {0, 40, VM_STORE, "a", "47 update S"},  /* to P1 */
            {2, 50, VM_LOAD, "a", "70 read S"},     /* from memory */
            {1, 80, VM_STORE, "a", "87 update S"},  /* to P0 and P2 */
            {3, 90, VM_STORE, "a", "117 update S"}, /* from memory 20 + update 7 */
            {3, 120, VM_STORE, "b", "140 read M"},
            {2, 150, VM_LOAD, "b", "165 read S"}, /* from P3, and memory takes it */
            {1, 170, VM_LOAD, "b", "190 read S"}, /* so it comes from there */
        },
        "read 7, update 3, from_cache 2, updates 6, words 59",
    },
    {
        "firefly: the only one left has it exclusive",
        BUS "protocol=firefly,caching=1",
        {
            {0, 0, VM_LOAD, "a", "20 read E"},
            {1, 20, VM_LOAD, "a", "35 read S"},
            {1, 40, VM_LOAD, "b", "60 read E"},
            {0, 70, VM_STORE, "a", "77 update E"}, /* to nobody */
            {0, 80, VM_STORE, "a", "81 hit M"},
            {0, 90, VM_LOAD, "c", "140 read E"}, /* 20 + write-back of a 30 */
        },
        "read 4, update 1, write_back 1, from_cache 1, words 41",
    },
    {
        "a cache of one line",
        BUS "caching=1",
        {
            {0, 0, VM_LOAD, "a", "20 read E"},
            {0, 20, VM_LOAD, "b", "40 read E"}, /* a is clean */
            {0, 50, VM_STORE, "a", "70 read_exclusive M"},
            {0, 80, VM_LOAD, "b", "130 read E"},  /* 20 + write-back 30 */
            {1, 81, VM_LOAD, "c", "150 read E"},  /* the bus was taken so long */
            {1, 160, VM_LOAD, "a", "180 read E"}, /* c is clean */
            {1, 190, VM_STORE, "a", "191 hit M"},
            {0, 200, VM_STORE, "a", "215 read_exclusive M"}, /* P1 has room now: */
            {1, 220, VM_LOAD, "b", "240 read E"},            /* no write-back */
        },
        "read 6, read_exclusive 2, write_back 1, from_cache 1, "
        "invalidations 1, words 72",
    },
    {
        "a cache of two lines: the one used least recently goes",
        BUS "caching=2",
        {
            {0, 0, VM_STORE, "a", "20 read_exclusive M"},
            {0, 20, VM_LOAD, "b", "40 read E"},
            {0, 40, VM_LOAD, "a", "41 hit M"},
            {0, 50, VM_LOAD, "c", "70 read E"}, /* instead of b, clean */
            {0, 80, VM_LOAD, "a", "81 hit M"},
            {0, 90, VM_LOAD, "b", "110 read E"}, /* instead of c, clean */
            {0, 120, VM_STORE, "b", "121 hit M"},
            {0, 130, VM_LOAD, "c", "180 read E"}, /* 20 + write-back of a 30 */
            {0, 190, VM_STORE, "b", "191 hit M"},
        },
        "read 4, read_exclusive 1, write_back 1, words 48",
    },
    {
        "a cache of two sets of one line",
        BUS "caching=2,ways=1",
        {
            {0, 0, VM_STORE, "a", "20 read_exclusive M"},
            {0, 20, VM_LOAD, "b", "40 read E"},   /* in the other set */
            {0, 50, VM_LOAD, "c", "100 read E"},  /* 20 + write-back of a 30 */
            {0, 100, VM_LOAD, "b", "101 hit E"},  /* is there still */
            {0, 110, VM_LOAD, "a", "130 read E"}, /* instead of c, clean */
        },
        "read 3, read_exclusive 1, write_back 1, words 40",
    },
    {
        "in the same cycle processors go before the bus",
        BUS,
        {
            {1, 0, VM_STORE, "a", "20 read_exclusive M"},
            {0, 20, VM_STORE, "a", "35 read_exclusive M"}, /* from P1's cache */
            {1, 20, VM_STORE, "a", "21 hit M"},            /* before it is taken away */
            {1, 21, VM_LOAD, "a", "50 read S"},            /* at 35, from P0's */
        },
        "read 1, read_exclusive 2, from_cache 2, invalidations 1, words 24",
    },
};

/* Three ask while the bus is taken: with a seed, who is next is the same each time, and
   with enough seeds each of their six orders comes up. */
static const struct script random_script = {
    NULL,
    BUS "arbitration=random",
    {
        {3, 0, VM_LOAD, "d", "20 read E"},
        {0, 1, VM_LOAD, "a", "40 read E"}, /* fifo; else any of these */
        {1, 2, VM_LOAD, "b", "60 read E"},
        {2, 3, VM_LOAD, "c", "80 read E"},
    },
    "read 4, words 32",
};

/* --- the dance hall ----------------------------------------------------------------- */

#define HALL "network=10,module=5,atomic=3,"

static const struct script hall_scripts[] = {
    {
        "two at one module",
        HALL "modules=2",
        {
            {0, 0, VM_LOAD, "a", "25 remote_read"},        /* served from 10 to 15 */
            {1, 2, VM_STORE, "a", "30 remote_write"},      /* from 15 to 20 */
            {2, 4, VM_LOAD, "c", "35 remote_read"},        /* its module too: to 25 */
            {0, 40, VM_EXCHANGE, "a", "68 remote_modify"}, /* 25 + atomic 3 */
        },
        "remote_read 2, remote_write 1, remote_modify 1, words 4",
    },
    {
        "two at two modules",
        HALL "modules=2",
        {
            {0, 0, VM_LOAD, "a", "25 remote_read"},
            {1, 2, VM_LOAD, "b", "27 remote_read"},
            {2, 15, VM_EXCHANGE, "b", "43 remote_modify"}, /* idle since 17 */
            {0, 25, VM_LOAD, "b", "50 remote_read"},
        },
        "remote_read 3, remote_modify 1, words 4",
    },
};

/* --- nodes -------------------------------------------------------------------------- */

/* A message takes 20 where links take nothing, and 24 where they take 2. Without others
   in the way, with a home that is the requester's node / another one:

     from memory                        directory + memory            35 /  75 /  83
     to upgrade, a copy elsewhere       5 + 20 + cache 4 + 20         49
     from home's cache                  20 + 5 + 4 + 20                    49 /  57
     from another cache                 5 + 20 + 4 + 20               49
     three nodes                        20 + 5 + 20 + 4 + 20               69 /  81  */
#define NODES_0 "network=20,link=0,directory=5,memory=30,cache=4,module=11,atomic=3,"
#define NODES_2 NODES_0 "link=2,"

static const struct script node_scripts[] = {
    {
        "memory at home and elsewhere",
        NODES_0,
        {
            {0, 0, VM_LOAD, "a0", "35 read E"},
            {0, 40, VM_STORE, "b0", "75 read_exclusive M"},
            {1, 100, VM_LOAD, "c0", "175 read E"},               /* 20 + 35 + 20 */
            {1, 200, VM_EXCHANGE, "d0", "278 read_exclusive M"}, /* atomic 3 */
            {1, 300, VM_STORE, "c0", "301 hit M"},
        },
        "read 2, read_exclusive 2, messages 4, words 32",
    },
    {
        "the same with links",
        NODES_2,
        {
            {0, 0, VM_LOAD, "a0", "35 read E"},
            {1, 100, VM_LOAD, "c0", "183 read E"}, /* 24 + 35 + 24 */
            {1, 200, VM_EXCHANGE, "d0", "286 read_exclusive M"},
        },
        "read 2, read_exclusive 1, messages 4, words 24",
    },
    {
        "memory lies with who touches it first",
        NODES_0 "page=128",
        {
            {1, 0, VM_LOAD, "a", "35 read E"},
            {0, 10, VM_LOAD, "b", "85 read E"}, /* in the same page */
            {0, 100, VM_LOAD, "c", "135 read E"},
        },
        "read 3, messages 2, words 24",
    },
    {
        "dirty, the requester at home",
        NODES_0,
        {
            {1, 0, VM_STORE, "a0", "75 read_exclusive M"},
            {0, 100, VM_LOAD, "a0", "149 read S"}, /* also for memory: */
            {2, 110, VM_LOAD, "a0", "229 read S"}, /* free at 149 + 30; then 30 + 20 */
        },
        "read 2, read_exclusive 1, from_cache 1, messages 6, words 32",
    },
    {
        "dirty, the owner at home",
        NODES_0,
        {
            {0, 0, VM_STORE, "a0", "35 read_exclusive M"},
            {1, 50, VM_LOAD, "a0", "99 read S"},  /* 20 + 5 + 4 + 20 */
            {2, 60, VM_LOAD, "a0", "159 read S"}, /* free at 79 + 30; then 30 + 20 */
        },
        "read 2, read_exclusive 1, from_cache 1, messages 4, words 32",
    },
    {
        "dirty, three nodes",
        NODES_0,
        {
            {1, 0, VM_STORE, "a0", "75 read_exclusive M"},
            {2, 100, VM_LOAD, "a0", "169 read S"},
            /* The line leaves P1 at 149 and is in memory at 149 + 20 + 30; then 30 +
                   20 from memory, longer than 20 + 4 + 20 for the two copies. */
            {3, 150, VM_STORE, "a0", "249 read_exclusive M"},
            {2, 300, VM_EXCHANGE, "a0", "372 read_exclusive M"}, /* 69 + atomic 3 */
        },
        /* messages: 2, 3 and one to memory, 2 and 2 for each copy, 3 */
        "read 1, read_exclusive 3, from_cache 2, invalidations 3, messages 15, "
        "words 40",
    },
    {
        "dirty, written by another at home: memory is not told",
        NODES_0,
        {
            {1, 0, VM_STORE, "a0", "75 read_exclusive M"},
            {0, 100, VM_STORE, "a0", "149 read_exclusive M"},
            {2, 110, VM_LOAD, "a0", "173 read S"}, /* free at 149; then 4 + 20 */
        },
        "read 1, read_exclusive 2, from_cache 2, invalidations 1, messages 6, "
        "words 32",
    },
    {
        "an exclusive owner: memory has it already",
        NODES_0,
        {
            {1, 0, VM_LOAD, "a0", "75 read E"},
            {2, 100, VM_LOAD, "a0", "169 read S"},
            {3, 110, VM_LOAD, "a0", "219 read S"}, /* free at 169; then 30 + 20 */
        },
        "read 3, from_cache 1, messages 7, words 24",
    },
    {
        "msi: nobody has it exclusive",
        NODES_0 "protocol=msi",
        {
            {0, 0, VM_LOAD, "a0", "35 read S"},
            {0, 40, VM_STORE, "a0", "45 upgrade M"},
            {1, 100, VM_LOAD, "b0", "175 read S"},
            {2, 101, VM_LOAD, "b0", "180 read S"},     /* behind P1 to 130 */
            {1, 200, VM_STORE, "b0", "269 upgrade M"}, /* 25 + 44 */
        },
        "read 3, upgrade 2, invalidations 1, messages 8, words 24",
    },
    {
        "reads of a shared line go on side by side",
        NODES_0,
        {
            {0, 0, VM_LOAD, "a0", "35 read E"},
            {1, 50, VM_LOAD, "a0", "99 read S"},
            {2, 200, VM_LOAD, "a0", "275 read S"},
            {3, 200, VM_LOAD, "a0", "280 read S"}, /* 5 in the directory */
        },
        "read 4, from_cache 1, messages 6, words 32",
    },
    {
        "upgrades at home, of 1, 2 and 3 copies",
        NODES_0,
        {
            {0, 0, VM_LOAD, "a0", "35 read E"},
            {1, 100, VM_LOAD, "a0", "149 read S"},
            {0, 200, VM_STORE, "a0", "249 upgrade M"},
            {1, 300, VM_LOAD, "a0", "349 read S"},
            {2, 400, VM_LOAD, "a0", "475 read S"},
            {0, 500, VM_STORE, "a0", "549 upgrade M"},
            {1, 600, VM_LOAD, "a0", "649 read S"},
            {2, 700, VM_LOAD, "a0", "775 read S"},
            {3, 800, VM_LOAD, "a0", "875 read S"},
            {0, 900, VM_STORE, "a0", "949 upgrade M"},
        },
        /* words: 7 lines, 2 of them to memory too */
        "read 7, upgrade 3, from_cache 3, invalidations 6, messages 24, "
        "words 72",
    },
    {
        "an upgrade at home of 1 copy, with links",
        NODES_2,
        {
            {0, 0, VM_LOAD, "a0", "35 read E"},
            {1, 100, VM_LOAD, "a0", "157 read S"},     /* 24 + 5 + 4 + 24 */
            {0, 200, VM_STORE, "a0", "257 upgrade M"}, /* 5 + 24 + 4 + 24 */
        },
        "read 2, upgrade 1, from_cache 1, invalidations 1, messages 4, words 16",
    },
    {
        "an upgrade at home of 3 copies, with links",
        NODES_2,
        {
            {0, 0, VM_LOAD, "a0", "35 read E"},
            {1, 100, VM_LOAD, "a0", "157 read S"},
            {2, 200, VM_LOAD, "a0", "283 read S"},
            {3, 300, VM_LOAD, "a0", "383 read S"},
            /* Home's link sends at 405, 407 and 409: the last is in after 24, goes
                   back after 4 and is in after 24. */
            {0, 400, VM_STORE, "a0", "461 upgrade M"},
        },
        "read 4, upgrade 1, from_cache 1, invalidations 3, messages 12, words 32",
    },
    {
        "an upgrade elsewhere, of 3 copies",
        NODES_0,
        {
            {1, 0, VM_LOAD, "a0", "75 read E"},
            {2, 100, VM_LOAD, "a0", "169 read S"},
            {3, 200, VM_LOAD, "a0", "275 read S"},
            {4, 300, VM_LOAD, "a0", "375 read S"},
            {1, 400, VM_STORE, "a0", "469 upgrade M"}, /* 20 + 5 + 44 */
        },
        "read 4, upgrade 1, from_cache 1, invalidations 3, messages 17, words 32",
    },
    {
        "an upgrade elsewhere of 2 copies, with links",
        NODES_2,
        {
            {1, 0, VM_LOAD, "a0", "83 read E"},
            {2, 100, VM_LOAD, "a0", "181 read S"},
            {3, 200, VM_LOAD, "a0", "283 read S"},
            /* 24 + 5; home's link is 2 later for the second; 24 + 4 + 24 */
            {3, 300, VM_STORE, "a0", "383 upgrade M"},
        },
        "read 3, upgrade 1, from_cache 1, invalidations 2, messages 13, words 24",
    },
    {
        "an upgrade that comes too late",
        NODES_0,
        {
            {0, 0, VM_LOAD, "a0", "35 read E"},
            {1, 50, VM_LOAD, "a0", "99 read S"},
            {0, 200, VM_STORE, "a0", "249 upgrade M"},
            /* At home at 210, to 215; the line is free at 249; 4 + 20 */
            {1, 190, VM_STORE, "a0", "273 read_exclusive M"},
        },
        "read 2, read_exclusive 1, upgrade 1, from_cache 2, invalidations 2, "
        "messages 6, words 24",
    },
    {
        "two lines in one directory",
        NODES_0,
        {
            {1, 0, VM_LOAD, "a0", "75 read E"},  /* there at 20, to 25 */
            {2, 0, VM_LOAD, "b0", "80 read E"},  /* to 30; memory does both at once */
            {0, 22, VM_LOAD, "c0", "65 read E"}, /* to 35 */
            {3, 0, VM_LOAD, "d1", "75 read E"},  /* another home */
        },
        "read 4, messages 6, words 32",
    },
    {
        "two for one line that is on its way",
        NODES_0,
        {
            {1, 0, VM_STORE, "a0", "75 read_exclusive M"}, /* from 25 on */
            /* In the directory to 30, waits until 75; 20 + 4 + 20 */
            {2, 1, VM_STORE, "a0", "119 read_exclusive M"},
            {3, 2, VM_LOAD, "b0", "85 read E"},   /* to 35, not kept up; 30 + 20 */
            {3, 90, VM_LOAD, "a0", "163 read S"}, /* at home at 115, free at 119 */
        },
        "read 2, read_exclusive 2, from_cache 2, invalidations 1, messages 11, "
        "words 40",
    },
    {
        "three requests at a node's link",
        NODES_2 "directory=1",
        {
            /* In by 24, 26 and 28; in the directory to 25, 27 and 29 */
            {1, 0, VM_LOAD, "a0", "79 read E"}, /* 25 + 30 + 24 */
            {2, 0, VM_LOAD, "b0", "81 read E"},
            {3, 1, VM_LOAD, "c0", "83 read E"},
        },
        "read 3, messages 6, words 24",
    },
    {
        "a link that is taken later",
        NODES_2 "directory=1",
        {
            {1, 0, VM_LOAD, "a0", "79 read E"},   /* home's link: 22–24 and 55–57 */
            {2, 28, VM_LOAD, "b0", "107 read E"}, /* in between: 50–52, 83–85 */
            {3, 34, VM_LOAD, "c0", "114 read E"}, /* there at 56, in at 59 */
        },
        "read 3, messages 6, words 24",
    },
    {
        "distances of 1 and 2, in a ring of four nodes",
        NODES_0 "nodes=4,distance.0=0 1 2 1,distance.1=1 0 1 2,"
                "distance.2=2 1 0 1,distance.3=1 2 1 0",
        {
            {1, 0, VM_LOAD, "a0", "75 read E"},
            {2, 0, VM_LOAD, "b0", "115 read E"}, /* 40 + 5 + 30 + 40 */
            {1, 100, VM_STORE, "c0", "175 read_exclusive M"},
            {2, 200, VM_LOAD, "c0", "289 read S"}, /* 40 + 5 + 20 + 4 + 20 */
            {3, 240, VM_LOAD, "c0", "369 read S"}, /* free at 269 + 20 + 30; 30 + 20 */
            {0, 400, VM_LOAD, "c0", "435 read S"},
            {0, 500, VM_STORE, "c0", "589 upgrade M"}, /* P2's copy: 5 + 40 + 4 + 40 */
        },
        "read 5, read_exclusive 1, upgrade 1, from_cache 1, invalidations 3, "
        "messages 18, words 56",
    },
    {
        "two processors of a node send each other nothing",
        NODES_0 "cores=2",
        {
            {0, 0, VM_STORE, "a0", "35 read_exclusive M"},
            {1, 50, VM_LOAD, "a0", "59 read S"}, /* 5 + 4 */
            {2, 100, VM_LOAD, "a0", "175 read S"},
            {3, 200, VM_LOAD, "a0", "275 read S"},     /* from home all the same */
            {1, 300, VM_STORE, "a0", "349 upgrade M"}, /* of P2 and P3 */
            {0, 400, VM_STORE, "a0", "409 read_exclusive M"},
        },
        "read 3, read_exclusive 2, upgrade 1, from_cache 2, invalidations 4, "
        "messages 8, words 48",
    },
    {
        "a cache of one line, on nodes",
        NODES_0 "caching=1",
        {
            {1, 0, VM_STORE, "a0", "75 read_exclusive M"},
            {1, 100, VM_LOAD, "b0", "175 read E"}, /* a leaves at 125: in memory at 175 */
            {2, 131, VM_LOAD, "a0", "225 read E"}, /* free at 175 */
            {2, 300, VM_LOAD, "c2", "335 read E"}, /* a is clean */
        },
        "read 3, read_exclusive 1, write_back 1, messages 7, words 40",
    },
    {
        "figures instead of sums",
        NODES_0 "latency.read.memory=50 100,latency.modify.memory=0 110,"
                "latency.read.modified=0 130,latency.read.shared=0 90",
        {
            {0, 0, VM_LOAD, "a0", "50 read E"},
            {1, 0, VM_LOAD, "b0", "100 read E"},
            {2, 150, VM_EXCHANGE, "c0", "260 read_exclusive M"}, /* atomic is within */
            {1, 300, VM_LOAD, "c0", "430 read S"},
            /* 90, and 4 in the directory and 100 for the line, from 330 to 430 */
            {3, 301, VM_LOAD, "c0", "495 read S"},
            {0, 500, VM_LOAD, "c0", "590 read S"},
            {1, 600, VM_STORE, "d0", "675 read_exclusive M"}, /* has none: the sum */
        },
        "read 5, read_exclusive 2, from_cache 1, messages 12, words 64",
    },
    {
        "nodes without caches",
        NODES_0 "protocol=none",
        {
            {0, 0, VM_LOAD, "a0", "11 remote_read"},       /* not counted: at home */
            {1, 0, VM_LOAD, "a0", "51 remote_read"},       /* served from 20 to 31 */
            {2, 5, VM_EXCHANGE, "a0", "65 remote_modify"}, /* to 42, 20, atomic 3 */
            {0, 26, VM_STORE, "a0", "53 remote_write"},    /* to 53 */
            {3, 13, VM_LOAD, "b1", "64 remote_read"},      /* another module */
            {3, 100, VM_STORE, "a0", "151 remote_write"},
        },
        "remote_read 2, remote_write 1, remote_modify 1, messages 8, words 4",
    },
    {
        "nodes without caches, with links",
        NODES_2 "protocol=none",
        {
            {0, 0, VM_EXCHANGE, "a0", "14 remote_modify"},
            {1, 100, VM_LOAD, "a0", "159 remote_read"}, /* 24 + 11 + 24 */
        },
        "remote_read 1, messages 2, words 1",
    },
};

/* --- running a script --------------------------------------------------------------- */

static _Alignas(LINE *LETTERS) unsigned char memory[LINE * LETTERS];

static const struct script *script;
static char got[STEPS][40];
static struct seen last[VM_PROCESSORS];
static unsigned passed, failed;

static void *address_of(const struct step *step)
{
    return &memory[(step->line[0] - 'a') * LINE];
}

static void see(const struct seen *seen)
{
    last[seen->processor] = *seen;
}

static void access_line(const struct step *step, char *text, size_t size)
{
    struct vm_operation operation = {.kind = step->kind,
                                     .order = VM_SEQ_CST,
                                     .failure = VM_SEQ_CST,
                                     .size = sizeof(uint64_t),
                                     .address = address_of(step),
                                     .operand = 1};
    if (step->begin > processor_now()) {
        processor_work(step->begin - processor_now());
    }
    (void)instrument_atomic(&operation);
    const struct seen *seen = &last[step->processor];
    bool caches = machine.protocol != NO_CACHES;
    (void)snprintf(text, size, "%llu %s%s%s", (unsigned long long)processor_now(),
                   seen->hit ? "hit" : transaction_name(seen->transaction),
                   caches ? " " : "", caches ? state_name(seen->after) : "");
}

static void run(void *argument)
{
    unsigned processor = (unsigned)(uintptr_t)argument;
    for (unsigned i = 0; i < STEPS && script->steps[i].expected != NULL; i++) {
        if (script->steps[i].processor == processor) {
            access_line(&script->steps[i], got[i], sizeof got[i]);
        }
    }
    instrument_exit();
}

static struct machine machine_of(const char *name, const char *settings)
{
    struct machine chosen;
    char copy[512];
    (void)snprintf(copy, sizeof copy, "%s", settings);
    bool good = machine_read(&chosen, name);
    for (char *one = strtok(copy, ","); good && one != NULL; one = strtok(NULL, ",")) {
        good = machine_set(&chosen, one, "cycles");
    }
    if (!good || !machine_check(&chosen)) {
        exit(1);
    }
    return chosen;
}

static bool simulate(const char *machine_name, const struct script *which, uint64_t seed)
{
    static const struct observer watch = {.access = see};
    struct machine chosen = machine_of(machine_name, which->settings);
    unsigned count = 0;
    script = which;
    memset(memory, 0, sizeof memory);
    memset(got, 0, sizeof got);
    for (unsigned i = 0; i < STEPS && which->steps[i].expected != NULL; i++) {
        unsigned processor = which->steps[i].processor;
        count = processor >= count ? processor + 1 : count;
    }
    simulation_begin(&chosen, count, seed);
    for (unsigned i = 0; i < STEPS && which->steps[i].expected != NULL; i++) {
        const struct step *step = &which->steps[i];
        if (step->line[1] != '\0') {
            (void)line_of(address_of(step), (unsigned)(step->line[1] - '0'));
        }
    }
    for (unsigned i = 0; i < count; i++) {
        processor_start(i, run, (void *)(uintptr_t)i, 0);
    }
    observer = &watch;
    bool ended = simulation_run() == ENDED;
    observer = NULL;
    check_end();
    return ended;
}

/* --- comparing ---------------------------------------------------------------------- */

static void add_count(char *text, size_t size, const char *name, uint64_t count)
{
    size_t length = strlen(text);
    if (count > 0) {
        (void)snprintf(text + length, size - length, "%s%s %llu", length > 0 ? ", " : "",
                       name, (unsigned long long)count);
    }
}

static void tell_counts(char *text, size_t size)
{
    static const struct counts none;
    struct counts sum = none;
    for (unsigned i = 0; i < processors; i++) {
        counts_add(&sum, &counts[i], &none);
    }
    text[0] = '\0';
    for (unsigned i = 0; i < TRANSACTIONS; i++) {
        add_count(text, size, transaction_name(i), sum.transactions[i]);
    }
    add_count(text, size, "from_cache", sum.from_cache);
    add_count(text, size, "invalidations", sum.invalidations);
    add_count(text, size, "updates", sum.updates);
    add_count(text, size, "messages", sum.messages);
    add_count(text, size, "words", sum.words);
}

static void try_script(const char *machine_name, const struct script *which)
{
    char counted[256], wrong[640] = "";
    bool ended = simulate(machine_name, which, 1);
    for (unsigned i = 0; i < STEPS && which->steps[i].expected != NULL; i++) {
        const struct step *step = &which->steps[i];
        if (wrong[0] == '\0' && strcmp(got[i], step->expected) != 0) {
            (void)snprintf(wrong, sizeof wrong, "step %u of P%u: expected %s, got %s",
                           i + 1, step->processor, step->expected, got[i]);
        }
    }
    tell_counts(counted, sizeof counted);
    if (wrong[0] == '\0' && strcmp(counted, which->counted) != 0) {
        (void)snprintf(wrong, sizeof wrong, "expected %s, got %s", which->counted,
                       counted);
    }
    bool good = ended && wrong[0] == '\0';
    passed += good;
    failed += !good;
    printf("%s: %s, %s%s%s\n", good ? "passed" : "FAILED", machine_name, which->name,
           good ? "" : ": ", ended ? wrong : simulation.message);
}

static void try_scripts(const char *machine_name, const struct script *all, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        try_script(machine_name, &all[i]);
    }
}

/* Which of P0, P1 and P2 comes before which: a bit each. */
static unsigned order(void)
{
    unsigned long long ends[3];
    for (unsigned i = 0; i < 3; i++) {
        ends[i] = strtoull(got[i + 1], NULL, 10);
    }
    return 1U << ((ends[0] < ends[1]) + 2 * (ends[1] < ends[2]) +
                  4 * (ends[0] < ends[2]));
}

static void try_random(void)
{
    char counted[256];
    unsigned orders = 0;
    bool good = true;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        good = good && simulate("smp", &random_script, seed);
        unsigned first = order();
        good = good && simulate("smp", &random_script, seed) && order() == first;
        orders |= first;
        tell_counts(counted, sizeof counted);
        good = good && strcmp(counted, random_script.counted) == 0 && busy.bus == 80;
    }
    unsigned found = (unsigned)__builtin_popcount(orders);
    good = good && found == 6;
    passed += good;
    failed += !good;
    printf("%s: smp, random: by the seed alone, in any order",
           good ? "passed" : "FAILED");
    if (!good) {
        printf(": expected 6 orders, got %u, or a seed that has two", found);
    }
    printf("\n");
}

/* A thread that runs is stopped when it looks at `due`: it must be so, whatever event is
   found to be the first after the interrupt. */
static void try_interrupt(void)
{
    events_begin();
    event_of_thread(5, 0, 1);
    event_of_thread(7, 1, 1);
    simulation_interrupt();
    bool good = event_next()->time == 5 && due == 0;
    passed += good;
    failed += !good;
    printf("%s: an interrupt is not forgotten at the next event\n",
           good ? "passed" : "FAILED");
}

int main(void)
{
    checking = true;
    try_scripts("smp", bus_scripts, sizeof bus_scripts / sizeof *bus_scripts);
    try_random();
    try_scripts("dancehall", hall_scripts, sizeof hall_scripts / sizeof *hall_scripts);
    try_scripts("numa", node_scripts, sizeof node_scripts / sizeof *node_scripts);
    try_interrupt();
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0;
}

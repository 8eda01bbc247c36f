/* SPDX-License-Identifier: MIT */
#include "bench/lines.h"
#include "bench/measure.h"
#include "bench/ping_pong.h"

#include <math.h>
#include <stdlib.h>

double measure_transfer(const struct placement *placement, unsigned threads)
{
    /* The first thread, and the first one that is elsewhere. */
    unsigned other = 0;
    while (other < threads && placement->processors[other] == placement->processors[0]) {
        other++;
    }
    if (other == threads) {
        return NAN;
    }
    const unsigned pair[2] = {placement->processors[0], placement->processors[other]};
    struct table *table = allocate_lines(sizeof *table);
    double one_way = ping_pong(placement->topology, pair, table, NULL);
    if (!isnan(one_way)) {
        free(table);
    }
    return one_way;
}

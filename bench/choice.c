/* SPDX-License-Identifier: MIT */
#include "bench/choice.h"

#include <math.h>

#include "common/memory.h"

/* Shares are such that the mean is 1: each that has less is filled up from one that has
   more, until that has less itself. */
static void fill_up(struct alias *aliases, double *shares, uint32_t count)
{
    uint32_t *less = zeroed(count, sizeof *less);
    uint32_t *more = zeroed(count, sizeof *more);
    uint32_t less_count = 0;
    uint32_t more_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        aliases[i] = (struct alias){.stays = UINT32_MAX, .other = i};
        if (shares[i] < 1) {
            less[less_count++] = i;
        } else {
            more[more_count++] = i;
        }
    }
    while (less_count > 0 && more_count > 0) {
        uint32_t poor = less[--less_count];
        uint32_t rich = more[more_count - 1];
        aliases[poor] =
            (struct alias){.stays = (uint32_t)(shares[poor] * 0x1p32), .other = rich};
        shares[rich] -= 1 - shares[poor];
        if (shares[rich] < 1) {
            more_count--;
            less[less_count++] = rich;
        }
    }
    free(less);
    free(more);
}

struct choice choice_make(uint32_t count, double theta)
{
    struct choice choice = {.count = count};
    if (theta > 0) {
        double *shares = zeroed(count, sizeof *shares);
        double sum = 0;
        for (uint32_t i = 0; i < count; i++) {
            shares[i] = pow(i + 1.0, -theta);
            sum += shares[i];
        }
        for (uint32_t i = 0; i < count; i++) {
            shares[i] *= count / sum;
        }
        choice.aliases = zeroed(count, sizeof *choice.aliases);
        fill_up(choice.aliases, shares, count);
        free(shares);
    }
    return choice;
}

void choice_free(struct choice *choice)
{
    free(choice->aliases);
    choice->aliases = NULL;
}

/* SPDX-License-Identifier: MIT */
#include "bench/page/style.h"

#include <stdint.h>
#include <string.h>

#include "common/memory.h"

const unsigned style_colours[COLOURS] = {0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7,
                                         0xe69f00, 0x56b4e9, 0,        0x999999};
const unsigned style_marks[MARKS] = {7, 4, 9, 2, 12, 11, 6, 5, 1, 13, 8};
const char *const style_dashes[DASHES] = {"1", "(9,4)", "(2,3)", "(9,3,2,3)", "(16,4)"};

/* Its place among those that need no other library; −1: it is none of them. */
static int place_of(enum family family, const char *name)
{
    static struct competitors all[FAMILIES];
    if (all[family].count == 0) {
        all[family] = all_of(family);
    }
    int place = 0;
    for (unsigned i = 0; i < all[family].count; i++) {
        if (all[family].items[i].library == NULL) {
            if (strcmp(all[family].items[i].name, name) == 0) {
                return place;
            }
            place++;
        }
    }
    return -1;
}

bool is_of_catalog(enum family family, const char *name)
{
    return place_of(family, name) >= 0;
}

/* As 8, 11 and 5 have no common factor, no two of 440 places have all three alike. */
static struct style style_at(unsigned place)
{
    return (struct style){place % COLOURS, place % MARKS, place % DASHES};
}

/* --- the names of the page ---------------------------------------------------------- */

struct names {
    struct name {
        enum family family;
        const char *name;
        struct style style;
    } * items;
    size_t count, room;
};

static struct names names;

uint64_t hash_of(const char *name)
{
    uint64_t hash = 14695981039346656037U; /* FNV-1a */
    for (; *name != '\0'; name++) {
        hash = (hash ^ (unsigned char)*name) * 1099511628211U;
    }
    return hash ^ hash >> 32;
}

/* How many of the family have the colour, or the mark. */
static size_t taken(enum family family, bool colours, unsigned which)
{
    size_t count = 0;
    for (size_t i = 0; i < names.count; i++) {
        const struct style *style = &names.items[i].style;
        count += names.items[i].family == family &&
                 (colours ? style->colour : style->mark) == which;
    }
    return count;
}

/* From `first` on, the one that fewest have. */
static unsigned least_taken(enum family family, bool colours, uint64_t first)
{
    unsigned count = colours ? COLOURS : MARKS, best = 0;
    size_t least = SIZE_MAX;
    for (unsigned i = 0; i < count; i++) {
        unsigned at = (unsigned)((first + i) % count);
        size_t by = taken(family, colours, at);
        if (by < least) {
            least = by;
            best = at;
        }
    }
    return best;
}

static const struct name *find(enum family family, const char *name)
{
    for (size_t i = 0; i < names.count; i++) {
        if (names.items[i].family == family && strcmp(names.items[i].name, name) == 0) {
            return &names.items[i];
        }
    }
    return NULL;
}

void style_take(enum family family, const char *name)
{
    if (find(family, name) != NULL) {
        return;
    }
    uint64_t hash = hash_of(name);
    int place = place_of(family, name);
    struct style style = {.colour = least_taken(family, true, hash % COLOURS),
                          .mark = least_taken(family, false, hash / COLOURS % MARKS),
                          .dash = (unsigned)(hash / COLOURS / MARKS % DASHES)};
    grow_for_one(&names);
    names.items[names.count++] =
        (struct name){.family = family,
                      .name = name,
                      .style = place >= 0 ? style_at((unsigned)place) : style};
}

struct style style_of(enum family family, const char *name)
{
    style_take(family, name);
    return find(family, name)->style;
}

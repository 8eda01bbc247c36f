/* SPDX-License-Identifier: MIT */
#include "sim/own.h"

#include <stdio.h>

#include "common/memory.h"
#include "common/own_adapter.h"
#include "common/scratch.h"
#include "common/text.h"
#include "common/tool.h"
#include "virtual/program/program.h"
#include "virtual/program/tool.h"

static const void **classes[OWN_FAMILIES]; /* NULL at the end */

static void note_class(const struct own_mark *mark, const void *class)
{
    static size_t lengths[OWN_FAMILIES];
    const void ***list = &classes[mark->family];
    size_t *count = &lengths[mark->family];
    *list = grow(*list, (*count + 2) * sizeof **list);
    (*list)[(*count)++] = class;
    (*list)[*count] = NULL;
}

static struct own own;

static const char *place_of_symbol(const char *symbol)
{
    return own_place_of_symbol(&own, &symbol);
}

bool own_load(const struct options *options)
{
    static const char *const with_catalog[] = {
        "-u", "lks_lock_class_next",    "-u", "lks_rwlock_class_next",
        "-u", "lks_barrier_class_next", NULL};
    own = (struct own){.sources = options->sources,
                       .flags = options->flags,
                       .may_be_none = true,
                       .directory = scratch_directory()};
    if (!own_read_marks(&own)) {
        refuse(
            "%s has no LKS_LOCK line, or another one that lockstep-own(7) describes; a "
            "program is run by `locksim run FILE`",
            own.sources[0]);
    }
    own_read_shapes(&own);
    vm_without_main = true;
    vm_place_of_symbol = place_of_symbol;
    if (!vm_load_sources(own.adapters, own_flags(&own, with_catalog))) {
        return false;
    }
    for (size_t i = 0; own.sources[i] != NULL; i++) {
        const struct own_entry *entries = vm_symbol(text_made("lks_own_%zu", i));
        for (size_t k = 0; k < own.files[i].count; k++) {
            const struct own_mark *mark = &own.files[i].items[k];
            note_class(mark, entries[k].lock_class);
        }
    }
    return true;
}

const void *const *own_classes(enum own_family family)
{
    static const void *const none[] = {NULL};
    return classes[family] != NULL ? classes[family] : none;
}

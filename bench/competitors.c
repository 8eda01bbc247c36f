/* SPDX-License-Identifier: MIT */
#include "bench/competitors.h"

#include "bench/peers.h"
#include "common/tool.h"

const char *const family_names[FAMILIES] = {
    [LOCKS] = "locks", [RWLOCKS] = "rwlocks", [BARRIERS] = "barriers"};

const char *const family_options[FAMILIES] = {
    [LOCKS] = "--locks", [RWLOCKS] = "--rwlocks", [BARRIERS] = "--barriers"};

static struct competitors own[FAMILIES];

static void add(struct competitors *all, struct competitor one)
{
    if (all->count == MAX_COMPETITORS) {
        refuse("too many locks: %d are the most", MAX_COMPETITORS);
    }
    all->items[all->count++] = one;
}

bool is_for(const struct competitor *one, unsigned threads)
{
    return one->refused == 0 || threads < one->refused;
}

void add_own(enum family family, struct competitor one)
{
    one.own = true;
    add(&own[family], one);
}

bool is_null(const struct competitor *competitor)
{
    return competitor->lock == platform_peers[0].lock;
}

bool is_alike(const struct competitor *one, const struct competitor *other)
{
    return one->lock != NULL     ? one->lock->lock == other->lock->lock
           : one->rwlock != NULL ? one->rwlock->rdlock == other->rwlock->rdlock
                                 : one->barrier->wait == other->barrier->wait;
}

bool has_own(enum family family)
{
    return own[family].count > 0;
}

static enum family family_of(const struct competitor *one)
{
    return one->lock != NULL ? LOCKS : one->rwlock != NULL ? RWLOCKS : BARRIERS;
}

static void add_peers(struct competitors *all, enum family family,
                      const struct competitor *peers, const char *library)
{
    for (const struct competitor *peer = peers; peer != NULL && peer->name != NULL;
         peer++) {
        if (family_of(peer) == family) {
            struct competitor one = *peer;
            one.library = library;
            add(all, one);
        }
    }
}

#define ADD_CATALOG(all, which)                                                          \
    for (const lks_##which##_class_t *class = NULL;                                      \
         (class = lks_##which##_class_next(class)) != NULL;) {                           \
        add(all, (struct competitor){                                                    \
                     .name = class->name, .summary = class->summary, .which = class});   \
    }

struct competitors all_of(enum family family)
{
    struct competitors all = own[family];
    switch (family) {
    case LOCKS:
        ADD_CATALOG(&all, lock)
        break;
    case RWLOCKS:
        ADD_CATALOG(&all, rwlock)
        break;
    default:
        ADD_CATALOG(&all, barrier)
    }
    add_peers(&all, family, platform_peers, NULL);
    for (const struct peer_library *library = peer_libraries; library->prefix != NULL;
         library++) {
        add_peers(&all, family, library->peers, library->name);
    }
    return all;
}

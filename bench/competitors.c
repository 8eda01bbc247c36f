/* SPDX-License-Identifier: MIT */
#include "bench/competitors.h"

#include "bench/peers.h"
#include "bench/platform.h"
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

static void add_lock(struct competitors *all, const lks_lock_class_t *class)
{
    add(all, (struct competitor){
                 .name = class->name, .summary = class->summary, .lock = class});
}

static void add_rwlock(struct competitors *all, const lks_rwlock_class_t *class)
{
    add(all, (struct competitor){
                 .name = class->name, .summary = class->summary, .rwlock = class});
}

static void add_barrier(struct competitors *all, const lks_barrier_class_t *class)
{
    add(all, (struct competitor){
                 .name = class->name, .summary = class->summary, .barrier = class});
}

bool is_null(const struct competitor *competitor)
{
    return competitor->lock == platform_locks;
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

/* A walk through a catalog, then through the platform's list. */
#define ADD_ALL(all, type, next, platform, add_one)                                      \
    do {                                                                                 \
        for (const type *class = NULL; (class = next(class));) {                         \
            add_one(all, class);                                                         \
        }                                                                                \
        for (const type *class = (platform); class->name != NULL; class ++) {            \
            add_one(all, class);                                                         \
        }                                                                                \
    } while (0)

static enum family family_of(const struct competitor *one)
{
    return one->lock != NULL ? LOCKS : one->rwlock != NULL ? RWLOCKS : BARRIERS;
}

static void add_peers(struct competitors *all, enum family family)
{
    for (const struct peer_library *library = peer_libraries; library->prefix != NULL;
         library++) {
        for (const struct competitor *peer = library->peers;
             peer != NULL && peer->name != NULL; peer++) {
            if (family_of(peer) == family) {
                struct competitor one = *peer;
                one.library = library->name;
                add(all, one);
            }
        }
    }
}

struct competitors all_of(enum family family)
{
    struct competitors all = own[family];
    switch (family) {
    case LOCKS:
        ADD_ALL(&all, lks_lock_class_t, lks_lock_class_next, platform_locks, add_lock);
        break;
    case RWLOCKS:
        ADD_ALL(&all, lks_rwlock_class_t, lks_rwlock_class_next, platform_rwlocks,
                add_rwlock);
        break;
    default:
        ADD_ALL(&all, lks_barrier_class_t, lks_barrier_class_next, platform_barriers,
                add_barrier);
    }
    add_peers(&all, family);
    return all;
}

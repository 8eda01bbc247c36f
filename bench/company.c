/* SPDX-License-Identifier: MIT */
#include "bench/company.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/memory.h"

const double DISTURBED = 0.05;

void company_begin(struct company_watch *watch)
{
    long processors = sysconf(_SC_NPROCESSORS_CONF);
    watch->processors = processors > 0 ? (size_t)processors : 1;
    watch->times = zeroed(watch->processors, sizeof *watch->times);
    read_processor_times(watch->times, watch->processors);
    watch->throttled_ns = throttled_ns();
}

/* --- what a run had for company ----------------------------------------------------- */

/* A run, when it is over. */
struct scene {
    const struct presence *presences;
    unsigned count;
    bool bound;
    const unsigned *processors; /* of the threads; if they are not bound, all there are */
    unsigned processor_count;
    const struct processor_times *before, *now;
    size_t times; /* how many of them */
    double wall_ns;
};

static double ticks_between(const struct scene *scene, unsigned processor, bool stolen)
{
    if (processor >= scene->times) {
        return 0;
    }
    const struct processor_times *before = &scene->before[processor];
    const struct processor_times *now = &scene->now[processor];
    return stolen ? (double)(now->stolen_ns - before->stolen_ns)
                  : (double)(now->busy_ns - before->busy_ns);
}

/* Of a processor's time; so few ticks say nothing. */
static double share_of(const struct scene *scene, double ns, double ticks)
{
    return ns < ticks * (double)tick_ns() ? 0 : fmin(1, ns / scene->wall_ns);
}

static bool shares_pool(const struct scene *scene, unsigned one, unsigned other)
{
    return !scene->bound || scene->processors[one] == scene->processors[other];
}

static bool is_first_of_pool(const struct scene *scene, unsigned thread)
{
    for (unsigned i = 0; i < thread; i++) {
        if (shares_pool(scene, i, thread)) {
            return false;
        }
    }
    return true;
}

/* What others had of the processors of those of our threads that share them with this
   one, the first of them. */
static double others_share(const struct scene *scene, unsigned first)
{
    enum { TICKS = 4 }; /* that one of our threads may seem to have had, or not to have */
    double processors = scene->bound ? 1 : scene->processor_count;
    double used = 0;
    double busy = 0;
    double others = 0;
    for (unsigned i = first; i < scene->count; i++) {
        used += shares_pool(scene, first, i) ? (double)scene->presences[i].used_ns : 0;
    }
    for (unsigned i = first; i < scene->count; i++) {
        if (shares_pool(scene, first, i)) {
            /* As long as a thread is queued, all processors of the pool are in use. */
            const struct presence *one = &scene->presences[i];
            others = fmax(others, processors * (double)one->queued_ns -
                                      (used - (double)one->used_ns));
        }
    }
    for (unsigned i = 0; i < scene->processor_count; i++) {
        if (!scene->bound || i == first) {
            busy += ticks_between(scene, scene->processors[i], false);
        }
    }
    return fmax(fmin(1, others / (processors * scene->wall_ns)),
                share_of(scene, busy - used, TICKS * processors) / processors);
}

static void look_at_others(struct company *company, const struct scene *scene)
{
    unsigned pools = 0;
    company->others_share = company->others_most = 0;
    for (unsigned i = 0; i < scene->count; i++) {
        if (!scene->presences[i].queued_known) {
            company->others_share = company->others_most = NAN;
            return;
        }
        if (is_first_of_pool(scene, i)) {
            double share = others_share(scene, i);
            company->others_share += share;
            company->others_most = fmax(company->others_most, share);
            pools++;
        }
    }
    company->others_share /= pools;
}

static bool is_used(const struct scene *scene, unsigned processor)
{
    for (unsigned i = 0; i < scene->processor_count; i++) {
        if (scene->processors[i] == processor) {
            return true;
        }
    }
    return false;
}

static void look_at_processors(struct company *company, const struct scene *scene)
{
    company->steal_share = 0;
    company->siblings_share = NAN;
    for (unsigned i = 0; i < scene->processor_count; i++) {
        unsigned one = scene->processors[i];
        int sibling = sibling_of(one);
        company->steal_share = fmax(company->steal_share,
                                    share_of(scene, ticks_between(scene, one, true), 2));
        if (sibling >= 0 && !is_used(scene, (unsigned)sibling)) {
            double busy = ticks_between(scene, (unsigned)sibling, false);
            company->siblings_share =
                fmax(company->siblings_share, share_of(scene, busy, 2)); /* passes NaN */
        }
    }
}

/* What the threads say of themselves; returns how long they took. */
static double look_at_threads(struct company *company, const struct presence *presences,
                              unsigned count, const unsigned *processors)
{
    double longest = 1;
    double walls = 1;
    double used = 0;
    double queued = 0;
    for (unsigned i = 0; i < count; i++) {
        const struct presence *one = &presences[i];
        longest = fmax(longest, (double)one->wall_ns);
        walls += (double)one->wall_ns;
        used += (double)one->used_ns;
        queued += one->queued_known ? (double)one->queued_ns : NAN;
        company->voluntary += (double)one->voluntary;
        company->involuntary += (double)one->involuntary;
        company->moved +=
            one->first != one->last || (processors != NULL && one->last >= 0 &&
                                        (unsigned)one->last != processors[i]);
    }
    company->processor_share = used / walls;
    company->queued_share = queued / walls;
    return longest;
}

struct company company_end(struct company_watch *watch, const struct presence *presences,
                           unsigned count, const unsigned *processors,
                           const lks_topology_t *topology)
{
    struct company company = {.moved = 0};
    unsigned allowed = lks_topology_processors(topology);
    unsigned *everywhere = zeroed(allowed, sizeof *everywhere);
    struct processor_times *now = zeroed(watch->processors, sizeof *now);
    (void)lks_topology_place(topology, "cache", everywhere, allowed);
    read_processor_times(now, watch->processors);
    const struct scene scene = {
        .presences = presences,
        .count = count,
        .bound = processors != NULL,
        .processors = processors != NULL ? processors : everywhere,
        .processor_count = processors != NULL ? count : allowed,
        .before = watch->times,
        .now = now,
        .times = watch->processors,
        .wall_ns = look_at_threads(&company, presences, count, processors)};
    look_at_others(&company, &scene);
    look_at_processors(&company, &scene);
    company.throttled_share =
        fmin(1, (double)(throttled_ns() - watch->throttled_ns) / scene.wall_ns);
    free(everywhere);
    free(now);
    free(watch->times);
    return company;
}

double disturbance(const struct company *company, char *why, size_t size)
{
    const struct {
        double share;
        const char *text;
    } causes[] = {
        {company->throttled_share, "the quota was used up for %.0f %% of the time"},
        {company->others_most, "others had %.0f %% of a processor"},
        {company->steal_share, "the host had %.0f %% of a processor"},
        {company->siblings_share,
         "others had %.0f %% of the other hardware thread of a core"},
    };
    double most = 0;
    for (size_t i = 0; i < sizeof causes / sizeof *causes; i++) {
        if (causes[i].share > most) { /* not for NaN */
            most = causes[i].share;
            if (why != NULL) {
                (void)snprintf(why, size, causes[i].text, 100 * causes[i].share);
            }
            if (i == 0 && most > DISTURBED) {
                break; /* threads that are held back also count as queued */
            }
        }
    }
    return most;
}

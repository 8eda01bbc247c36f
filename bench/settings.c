/* SPDX-License-Identifier: MIT */
#include "bench/settings.h"

const struct kind_facts kind_facts[KINDS] = {
    [LATENCY] = {"latency", LOCKS, true},
    [RWLOCK_LATENCY] = {"rwlock_latency", RWLOCKS, true},
    [LOCK] = {"lock", LOCKS, false},
    [RWLOCK] = {"rwlock", RWLOCKS, false},
    [BARRIER] = {"barrier", BARRIERS, false},
};

static void add(struct settings *settings, struct setting one)
{
    settings->items[settings->count++] = one;
}

static void add_kind(struct settings *settings, const struct options *options,
                     enum kind kind)
{
    if (kind_facts[kind].alone) {
        add(settings, (struct setting){.kind = kind, .threads = 1});
        return;
    }
    unsigned shares = kind == RWLOCK ? options->write_count : 1;
    for (unsigned t = 0; t < options->thread_count; t++) {
        for (unsigned w = 0; w < shares; w++) {
            add(settings,
                (struct setting){.kind = kind,
                                 .threads = options->threads[t],
                                 .writes = kind == RWLOCK ? options->writes[w] : 0});
        }
    }
}

struct settings settings_of(const struct options *options)
{
    struct settings settings = {.count = 0};
    for (int kind = 0; kind < KINDS; kind++) {
        if (options->competitors[kind_facts[kind].family].count > 0) {
            add_kind(&settings, options, (enum kind)kind);
        }
    }
    return settings;
}

bool same_setting(const struct setting *left, const struct setting *right)
{
    return left->kind == right->kind && left->threads == right->threads &&
           left->writes == right->writes;
}

void print_setting(FILE *file, const struct setting *setting)
{
    (void)fprintf(file, "%u thread%s", setting->threads,
                  setting->threads == 1 ? "" : "s");
    if (setting->kind == RWLOCK) {
        (void)fprintf(file, ", %g %% writes", setting->writes);
    }
}

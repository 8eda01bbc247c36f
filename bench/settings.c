/* SPDX-License-Identifier: MIT */
#include "bench/settings.h"

#include "common/text.h"

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
    size_t shares = kind == RWLOCK ? options->writes.count : 1;
    for (size_t t = 0; t < options->threads.count; t++) {
        for (size_t w = 0; w < shares; w++) {
            add(settings, (struct setting){
                              .kind = kind,
                              .threads = (unsigned)options->threads.items[t],
                              .writes = kind == RWLOCK ? options->writes.items[w] : 0});
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

void setting_text(char *text, size_t size, const struct setting *setting)
{
    text[0] = '\0';
    text_append(text, size, "%u thread%s", setting->threads,
                setting->threads == 1 ? "" : "s");
    if (setting->kind == RWLOCK) {
        text_append(text, size, ", %g %% writes", setting->writes);
    }
}

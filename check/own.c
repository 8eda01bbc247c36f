/* SPDX-License-Identifier: MIT */
#include "check/own.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/own_adapter.h"
#include "common/scratch.h"
#include "common/text.h"
#include "virtual/ground/messages.h"
#include "virtual/program/program.h"
#include "virtual/program/tool.h"

static struct own own;

/* The source in which the program's main is, or NULL. */
static const char *source_of_main(void)
{
    for (size_t i = 0; own.sources[i] != NULL; i++) {
        if (own_place_of(&own.files[i], "main", true) != NULL) {
            return own.sources[i];
        }
    }
    return NULL;
}

bool own_found(struct options *options)
{
    own = (struct own){.sources = options->sources,
                       .flags = options->flags,
                       .may_be_none = !options->by_name,
                       .directory = scratch_directory()};
    if (!own_read_marks(&own)) {
        return false;
    }
    const char *with_main = source_of_main();
    if (with_main != NULL && !options->by_name) {
        const struct own_mark *mark = own_first(&own);
        (void)fprintf(vm_err,
                      "lockcheck: %s has a main, and that is what is checked; with "
                      "--%ss=%s it is %s itself\n",
                      with_main, own_family_names[mark->family], mark->name, mark->name);
        return false;
    }
    own_read_shapes(&own);
    return true;
}

void own_each_unchecked(void (*each)(const char *name, const char *message,
                                     void *context),
                        void *context)
{
    for (size_t i = 0; own.files != NULL && own.sources[i] != NULL; i++) {
        for (size_t k = 0; k < own.files[i].count; k++) {
            const struct own_mark *mark = &own.files[i].items[k];
            const char *missing = own_missing(mark);
            if (missing[0] != '\0') {
                each(mark->name,
                     text_made("%s has no %s: not checked", mark->name, missing),
                     context);
            }
        }
    }
}

static void tell_unchecked(const char *name, const char *message, void *context)
{
    (void)name, (void)context;
    (void)fprintf(vm_err, "lockcheck: %s\n", message);
}

static const char *place_of_symbol(const char *symbol)
{
    return own_place_of_symbol(&own, &symbol);
}

bool own_load(const struct options *options)
{
    if (options->format == TABLE) {
        own_each_unchecked(tell_unchecked, NULL);
    }
    static const char *const with_clients[] = {"-u", "client_kinds", NULL};
    vm_without_main = true;
    vm_place_of_symbol = place_of_symbol;
    return vm_load_sources(own.adapters, own_flags(&own, with_clients));
}

/* Whether a macro has that name in it, which the preprocessor has taken away. */
static bool is_in_macro(const char *text, const char *name)
{
    for (const char *at = text; (at = strstr(at, name)) != NULL; at++) {
        const char *line = at;
        while (line > text &&
               (line[-1] != '\n' || (line - 1 > text && line[-2] == '\\'))) {
            line--;
        }
        if (line[strspn(line, " \t")] == '#') {
            return true;
        }
    }
    return false;
}

static bool has_system_init(const struct own_file *file)
{
    static const char *const names[] = {"pthread_mutex_init",
                                        "pthread_cond_init",
                                        "pthread_rwlock_init",
                                        "pthread_spin_init",
                                        "pthread_barrier_init",
                                        "sem_init",
                                        "mtx_init",
                                        "cnd_init"};
    char *text = own_text_of_file(file->path);
    bool has = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        has = has || own_place_of(file, names[i], true) != NULL ||
              is_in_macro(text, names[i]);
    }
    free(text);
    return has;
}

void own_each(void (*each)(int family, const struct own_entry *entry, bool zeroed,
                           void *context),
              void *context)
{
    for (size_t i = 0; own.files != NULL && own.sources[i] != NULL; i++) {
        const struct own_file *file = &own.files[i];
        const struct own_entry *entries = vm_symbol(text_made("lks_own_%zu", i));
        bool zeroed = has_system_init(file);
        for (size_t k = 0; k < file->count; k++) {
            each((int)file->items[k].family, &entries[k], zeroed, context);
        }
    }
}

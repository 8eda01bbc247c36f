/* SPDX-License-Identifier: MIT */
#include "bench/own.h"

#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/competitors.h"
#include "common/memory.h"
#include "common/options.h"
#include "common/own.h"
#include "common/own_adapter.h"
#include "common/scratch.h"
#include "common/text.h"

/* --- what has been loaded ----------------------------------------------------------- */

/* FNV-1a. */
static uint64_t digest = UINT64_C(0xcbf29ce484222325);

static void add_to_digest(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        digest = (digest ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
    }
}

const char *own_digest(void)
{
    return text_made("%016" PRIx64, digest);
}

/* --- compiling ---------------------------------------------------------------------- */

/* As the library is compiled, unless the user says otherwise. */
static const char *const optimised[] = {"-O2", "-g", "-fPIC", NULL};

static const char *compile(const struct own *own, size_t number)
{
    const char *object = text_made("%s/%zu.o", own->directory, number);
    bool cxx = own->files[number].cxx;
    struct command command = {NULL, 0, 0};
    command_add(&command, own_compiler(cxx));
    command_add_all(&command, optimised);
    struct command users = own_command(own, cxx);
    command_add_all(&command, (const char *const *)users.words + 1);
    command_discard(&users);
    if (!cxx) {
        command_add(&command, "-Werror=implicit-function-declaration");
    }
    command_add(&command, "-fPIC");
    command_add(&command, "-c");
    command_add(&command, "-o");
    command_add(&command, object);
    command_add(&command, own->adapters[number]);
    if (!command_run(&command, NULL, NULL)) {
        refuse("%s: does not compile", own->sources[number]);
    }
    return object;
}

/* Compiles all files, each by itself, and links them. */
static const char *build(const struct own *own)
{
    const char *library = text_made("%s/own.so", own->directory);
    bool cxx = false;
    struct texts objects = {NULL, 0, 0};
    for (size_t i = 0; own->sources[i] != NULL; i++) {
        texts_add(&objects, compile(own, i));
        cxx = cxx || own->files[i].cxx;
    }
    struct command command = {NULL, 0, 0};
    command_add(&command, own_compiler(cxx));
    command_add(&command, "-shared");
    command_add(&command, "-Wl,-Bsymbolic");
    command_add_all(&command, texts_of(&objects));
    command_add(&command, "-pthread");
    command_add_all(&command, own->flags);
    command_add(&command, "-o");
    command_add(&command, library);
    if (!command_run(&command, NULL, NULL)) {
        refuse("%s: cannot be linked", own->sources[0]);
    }
    return library;
}

/* --- loading ------------------------------------------------------------------------ */

/* `own`: what it is made of, or NULL. */
static void *load(const char *path, const char *source, const struct own *own)
{
    static const char undefined[] = "undefined symbol: ";
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        const char *why = dlerror();
        const char *symbol = strstr(why, undefined);
        if (symbol != NULL && own != NULL) {
            symbol += strlen(undefined);
            const char *place = own_place_of_symbol(own, &symbol);
            refuse("%s: undefined: %s (is a source file or a -l flag missing, or static "
                   "before inline?)",
                   place != NULL ? place : source, symbol);
        }
        refuse("%s: cannot be loaded: %s", source, symbol != NULL ? symbol : why);
    }
    return library;
}

/* As in the results; one of the library's or of the platform's has that name already. */
static const char *own_name(enum family family, const char *name)
{
    const struct competitors there = all_of(family);
    for (unsigned i = 0; i < there.count; i++) {
        if (!there.items[i].own && strcmp(there.items[i].name, name) == 0) {
            return text_made("own:%s", name);
        }
    }
    return name;
}

static void add_entry(enum own_family family, const struct own_entry *entry)
{
    struct competitor one = {.loops = {entry->read_loop, entry->write_loop}};
    switch (family) {
    case OWN_LOCK:
        one.lock = entry->lock_class;
        one.name = own_name(LOCKS, one.lock->name);
        one.summary = one.lock->summary;
        add_own(LOCKS, one);
        break;
    case OWN_RWLOCK:
        one.rwlock = entry->lock_class;
        one.name = own_name(RWLOCKS, one.rwlock->name);
        one.summary = one.rwlock->summary;
        add_own(RWLOCKS, one);
        break;
    default:
        one.barrier = entry->lock_class;
        one.name = own_name(BARRIERS, one.barrier->name);
        one.summary = one.barrier->summary;
        add_own(BARRIERS, one);
    }
}

static void load_sources(const char *const *sources, const char *const *flags)
{
    struct own own = {.sources = sources,
                      .flags = flags,
                      .directory = scratch_directory(),
                      .loops = true};
    (void)own_read_marks(&own);
    own_read_shapes(&own);
    void *library = load(build(&own), sources[0], &own);
    for (size_t i = 0; sources[i] != NULL; i++) {
        add_to_digest(own.files[i].text, strlen(own.files[i].text));
        const struct own_entry *entries =
            own.files[i].count > 0 ? dlsym(library, text_made("lks_own_%zu", i)) : NULL;
        for (size_t k = 0; k < own.files[i].count; k++) {
            own_tell_missing(&own.files[i].items[k], "measured");
            add_entry(own.files[i].items[k].family, &entries[k]);
        }
    }
    scratch_remove();
}

/* --- ready libraries ---------------------------------------------------------------- */

static bool is_ready(const char *source)
{
    const char *suffix = strrchr(source, '.');
    return suffix != NULL && strcmp(suffix, ".so") == 0;
}

/* Adds the classes of one of a library's lists; returns how many. */
static size_t add_list(void *library, const char *list, enum own_family family)
{
    const void *const *classes = dlsym(library, list);
    size_t count = 0;
    while (classes != NULL && classes[count] != NULL) {
        add_entry(family, &(struct own_entry){.lock_class = classes[count++]});
    }
    return count;
}

static void load_ready(const char *source)
{
    char *path = realpath(source, NULL);
    if (path == NULL) {
        refuse("%s: %s", source, strerror(errno));
    }
    void *library = load(path, source, NULL);
    char bytes[4096];
    FILE *file = fopen(path, "re");
    for (size_t size; file != NULL && (size = fread(bytes, 1, sizeof bytes, file)) > 0;) {
        add_to_digest(bytes, size);
    }
    if (file == NULL || fclose(file) != 0) {
        refuse("%s: %s", source, strerror(errno));
    }
    free(path);
    size_t count = add_list(library, "lks_own_locks", OWN_LOCK) +
                   add_list(library, "lks_own_rwlocks", OWN_RWLOCK) +
                   add_list(library, "lks_own_barriers", OWN_BARRIER);
    if (count == 0) {
        refuse("%s exports none of lks_own_locks, lks_own_rwlocks and lks_own_barriers: "
               "lockstep-own(7) has them",
               source);
    }
}

void load_own(const char *const *sources, const char *const *flags)
{
    struct texts to_compile = {NULL, 0, 0};
    for (; *sources != NULL; sources++) {
        if (is_ready(*sources)) {
            load_ready(*sources);
        } else {
            texts_add(&to_compile, *sources);
        }
    }
    if (to_compile.count > 0) {
        load_sources(texts_of(&to_compile), flags);
    }
}

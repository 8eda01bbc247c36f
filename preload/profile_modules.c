/* SPDX-License-Identifier: MIT */
/*
 * Which file an address of code is of, by /proc/self/maps: no lock of the loader's is
 * taken, as dl_iterate_phdr would, and what was loaded by hand is found too. It is read
 * when an address lies in none of the files that are known.
 */
#include "preload/profile_tables.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static _Atomic(uint32_t) gate;

/* --- a line of /proc/self/maps ------------------------------------------------------ */

static uint64_t read_number(const char **at, unsigned base)
{
    uint64_t number = 0;
    for (;; ++*at) {
        unsigned digit = **at >= '0' && **at <= '9'   ? (unsigned)(**at - '0')
                         : **at >= 'a' && **at <= 'f' ? (unsigned)(**at - 'a' + 10)
                                                      : base;
        if (digit >= base) {
            return number;
        }
        number = number * base + digit;
    }
}

/* "7f0000001000-7f0000002000 r-xp 00001000 fe:01 1234    /usr/lib/libx.so". Returns
   whether it is a file's, to be executed. */
static bool read_line(struct profile_module *module, const char *line)
{
    module->start = read_number(&line, 16);
    line++;
    module->end = read_number(&line, 16);
    bool executed = line[0] == ' ' && line[3] == 'x';
    line += executed ? 6 : 0;
    module->offset = read_number(&line, 16);
    line++;
    module->device = read_number(&line, 16) << 32;
    line++;
    module->device |= read_number(&line, 16);
    line++;
    module->inode = read_number(&line, 10);
    line += strspn(line, " ");
    size_t length = strlen(line);
    if (!executed || line[0] != '/' || length >= PROFILE_PATH) {
        return false;
    }
    memcpy(module->path, line, length + 1);
    return true;
}

/* Calls `note` for each line that is a file's, to be executed. */
static void for_each_mapping(void (*note)(const struct profile_module *mapping))
{
    enum { ROOM = 4096 };
    char text[ROOM + 1];
    size_t have = 0;
    int file =
        (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC);
    long got = 1;
    while (file >= 0 && (got > 0 || have > 0)) {
        got = syscall(SYS_read, file, text + have, ROOM - have);
        have += got > 0 ? (size_t)got : 0;
        char *end = memchr(text, '\n', have);
        if (end == NULL) {
            break; /* at its end; or of a path that is longer than all that is kept */
        }
        char *begin = text;
        for (; end != NULL; end = memchr(begin, '\n', have - (size_t)(begin - text))) {
            struct profile_module mapping = {0};
            *end = '\0';
            if (read_line(&mapping, begin)) {
                note(&mapping);
            }
            begin = end + 1;
        }
        have -= (size_t)(begin - text);
        memmove(text, begin, have);
    }
    if (file >= 0) {
        (void)syscall(SYS_close, file);
    }
}

/* --- the modules -------------------------------------------------------------------- */

static uint32_t count_of(enum profile_array_name name)
{
    return atomic_load_explicit(&profile_header->arrays[name].count,
                                memory_order_acquire);
}

static bool is_gone(const struct profile_module *module)
{
    return atomic_load_explicit(&module->gone, memory_order_relaxed) != 0;
}

static bool is_same(const struct profile_module *one, const struct profile_module *other)
{
    return one->start == other->start && one->end == other->end &&
           one->offset == other->offset && one->device == other->device &&
           one->inode == other->inode && strcmp(one->path, other->path) == 0;
}

static uint32_t find(uint64_t address)
{
    for (uint32_t i = count_of(PROFILE_MODULES); i-- > 0;) {
        const struct profile_module *module = profile_item(PROFILE_MODULES, i);
        if (address >= module->start && address < module->end && !is_gone(module)) {
            return i;
        }
    }
    return PROFILE_NO_MODULE;
}

static void note_mapping(const struct profile_module *mapping)
{
    for (uint32_t i = count_of(PROFILE_MODULES); i-- > 0;) {
        const struct profile_module *module = profile_item(PROFILE_MODULES, i);
        if (!is_gone(module) && is_same(module, mapping)) {
            return;
        }
    }
    uint32_t added = profile_add(PROFILE_MODULES);
    if (added == PROFILE_NONE) {
        return;
    }
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    struct profile_module *module = profile_item(PROFILE_MODULES, added);
    *module = *mapping;
    module->seen = (uint64_t)now.tv_sec;
}

uint32_t profile_module_of(uint64_t address)
{
    int error = errno;
    profile_enter(&gate);
    uint32_t module = find(address);
    if (module == PROFILE_NO_MODULE) {
        for_each_mapping(note_mapping);
        module = find(address);
    }
    profile_exit(&gate);
    errno = error;
    return module;
}

/* --- libraries that are closed ------------------------------------------------------ */

static uint64_t still_there[1024 / 64];

static void note_there(const struct profile_module *mapping)
{
    for (uint32_t i = count_of(PROFILE_MODULES); i-- > 0;) {
        if (is_same(profile_item(PROFILE_MODULES, i), mapping)) {
            still_there[i / 64] |= (uint64_t)1 << i % 64;
        }
    }
}

void profile_modules_changed(void)
{
    if (profile_header == NULL) {
        return;
    }
    int error = errno;
    bool changed = false;
    profile_enter(&gate);
    memset(still_there, 0, sizeof still_there);
    for_each_mapping(note_there);
    for (uint32_t i = count_of(PROFILE_MODULES); i-- > 0;) {
        struct profile_module *module = profile_item(PROFILE_MODULES, i);
        bool goes = !is_gone(module) && (still_there[i / 64] >> i % 64 & 1) == 0;
        if (goes) {
            atomic_store_explicit(&module->gone, 1, memory_order_relaxed);
            changed = true;
        }
    }
    if (changed) {
        profile_frames_forget();
        /* A thread that sees the new number sees what has gone: release. */
        atomic_fetch_add_explicit(&profile_header->unloads, 1, memory_order_release);
    }
    profile_exit(&gate);
    errno = error;
}

void profile_modules_forked(void)
{
    atomic_store_explicit(&gate, 0, memory_order_relaxed);
}

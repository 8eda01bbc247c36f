/* SPDX-License-Identifier: MIT */
#include "preload/profile_tables.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct profile_header *profile_header;
char *profile_arrays[PROFILE_ARRAYS];

/* Items are added one by one; memory is reserved for half as many more as there are, and
   as these bytes hold: little, as a program may have many processes. */
enum { STEP = 1 << 13, PAGE = 1 << 12 };

/* Holdings that are timed, unless the environment says otherwise: one in so many, after
   the first of each entry. */
enum { EVERY = 32, FIRST = 32 };

static const uint32_t most[PROFILE_ARRAYS] = {
    [PROFILE_OBJECTS] = 1 << 16,
    [PROFILE_ADDRESSES] = 1 << 14,
    [PROFILE_PLACES] = 1 << 14,
    [PROFILE_MODULES] = 1 << 10,
    [PROFILE_THREADS] = PROFILE_MOST_THREADS,
    [PROFILE_ENTRIES] = 1 << 18,
    [PROFILE_HISTOGRAMS] = 1 << 17,
    [PROFILE_PAIRS] = 1 << 14,
    [PROFILE_EDGES] = 1 << 15,
};

static char path[PROFILE_PATH + 32]; /* of the file, while it can grow */
static _Atomic(uint32_t) gate, opening;

void profile_enter(_Atomic(uint32_t) *one)
{
    /* What the last one wrote is seen: acquire, to the release below. */
    while (atomic_exchange_explicit(one, 1, memory_order_acquire) != 0) {
        (void)sched_yield();
    }
}

void profile_exit(_Atomic(uint32_t) *one)
{
    atomic_store_explicit(one, 0, memory_order_release);
}

void *profile_private(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory != MAP_FAILED ? memory : NULL;
}

/* --- system calls that are no points of cancellation -------------------------------- */

static int open_file(const char *name, int flags)
{
    return (int)syscall(SYS_openat, AT_FDCWD, name, flags | O_CLOEXEC, 0600);
}

/* Whether that part of the file has memory now, whatever the file system can do. */
static bool reserve(int file, uint64_t from, uint64_t size)
{
    static const char zeros[PAGE];
    if (syscall(SYS_fallocate, file, 0, from, size) == 0) {
        return true;
    }
    bool done = errno == EOPNOTSUPP;
    for (uint64_t at = from; done && at < from + size; at += PAGE) {
        done = syscall(SYS_pwrite64, file, zeros, (size_t)PAGE, at) == PAGE;
    }
    return done;
}

static void say(const char *what, const char *name)
{
    const char *const parts[] = {"lockstep: ", what, name, ": there is no profile\n"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        (void)!syscall(SYS_write, STDERR_FILENO, parts[i], strlen(parts[i]));
    }
}

/* --- the file ----------------------------------------------------------------------- */

static uint64_t round_up(uint64_t size)
{
    return (size + PAGE - 1) / PAGE * PAGE;
}

static uint64_t lay_out(struct profile_array arrays[PROFILE_ARRAYS])
{
    uint64_t size = round_up(sizeof(struct profile_header));
    for (int i = 0; i < PROFILE_ARRAYS; i++) {
        arrays[i].offset = size;
        arrays[i].size = profile_sizes[i];
        arrays[i].most = most[i];
        size += round_up((uint64_t)profile_sizes[i] * most[i]);
    }
    return size;
}

static char *put_text(char *at, const char *text)
{
    while (*text != '\0') {
        *at++ = *text++;
    }
    *at = '\0';
    return at;
}

static char *put_number(char *at, uint64_t number)
{
    char digits[24];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
    } while ((number /= 10) != 0);
    while (count > 0) {
        *at++ = digits[--count];
    }
    *at = '\0';
    return at;
}

/* What the environment said when the program began: programs write over it. */
static char directory[PROFILE_PATH];
static uint32_t asked_every = EVERY;

bool profile_ask(const char *asked_directory)
{
    const char *text = getenv("LOCKSTEP_PROFILE_EVERY");
    unsigned long every = text != NULL ? strtoul(text, NULL, 10) : EVERY;
    asked_every = every >= 1 && every <= 1 << 20 ? (uint32_t)every : EVERY;
    if (strlen(asked_directory) >= PROFILE_PATH) {
        say("the name is too long: ", asked_directory);
        return false;
    }
    (void)put_text(directory, asked_directory);
    return true;
}

/* A file of a new name: "DIRECTORY/PID", and "DIRECTORY/PID.1" where the process had one
   before it ran another program. */
static int new_file(void)
{
    int file = -1;
    char *end = put_number(put_text(put_text(path, directory), "/"), (uint64_t)getpid());
    for (uint64_t i = 0; i < 1000 && file < 0; i++) {
        if (i > 0) {
            put_number(put_text(end, "."), i);
        }
        file = open_file(path, O_RDWR | O_CREAT | O_EXCL);
        if (file < 0 && errno != EEXIST) {
            return -1;
        }
    }
    return file;
}

static void read_command(char command[PROFILE_COMMAND])
{
    int file = open_file("/proc/self/cmdline", O_RDONLY);
    if (file >= 0) {
        (void)!syscall(SYS_read, file, command, (size_t)PROFILE_COMMAND - 1);
        (void)syscall(SYS_close, file);
    }
}

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static struct profile_header *make(void)
{
    struct profile_array arrays[PROFILE_ARRAYS] = {{0}};
    uint64_t size = lay_out(arrays);
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < size) {
        say("files may not be large enough (ulimit -f) in ", directory);
        return NULL;
    }
    int file = new_file();
    if (file < 0) {
        say("no file can be made in ", directory);
        return NULL;
    }
    void *map = MAP_FAILED;
    if (syscall(SYS_ftruncate, file, size) == 0 &&
        reserve(file, 0, round_up(sizeof(struct profile_header)))) {
        map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    }
    (void)syscall(SYS_close, file);
    if (map == MAP_FAILED) {
        say("no room or no memory for ", path);
        (void)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
        return NULL;
    }
    struct profile_header *header = map;
    memcpy(header->arrays, arrays, sizeof arrays);
    for (int i = 0; i < PROFILE_ARRAYS; i++) {
        profile_arrays[i] = (char *)map + arrays[i].offset;
    }
    header->pid = (uint32_t)getpid();
    header->parent = (uint32_t)getppid();
    header->every = asked_every;
    header->first = header->every > 1 ? FIRST : 0;
    header->started = clock_ns(CLOCK_MONOTONIC);
    header->started_seconds = clock_ns(CLOCK_REALTIME) / 1000000000u;
    header->next_identity = 1;
    header->next_thread = 1;
    read_command(header->command);
    /* A reader that sees it sees all of the above: release. */
    atomic_store_explicit(&header->magic, PROFILE_MAGIC, memory_order_release);
    return header;
}

bool profile_open(void)
{
    int error = errno;
    profile_enter(&opening);
    if (profile_header == NULL && profile_on) {
        profile_header = make();
        if (profile_header == NULL) {
            profile_on = false; /* threads that have seen it come here again */
        }
    }
    bool is_there = profile_header != NULL;
    profile_exit(&opening);
    errno = error;
    return is_there;
}

void profile_leave(void)
{
    struct profile_array arrays[PROFILE_ARRAYS] = {{0}};
    if (profile_header != NULL) {
        (void)munmap(profile_header, lay_out(arrays));
        profile_header = NULL;
    }
    /* A thread that is not there any more may have been in them. */
    atomic_store_explicit(&gate, 0, memory_order_relaxed);
    atomic_store_explicit(&opening, 0, memory_order_relaxed);
}

/* --- items -------------------------------------------------------------------------- */

/* Whether item `index` of an array may be touched, after reserving some more. */
static bool is_reserved(struct profile_array *array, uint32_t index)
{
    /* The memory is there since before the number was written: acquire. */
    if (index < atomic_load_explicit(&array->reserved, memory_order_acquire)) {
        return true;
    }
    int error = errno;
    profile_enter(&gate);
    uint32_t have = atomic_load_explicit(&array->reserved, memory_order_relaxed);
    if (index >= have) {
        /* By its name: programs close descriptors that they do not know. */
        int file = open_file(path, O_RDWR);
        uint32_t want = index + 1 + index / 2 + STEP / array->size;
        want = want < array->most ? want : array->most;
        uint64_t from = (array->offset + (uint64_t)have * array->size) / PAGE * PAGE;
        uint64_t to = round_up(array->offset + (uint64_t)want * array->size);
        if (file >= 0 && reserve(file, from, to - from)) {
            have = want;
            atomic_store_explicit(&array->reserved, have, memory_order_release);
        }
        if (file >= 0) {
            (void)syscall(SYS_close, file);
        }
    }
    profile_exit(&gate);
    errno = error;
    return index < have;
}

uint32_t profile_add(enum profile_array_name name)
{
    struct profile_array *array = &profile_header->arrays[name];
    /* A full one stays full: the count does not go round. Relaxed: a number alone. */
    uint32_t count = atomic_load_explicit(&array->count, memory_order_relaxed);
    while (count < array->most && is_reserved(array, count)) {
        if (atomic_compare_exchange_weak_explicit(&array->count, &count, count + 1,
                                                  memory_order_relaxed,
                                                  memory_order_relaxed)) {
            return count;
        }
    }
    atomic_fetch_add_explicit(&array->lost, 1, memory_order_relaxed);
    return PROFILE_NONE;
}

bool profile_has_room(enum profile_array_name name)
{
    struct profile_array *array = &profile_header->arrays[name];
    bool has = atomic_load_explicit(&array->count, memory_order_relaxed) < array->most;
    if (!has) {
        atomic_fetch_add_explicit(&array->lost, 1, memory_order_relaxed);
    }
    return has;
}

/* SPDX-License-Identifier: MIT */
/*
 * The locks of streams, in programs that take them, or go round them: whatever is printed
 * writes to the stream, under its lock, which is a mutex. In other programs all that is
 * printed takes the lock, and nobody needs to know.
 */
#include "virtual/executions.h"
#include "virtual/ground/places.h"
#include "virtual/library/input.h"
#include "virtual/library/library.h"

bool vm_locks_streams;

struct lock {
    pthread_mutex_t mutex;
    char stream; /* stands for all of it */
};

enum { IN, OUT, ERR, STREAMS };
VM_ALONE static struct lock the_streams[STREAMS];
VM_PLACE(VM_PLACED_STREAMS, the_streams)

void vm_reset_stream_locks(void)
{
    memset(the_streams, 0, sizeof the_streams);
}

static struct lock *lock_of(const FILE *file)
{
    struct lock *lock = vm_input_block(file);
    if (lock == NULL) {
        lock = &the_streams[file == stderr ? ERR : file == stdin ? IN : OUT];
    }
    lock->mutex.__data.__kind = PTHREAD_MUTEX_RECURSIVE;
    return lock;
}

/* What C++'s streams do to the same ones is not known here. */
static bool is_needed(void)
{
    if (vm_locks_streams && vm_has_cxx) {
        vm_left_open |= VM_LEFT_STREAMS;
    }
    return vm_locks_streams && vm_self() != VM_NOBODY;
}

void vm_output_locked(const FILE *file, const void *site)
{
    if (is_needed()) {
        struct vm_call call = {.name = "output", .site = vm_called(site)};
        struct lock *lock = lock_of(file);
        (void)vm_mutex_lock(&lock->mutex, call);
        writes(&lock->stream, 1, site);
        (void)vm_mutex_unlock(&lock->mutex, call);
    }
}

static void use_unlocked(const FILE *file, const void *site)
{
    vm_possible_cancellation_point("output", site);
    if (is_needed()) {
        writes(&lock_of(file)->stream, 1, site);
    }
}

/* --- what the program calls --------------------------------------------------------- */

void __wrap_flockfile(FILE *file)
{
    (void)vm_mutex_lock(&lock_of(file)->mutex, VM_CALL("flockfile"));
}

int __wrap_ftrylockfile(FILE *file)
{
    return vm_mutex_trylock(&lock_of(file)->mutex, VM_CALL("ftrylockfile"));
}

void __wrap_funlockfile(FILE *file)
{
    (void)vm_mutex_unlock(&lock_of(file)->mutex, VM_CALL("funlockfile"));
}

int __wrap_fputs_unlocked(const char *text, FILE *stream)
{
    (void)read_string(text, SITE);
    use_unlocked(stream, SITE);
    return fputs(text, stream);
}

size_t __wrap_fwrite_unlocked(const void *bytes, size_t size, size_t number, FILE *stream)
{
    reads(bytes, size * number, SITE);
    use_unlocked(stream, SITE);
    return fwrite(bytes, size, number, stream);
}

#define PUT(name)                                                                        \
    int __wrap_##name(int character, FILE *stream)                                       \
    {                                                                                    \
        use_unlocked(stream, SITE);                                                      \
        return putc(character, stream);                                                  \
    }
PUT(putc_unlocked)
PUT(fputc_unlocked)

int __wrap_putchar_unlocked(int character)
{
    use_unlocked(stdout, SITE);
    return putchar(character);
}

int __wrap_fflush_unlocked(FILE *stream)
{
    use_unlocked(stream, SITE);
    return fflush(stream);
}

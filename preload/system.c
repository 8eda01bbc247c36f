/* SPDX-License-Identifier: MIT */
/* What the settings come to, and the system's own functions: see preload.h. */
#include "preload/preload.h"

#include <dlfcn.h>
#include <lockstep/check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

struct real real;
enum way way;

/* A program may have a copy of the library beside this one: the objects of the one are
   never the other's. */
void lks_refuse_copies(void)
{
}

/* In one write: other threads may say the same. */
_Noreturn void give_up(const char *what, const char *text)
{
    const char *const parts[] = {"lockstep: ", what, " ", text, "\n"};
    enum { PARTS = sizeof parts / sizeof parts[0] };
    struct iovec line[PARTS];
    for (int i = 0; i < PARTS; i++) {
        line[i] = (struct iovec){(void *)(uintptr_t)parts[i], strlen(parts[i])};
    }
    ssize_t written = writev(STDERR_FILENO, line, PARTS);
    (void)written; /* there is nobody else to tell */
    abort();
}

/*
 * Functions of a program's .preinit_array come even before the C library knows its
 * environment, and so would find no settings. It lies where the process began: behind the
 * number of arguments, these, and a NULL.
 */
/* NOLINTNEXTLINE(bugprone-reserved-identifier) */
extern void *__libc_stack_end;

static void find_environment(void)
{
    if (environ == NULL && __libc_stack_end != NULL) {
        environ = (char **)__libc_stack_end + 1 + *(long *)__libc_stack_end + 1;
    }
}

void begin_now(void)
{
    int error = errno;
    find_environment();
#define FIND(name) real.name = (__typeof__(real.name))dlsym(RTLD_NEXT, #name);
    EACH_SYSTEM_FUNCTION(FIND)
    settings_read();
    profile_start();
    enum way found = WAY_CLASS;
    if (settings.lock == NULL && settings.profile == NULL) {
        found = WAY_SYSTEM;
    } else if (settings.lock != NULL && settings.profile == NULL &&
               strcmp(settings.lock->name, "mutex") == 0) {
        found = WAY_MUTEX;
    }
    mutex_begin();
    cond_begin();
    rwlock_begin();
    semaphore_begin();
    fork_begin();
    way = found;
    errno = error;
}

__attribute__((constructor)) static void at_start(void)
{
    begin();
}

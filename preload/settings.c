/* SPDX-License-Identifier: MIT */
#include "preload/settings.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct settings settings;

static void say(const char *text)
{
    ssize_t written = write(STDERR_FILENO, text, strlen(text));
    (void)written; /* there is nobody else to tell */
}

/* "lockstep: LOCKSTEP_LOCK: 'mcx' is no lock of the catalog" */
static _Noreturn void refuse(const char *variable, const char *value, const char *why)
{
    const char *const parts[] = {"lockstep: ", variable, ": '", value, "' ", why, "\n"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        say(parts[i]);
    }
    _exit(3);
}

/* Returns the variable's value; NULL where it is not set, or nothing. */
static const char *value_of(const char *variable)
{
    const char *value = getenv(variable);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static uint32_t number_of(const char *variable)
{
    const char *value = value_of(variable);
    uint32_t number = 0;
    for (const char *at = value; at != NULL && *at != '\0'; at++) {
        number = *at >= '0' && *at <= '9' ? 10 * number + (uint32_t)(*at - '0')
                                          : SETTINGS_MOST_THREADS + 1;
        if (number > SETTINGS_MOST_THREADS) {
            refuse(variable, value, "is not a number from 1 to 65536");
        }
    }
    if (value != NULL && number == 0) {
        refuse(variable, value, "is not a number from 1 to 65536");
    }
    return number;
}

/* Sets settings.kind from the variable. */
#define READ_CLASS(kind, variable)                                                       \
    do {                                                                                 \
        const char *name = value_of(variable);                                           \
        bool is_ours = name != NULL && strcmp(name, SETTINGS_SYSTEM) != 0;               \
        settings.kind = is_ours ? lks_##kind##_class_find(name) : NULL;                  \
        if (is_ours && settings.kind == NULL) {                                          \
            refuse(variable, name, "is no " #kind " of the catalog");                    \
        }                                                                                \
    } while (0)

void settings_read(void)
{
    settings.threads_at_most = number_of("LOCKSTEP_THREADS_AT_MOST");
    READ_CLASS(lock, "LOCKSTEP_LOCK");
    if (settings.lock != NULL && settings.threads_at_most == 0 &&
        settings_needs_threads(settings.lock)) {
        refuse(
            "LOCKSTEP_LOCK", settings.lock->name,
            "has a place for each thread: LOCKSTEP_THREADS_AT_MOST says how many there "
            "can be");
    }
    READ_CLASS(rwlock, "LOCKSTEP_RWLOCK");
    READ_CLASS(barrier, "LOCKSTEP_BARRIER");
    settings.profile = value_of("LOCKSTEP_PROFILE");
}

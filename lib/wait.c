/* SPDX-License-Identifier: MIT */
/* Waiting: see lockstep/wait.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sched_getaffinity, where there is one */
#endif
#include <errno.h>
#include <lockstep/wait.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Tries of a wait that follow each other without a pause: about as long as it takes a
   cache line to come from another processor. */
enum { EAGER_TRIES = 16 };

/* Tries of a wait before its first yield: with the pauses among them about as long as a
   yield takes, and long enough for a short critical section on a far processor. */
enum { DEFAULT_SPINS = 32 };

/* Tries between one yield and the next, as a part of those before the first: who comes back
   to its processor a moment too early need not wait for its next turn. */
enum { LATER_PART = 4 };

/* Relaxed throughout: the number goes with no other data. */
static _Atomic(unsigned) spins = DEFAULT_SPINS;

/* Pauses that lks_delay has made since the last lks_relax: some of this wait, unless the
   wait has just begun. */
static _Thread_local unsigned delayed __attribute__((tls_model("initial-exec")));

static void pause_processor(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory"); /* `yield` does next to nothing on most cores */
#elif defined(__powerpc64__)
    __asm__ volatile("or 27,27,27" ::: "memory");
#else
    __asm__ volatile("" ::: "memory");
#endif
}

/* The processors that the process may use, as far as the system tells. */
static unsigned allowed_processors(void)
{
#ifdef CPU_COUNT
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
        return (unsigned)CPU_COUNT(&allowed);
    }
#endif
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (unsigned)online : 2;
}

/* Runs before main, when no thread has yet been bound to a processor. */
__attribute__((constructor)) static void set_initial_spins(void)
{
    if (allowed_processors() == 1) {
        lks_set_spins(0);
    }
    const char *text = getenv("LOCKSTEP_SPINS");
    if (text == NULL || text[0] == '\0') {
        return;
    }
    if (strcmp(text, "never") == 0) {
        lks_set_spins(LKS_NEVER_YIELD);
        return;
    }
    char *end;
    errno = 0;
    unsigned long tries = strtoul(text, &end, 10);
    if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 &&
        tries < LKS_NEVER_YIELD) {
        lks_set_spins((unsigned)tries);
        return;
    }
    (void)fprintf(stderr,
                  "lockstep: LOCKSTEP_SPINS=%s is ignored: neither a number from 0 to %u "
                  "nor \"never\"\n",
                  text, LKS_NEVER_YIELD - 1);
}

unsigned lks_spins(void)
{
    return atomic_load_explicit(&spins, memory_order_relaxed);
}

void lks_set_spins(unsigned tries)
{
    atomic_store_explicit(&spins, tries, memory_order_relaxed);
}

unsigned lks_relax(unsigned tries)
{
    unsigned limit = lks_spins();
    unsigned waited = 1 + (tries > 0 ? delayed : 0);
    delayed = 0;
    if (tries >= limit && limit != LKS_NEVER_YIELD) {
        (void)sched_yield();
        return limit - limit / LATER_PART;
    }
    if (tries >= EAGER_TRIES) {
        pause_processor();
    }
    return tries + waited;
}

void lks_delay(unsigned pauses)
{
    for (unsigned i = 0; i < pauses; i++) {
        pause_processor();
    }
    delayed += pauses;
}

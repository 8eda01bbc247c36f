/* SPDX-License-Identifier: MIT */
/*
 * What an instrument must supply: all that the virtual multiprocessor calls of the tool
 * that is linked with it. lockcheck and locksim are two of them.
 *
 * All of these are called on a processor's stack, with vm_self() the processor, unless
 * they say otherwise. `site` is a place in the program, as in struct vm_operation.
 */
#ifndef LOCKSTEP_VIRTUAL_INSTRUMENT_H
#define LOCKSTEP_VIRTUAL_INSTRUMENT_H

#include "virtual/virtual.h"

/* Does an atomic operation. Returns the value it read (a store: anything). */
uint64_t instrument_atomic(const struct vm_operation *operation);

/* The same with two words. Returns whether they were as expected. */
bool instrument_swap_pair(struct vm_pair *pair);

/* Does a fence between threads. */
void instrument_fence(enum vm_fence fence, enum vm_order order, const void *site);

/* Announces a plain access to `size` bytes that the program makes itself when this
   returns; or a change, which may be to more than these bytes. */
enum vm_plain { VM_PLAIN_READ, VM_PLAIN_STORE, VM_PLAIN_CHANGE };
void instrument_plain(void *address, size_t size, enum vm_plain what, const void *site);

/* A try of an lks_await has failed, or one of a wait of a thread library: nothing changes
   for the caller until something that the try has read does. Returns when it is worth
   trying again. */
void instrument_await_failed(const void *site);

/* Before the program goes on it wants all other threads to wait for what another one
   does, or to have ended; or that thread, by the number of its creation, to wait as one
   did then: false if it does not come to that. */
void instrument_others_wait(const void *site);
bool instrument_waits(unsigned thread, const void *site);

/* The program says that it is not interested in executions that have come here; does not
   return. */
_Noreturn void instrument_not_wanted(const void *site);

/* The program gives its processor away or pauses; without time, or sleeps: no more than a
   hint. */
void instrument_yield(const void *site);

/* Whether there is time: all that happens has one order, and a clock goes on with it. An
   instrument that explores all orders has none, and the three functions below are then
   not called: each thread has a clock of its own (threads/clock.c). */
bool instrument_has_time(void);

/* Nanoseconds since the program began, as the running processor sees them. To look may
   take some. */
uint64_t instrument_now(void);

/* Lets time pass. */
void instrument_sleep(uint64_t nanoseconds, const void *site);

/* instrument_await_failed that ends at the latest when instrument_now() is `limit`.
   Returns whether it is earlier. */
bool instrument_await_failed_until(uint64_t limit, const void *site);

/* Something of the thread's own has changed that it can see and that no access shows: its
   clock, its random numbers. */
void instrument_effect(void);

/* The program wants to wait for that many pauses of a processor. */
void instrument_delay(unsigned pauses, const void *site);

/* A mutex is tried, not waited for: by a call that takes several `together`, or else. */
void instrument_tries_mutex(bool together);

/* Picks one of 0…count-1 where the program leaves it open (which waiter to wake; whether
   a time is out). `what` names the choice. */
unsigned instrument_choose(unsigned count, const char *what, const void *site);

/* Whether a wait returns here although what it waits for has not come. Asked before each
   wait that may do so; an instrument that tries it says yes once in an execution. */
enum vm_early {
    VM_SPURIOUS,    /* for no reason: condition variables and futexes */
    VM_INTERRUPTED, /* with EINTR, as when a signal was handled: semaphores */
};
bool instrument_returns_early(enum vm_early why, const char *name, const void *site);

/* For those who tell of it: a call of a thread library that is made of several operations
   begins; and it returns, with a word for what came of it, or with the processors that it
   has woken (a bit each), or NULL. */
struct vm_whole_call {
    const char *name;
    const void *object, *mutex; /* that it is made with; a mutex, or NULL */
    const uint32_t *expects;    /* a value of the object, or NULL */
};
void instrument_call_begins(const struct vm_whole_call *call);
void instrument_call_returns(const char *result, const uint64_t *woken);

/* Starts a thread that runs body(argument). Returns its processor: `again`, that of a
   thread which has been joined, if it can be had (VM_NOBODY: any), or one of its own,
   never that of another thread which is still there. The caller is done with everything
   that the new thread may look at. Threads of one `kind` run the same function of the
   program with the same argument. */
unsigned instrument_create(void (*body)(void *), void *argument, unsigned kind, int again,
                           const void *site);

/* Waits for the thread of `processor` to end. */
void instrument_join(unsigned processor, const void *site);

/* The result of a thread that has ended is looked at. */
void instrument_look_at_result(unsigned processor);

/* The running thread is told which one it is: its number, or what follows from that. */
void instrument_know_oneself(void);

/* Tells how many events of each of the first so many threads happen before this point. An
   instrument that does not know, or not of all, refuses. */
void instrument_view(unsigned *events, unsigned threads, const void *site);

/* The body of the running thread has returned, or the thread is over otherwise; does not
   return. */
_Noreturn void instrument_exit(void);

/* The program ends, by exit, by main's return, or by its like; does not return. */
_Noreturn void instrument_end(int status, const void *site);

/* The heap gives these bytes to the program, or takes them back. */
uint64_t instrument_allocate(void *address, size_t size, const void *site);
void instrument_free(void *address, size_t size, const void *site);

/* A function of the program returns: these bytes were its own. */
void instrument_frame_ends(void *address, size_t size, const void *site);

/* The program is wrong, here and now: `kind` is one of the words of virtual.h, the rest
   says it in one line. Does not return. May be called on a signal stack (VM_CRASH). */
_Noreturn void instrument_wrong(const char *kind, const void *site, const char *format,
                                ...) __attribute__((format(printf, 3, 4)));

/* An access is given an order that C does not allow, such as a store that is to acquire:
   false to end as wrong, true to go on as compilers do, without what it cannot do. */
bool instrument_takes_order(void);

/* The program does what cannot be checked or simulated (a real system call, a 128-bit
   atomic): one line that says what, and what would be right. Does not return. */
_Noreturn void instrument_refuse(const void *site, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif

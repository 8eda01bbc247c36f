/* SPDX-License-Identifier: MIT */
/*
 * The virtual multiprocessor: unmodified C and C++ programs on processors of our own.
 *
 * gcc and clang with -fsanitize=thread put a call before every access to shared memory.
 * Such an object, linked without the sanitizer's runtime, runs here instead: entries.c is
 * what it calls, threads.c and its neighbours are the thread libraries, fiber.c the
 * processors. All of them hand what the program does to the instrument that is linked on
 * top (the functions instrument_…), which decides what an access returns and who runs.
 *
 *      the program       __tsan_…, pthread_…, malloc, …
 *      virtual/      one processor a thread: fibers, heap, thread libraries
 *      the instrument    lockcheck: what the memory model allows; locksim: what it costs
 *
 * One operating system thread runs all of it. The instrument calls vm_run(p) to let
 * processor p go on; p runs until an instrument_… function, called on p's own stack,
 * calls vm_pause().
 */
#ifndef LOCKSTEP_VIRTUAL_H
#define LOCKSTEP_VIRTUAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    VM_PROCESSORS = 1024, /* at most; an instrument may allow fewer */
    VM_NOBODY = -1,       /* vm_self() outside of all processors */
};

/* --- what a program does ------------------------------------------------------------ */

/* Memory orders, by the numbers that the compilers pass. */
enum vm_order {
    VM_RELAXED,
    VM_CONSUME,
    VM_ACQUIRE,
    VM_RELEASE,
    VM_ACQ_REL,
    VM_SEQ_CST,
};

enum vm_kind {
    VM_LOAD,
    VM_STORE,
    VM_EXCHANGE,
    VM_ADD,
    VM_SUB,
    VM_AND,
    VM_OR,
    VM_XOR,
    VM_NAND,
    VM_CAS,      /* compare-and-swap that fails only when the values differ */
    VM_CAS_WEAK, /* one that may fail without cause */
};

/* Fences between threads; the latter two are the halves of an asymmetric one. */
enum vm_fence {
    VM_FULL_FENCE,
    VM_LIGHT_FENCE, /* atomic_signal_fence: one that only heavy ones are ordered with */
    VM_HEAVY_FENCE, /* a membarrier: a full fence, also for light ones */
    VM_FENCES,
};

/* One atomic operation. Values are zero-extended to 64 bits. */
struct vm_operation {
    enum vm_kind kind;
    enum vm_order order;
    enum vm_order failure; /* of a compare-and-swap that fails */
    bool maybe_weak;       /* a VM_CAS that the compiler does not tell from a weak one */
    unsigned size;         /* in bytes: 1, 2, 4 or 8 */
    void *address;         /* a multiple of size */
    uint64_t operand;      /* to store, add, …; of a compare-and-swap, the new value */
    uint64_t expected;     /* of a compare-and-swap */
    const char *name;      /* what a thread library does here ("pthread_mutex_lock"), or
                              NULL for an operation of the program's own */
    const void *site;      /* where in the program: the address after the call */
};

/* Tells whether an operation that reads `old` writes, and if so what. */
bool vm_writes(const struct vm_operation *operation, uint64_t old, uint64_t *value);

/* --- what the instrument must supply ------------------------------------------------ */

/*
 * All of these are called on a processor's stack, with vm_self() the processor, unless
 * they say otherwise. `site` is a place in the program, as in struct vm_operation.
 */

/* Does an atomic operation. Returns the value it read (a store: anything). */
uint64_t instrument_atomic(const struct vm_operation *operation);

/* Does a fence between threads. */
void instrument_fence(enum vm_fence fence, enum vm_order order, const void *site);

/* Announces a plain access to `size` bytes that the program makes itself when this
   returns. */
void instrument_plain(void *address, size_t size, bool write, const void *site);

/* A try of an lks_await has failed, or one of a wait of a thread library: nothing changes
   for the caller until something that the try has read does. Returns when it is worth
   trying again. */
void instrument_await_failed(const void *site);

/* The program says that it is not interested in executions that have come here; does not
   return. */
_Noreturn void instrument_not_wanted(const void *site);

/* The program gives its processor away or pauses; without time, or sleeps: no more than a
   hint. */
void instrument_yield(const void *site);

/* Whether there is time: all that happens has one order, and a clock goes on with it. An
   instrument that explores all orders has none, and the three functions below are then
   not called: each thread has a clock of its own (clock.c). */
bool instrument_has_time(void);

/* Nanoseconds since the program began, as the running processor sees them. */
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

/* Picks one of 0…count-1 where the program leaves it open (which waiter to wake; whether
   a time is out). `what` names the choice. */
unsigned instrument_choose(unsigned count, const char *what, const void *site);

/* Starts a thread that runs body(argument). Returns its processor (never that of another
   thread of the same execution). The caller is done with everything that the new thread
   may look at. */
unsigned instrument_create(void (*body)(void *), void *argument, const void *site);

/* Waits for the thread of `processor` to end. */
void instrument_join(unsigned processor, const void *site);

/* The body of the running thread has returned, or the thread is over otherwise; does not
   return. */
_Noreturn void instrument_exit(void);

/* The program ends, by exit, by main's return, or by its like; does not return. */
_Noreturn void instrument_end(int status, const void *site);

/* The heap gives these bytes to the program, or takes them back. */
void instrument_allocate(void *address, size_t size, const void *site);
void instrument_free(void *address, size_t size, const void *site);

/*
 * The program is wrong, here and now: `kind` is one of the words below, the rest says it
 * in one line. Does not return. May be called on a signal stack (VM_CRASH).
 */
#define VM_ASSERTION      "assertion"      /* assert */
#define VM_ABORT          "abort"          /* abort, std::terminate */
#define VM_CRASH          "crash"          /* invalid access, division by zero, … */
#define VM_DOUBLE_FREE    "double free"    /* also of what malloc did not give */
#define VM_USE_AFTER_FREE "use after free" /* of a block of the heap */
#define VM_OUT_OF_BOUNDS  "out of bounds"  /* of a block of the heap */
#define VM_MISUSE         "misuse"         /* of a thread library (unlock without lock) */
#define VM_STATUS         "exit status"    /* the program itself says that it failed */
_Noreturn void instrument_wrong(const char *kind, const void *site, const char *format,
                                ...) __attribute__((format(printf, 3, 4)));

/* The program does what cannot be checked or simulated (a real system call, a 128-bit
   atomic): one line that says what, and what would be right. Does not return. */
_Noreturn void instrument_refuse(const void *site, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* --- processors (fiber.c) ----------------------------------------------------------- */

/* The running processor, or VM_NOBODY. */
extern int vm_running;
static inline int vm_self(void)
{
    return vm_running;
}

/* Makes `processor` ready to run body(argument) from its beginning, on an empty stack.
   The body must not return: it ends in instrument_exit. */
void vm_spawn(unsigned processor, void (*body)(void *), void *argument);

/* From outside of all processors: lets one go on until it pauses. */
void vm_run(unsigned processor);

/* From a processor: back to whoever called vm_run. */
void vm_pause(void);

/* From a processor that must not go on: vm_pause for good. */
_Noreturn void vm_stop(void);

/* The bytes of a processor's stack: from `low` (a guard page lies below) to `high`. */
struct vm_stack {
    unsigned char *low, *high;
};
struct vm_stack vm_stack(unsigned processor);

/*
 * Where the program was when it last called an atomic operation (the stubs in entries.c
 * write it): the registers that a call preserves, and the stack pointer before the call.
 * With the stack from there up, this is all of the thread's own state. Only for x86-64
 * and aarch64; elsewhere `stack` stays NULL.
 */
struct vm_registers {
    uintptr_t saved[12];
    unsigned char *stack;
    const void *call; /* where it goes on: a site may be further out, this is not */
};
extern struct vm_registers vm_registers;

/* --- running a program (program.c, threads.c, memory.c) ----------------------------- */

/* Everything that virtual/ keeps goes back to how it was before the first execution:
   heap, threads, thread-local data, the program's variables. From outside of all
   processors. */
void vm_reset(void);

/* What vm_reset calls, each in its own file. */
void vm_reset_memory(void);  /* memory.c: the heap is empty again */
void vm_reset_threads(void); /* threads.c: keys, thread-local data, return values */
void vm_reset_program(void); /* program.c: variables as they were after loading */

/* The memory itself, whoever runs: `size` is 1, 2, 4 or 8. */
uint64_t vm_peek(const void *address, unsigned size);
void vm_poke(void *address, unsigned size, uint64_t value);

/* An instrument sets it when a VM_CAS_WEAK is to fail although the values agree. */
extern bool vm_failed_spuriously;

/* The calls that a processor is in, from its thread's body inward: where each was
   made. */
enum { VM_CALLS = 64 };
struct vm_calls {
    unsigned depth; /* may be more than VM_CALLS: the innermost are then not known */
    const void *sites[VM_CALLS];
};
extern struct vm_calls vm_calls[VM_PROCESSORS];
void vm_calls_reset(unsigned processor);

/* Whether the program finds a kernel that has membarrier(2). To be set before it is
   loaded: its constructors may ask. */
extern bool vm_has_membarrier;

/* The number of processors that a program is told there are: 4, unless an instrument says
   otherwise. */
extern unsigned vm_pretended_processors;

/* Bytes that are part of the program's state, saved now and put back by vm_reset. */
void vm_keep(void *address, size_t size);

/* The operations that thread libraries are made of: as the program's own, but named. */
uint64_t vm_atomic(enum vm_kind kind, void *address, unsigned size, uint64_t operand,
                   enum vm_order order, const char *name, const void *site);
bool vm_compare_and_swap(void *address, unsigned size, uint64_t expected,
                         uint64_t desired, enum vm_order order, const char *name,
                         const void *site);

/* --- the heap (memory.c) ------------------------------------------------------------ */

/* Deterministic: what a thread gets depends on what that thread asked for, and in which
   order, and on nothing else. Freed memory is not given out again in the same execution.
   Outside of all processors (constructors of the program): permanent, part of its
   state. */
void *vm_allocate(size_t size, size_t alignment, bool zeroed, const void *site);
void vm_free(void *address, const void *site);

/* What the heap knows of an address. */
enum vm_block { VM_NOT_HEAP, VM_ALLOCATED, VM_FREED, VM_NO_BLOCK };
struct vm_heap_block {
    unsigned char *start;
    size_t size;
    const void *allocated; /* site */
    const void *freed;     /* site, or NULL */
};
enum vm_block vm_block_of(const void *address, struct vm_heap_block *block);

/* Walks the blocks that are allocated and not freed. */
void vm_each_block(void (*visit)(const struct vm_heap_block *, void *), void *context);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The virtual multiprocessor: unmodified C and C++ programs on processors of our own.
 *
 * gcc and clang with -fsanitize=thread put a call before every access to shared memory.
 * Such an object, linked without the sanitizer's runtime, runs here instead. What it does
 * goes to the instrument, the tool that is linked with us: it decides what an access
 * returns and which processor runs. This header is what the instrument calls;
 * instrument.h is what it must supply, and all that virtual/ knows of it.
 *
 *      the program       calls __tsan_…, pthread_…, malloc, …
 *      virtual/          one processor a thread: fibers, heap, thread libraries
 *      the instrument    lockcheck: what the memory model allows; locksim: what it costs
 *
 * One operating system thread runs all of it. The instrument calls vm_run(p) to let
 * processor p go on; p runs until an instrument_… function, called on p's own stack,
 * calls vm_pause().
 *
 * From the roof down; a file calls only what stands below it:
 *
 *   executions.c   running, and from one execution to the next: what is put back
 *   entries.c      what the compilers call: accesses; allocation.c malloc;
 *                  undefined.c what is undefined
 *   unannounced.c  accesses that the compilers do not announce; assembly_….c inline
 *                  assembly's
 *   threads/       the thread libraries, a file a kind: mutexes.c, futex.c, clock.c, …
 *   library/       printf, scanf, strings, streams, sort: they announce what they touch
 *   program/       build.c compiles a program, with assembly.c, announce.c, inline_….c
 *                  and openmp_atomics.c; outside.c refuses what cannot be run; load.c,
 *                  program.c, output.c, guard.c: loading it, its output, its crashes;
 *                  exit.c, random.c, libc.c: what else differs from run to run elsewhere
 *   state/         what a thread's state is, without what is dead: to recognise waits
 *   names/         lines and names, for reports
 *   ground/        processors, the running thread, operations, the heap, messages
 */
#ifndef LOCKSTEP_VIRTUAL_H
#define LOCKSTEP_VIRTUAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

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
    VM_CAS,       /* compare-and-swap that fails only when the values differ */
    VM_CAS_WEAK,  /* one that may fail without cause */
    VM_ADD_BELOW, /* addition, unless there is `expected` or more: a thread library's */
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
    bool waits;            /* a VM_CAS that takes a lock, and waits for it: see below */
    bool tries_again;      /* … after a try to take it with others: see below */
    bool awaits;           /* a VM_LOAD, all that a try of a wait does */
    unsigned size;         /* in bytes: 1, 2, 4 or 8 */
    unsigned part, shift;  /* if not 0: it is on so many bytes of these, from a bit on */
    void *address;         /* a multiple of size */
    uint64_t operand;      /* to store, add, …; of a compare-and-swap, the new value */
    uint64_t expected;     /* of a compare-and-swap */
    const char *name;      /* what a thread library does here ("pthread_mutex_lock"), or
                              NULL for an operation of the program's own */
    const void *site;      /* where in the program: the address after the call */
};

/*
 * With `waits` the operation may wait until it writes, and if it does not it is tried
 * again. It is for a lock that one thread at a time holds, taken by such operations (or
 * by a compare-and-swap that does not wait) and given back by a write of its holder;
 * nothing else writes there but what is ordered with all of these.
 *
 * With `tries_again` too it begins one more try of a call that takes several such locks
 * at once, and gives back what it has where it finds one taken: that one is waited for
 * here.
 */

/* A compare-and-swap of two words that lie beside each other, sequentially consistent. */
struct vm_pair {
    void *address;     /* a multiple of 16 */
    uint64_t found[2]; /* at first: what is expected */
    uint64_t value[2];
    const void *site;
};

/* Whether an operation that reads `old` writes, and if so what. */
bool vm_writes(const struct vm_operation *operation, uint64_t old, uint64_t *value);

/* What an operation has read of such a value: all of it, or its part. */
static inline uint64_t vm_part(const struct vm_operation *operation, uint64_t value)
{
    return operation->part == 0
               ? value
               : value >> operation->shift & ((UINT64_C(1) << operation->part * 8) - 1);
}

/* The ways in which a program is wrong, but for those that an instrument finds. */
#define VM_ASSERTION      "assertion"      /* assert */
#define VM_ABORT          "abort"          /* abort, std::terminate */
#define VM_CRASH          "crash"          /* invalid access, division by zero, … */
#define VM_DOUBLE_FREE    "double free"    /* also of what malloc did not give */
#define VM_USE_AFTER_FREE "use after free" /* of a block of the heap */
#define VM_OUT_OF_BOUNDS  "out of bounds"  /* of a block of the heap */
#define VM_MISUSE         "misuse"         /* of a thread library (unlock without lock) */
#define VM_STATUS         "exit status"    /* the program itself says that it failed */

/* --- the tool (ground/messages.c) --------------------------------------------------- */

/* Its name, which messages begin with, and what it does to programs: its main sets them
   ("lockcheck", "checked"). */
extern const char *vm_tool, *vm_purpose;

/* Our own standard output and standard error, once those of the process may belong to the
   program (vm_output_ours); NULL before that. */
extern FILE *vm_out, *vm_err;

/* Ends the process, without the destructors of a program that was loaded. */
_Noreturn void vm_quit(int status);

/* --- processors (ground/fiber.c) ---------------------------------------------------- */

/* The running processor, or VM_NOBODY. */
extern int vm_running;
static inline int vm_self(void)
{
    return vm_running;
}

/* The instrument need not hear of the next `left` plain accesses of the running processor
   that begin within these bytes: it says so, and takes it back. */
extern struct vm_unheard {
    uintptr_t from;
    size_t size;
    unsigned left;
} vm_unheard;

/* Makes `processor` ready to run body(argument) from its beginning, on an empty stack.
   The body must not return: it ends in instrument_exit. */
void vm_spawn(unsigned processor, void (*body)(void *), void *argument);

/* From a processor: back to the caller of vm_run. */
void vm_pause(void);

/* From a processor that must not go on: vm_pause for good. */
_Noreturn void vm_stop(void);

/*
 * A moment of the running processor: its stack as it is and where it stands. To go back
 * to it undoes what the processor has done since on its own stack, and nothing else.
 *
 * vm_moment_take returns false; and true each time that vm_moment_return goes back there.
 * Only where registers are noted (x86-64 and aarch64).
 */

struct vm_moment {
    unsigned char *bytes, *stack_pointer; /* a copy of what lies from there up */
    size_t size, room;
    struct vm_calls *calls;
};
extern uint64_t vm_entered; /* times that some processor has gone on */

/* An instrument is only trying what the running processor would do, and goes back to a
   moment then. What the processor does beyond its own stack is not undone: whoever is
   about to do so calls instrument_effect. */
extern bool vm_rehearsing;

bool vm_moment_take(struct vm_moment *moment);
_Noreturn void vm_moment_return(const struct vm_moment *moment);

/* The bytes of a processor's stack: from `low` (a guard page lies below) to `high`. */
enum { VM_STACK_BYTES = 8 << 20 };
struct vm_stack {
    unsigned char *low, *high;
};
struct vm_stack vm_stack(unsigned processor);

/* Where all of them are; size 0 as long as there are none. */
extern uintptr_t vm_stacks, vm_stacks_size;

/* The processor on whose stack an address lies, or VM_NOBODY. */
int vm_owner_among_stacks(const void *address);
static inline int vm_stack_owner(const void *address)
{
    return (uintptr_t)address - vm_stacks < vm_stacks_size
               ? vm_owner_among_stacks(address)
               : VM_NOBODY;
}

/* The calls that a processor is in, from its thread's body inward: where each was made,
   and where the frame of what was called ends, below, and begins (NULL: not known, or
   not fixed). */
enum { VM_CALLS = 64 };
struct vm_calls {
    unsigned depth; /* may be more than VM_CALLS: the innermost are then not known */
    const void *sites[VM_CALLS];
    unsigned char *frames[VM_CALLS], *beginnings[VM_CALLS];
    uint32_t began[VM_CALLS]; /* after so many events of the processor (vm_events) */
    unsigned char *top;       /* of the program's part of the stack: above it is ours */
};
extern struct vm_calls vm_calls[VM_PROCESSORS];

/* In a function that is not inlined, and calls the first one of the program's: what lies
   below its frame is the program's part of the stack. */
#define VM_PROGRAM_BEGINS() (vm_calls[vm_self()].top = __builtin_frame_address(0))

/* How many events each processor has had, for a tool that counts them; or NULL. */
extern const uint32_t *vm_events;

/* Whether an address in a frame of a processor's is one of a block's variable, and its
   function, which has made a call or is at `site` (NULL: not known), is not in that block
   (x86-64; names/local.c). */
bool vm_is_left_block(unsigned processor, const void *address, const void *site);
extern bool vm_blocks_known; /* the program was compiled so that this can be told */

/* What was not so: a place in a frame whose function is there. */
enum { VM_USED_RIGHT = 4096 };
extern struct vm_used_right {
    const void *code;
    ptrdiff_t place;
} vm_used_right[VM_USED_RIGHT];
static inline struct vm_used_right *vm_find_used(const void *code, ptrdiff_t place)
{
    return &vm_used_right[((uintptr_t)code + (uintptr_t)place * 5) % VM_USED_RIGHT];
}
static inline bool vm_is_used_right(const unsigned char *address, const void *site)
{
    const struct vm_calls *calls = &vm_calls[vm_running];
    unsigned i = calls->depth - 1;
    if (i >= VM_CALLS) {
        return false;
    }
    for (; i > 0 && address >= calls->beginnings[i]; i--) {
        site = calls->sites[i];
    }
    ptrdiff_t place = calls->beginnings[i] - address;
    const struct vm_used_right *known = vm_find_used(site, place);
    return known->code == site && known->place == place;
}

/* Whether no frame lies between those: false if a function that nobody announces lends
   its variables. */
extern bool vm_frames_known;

/* Whether the program asks for the floating-point environment or sets it: each thread
   has its own. */
extern bool vm_floating;

/* --- operations (ground/operations.c) ----------------------------------------------- */

/*
 * Where the program was when it last called an atomic operation (VM_NOTED writes it, in
 * ground/operations.h): the registers that a call preserves, and the stack pointer before
 * the call. With the stack from there up, this is all of the thread's own state. Only for
 * x86-64 and aarch64; elsewhere `stack` stays NULL.
 */
struct vm_registers {
    uintptr_t saved[12];
    unsigned char *stack;
    const void *call; /* where it goes on: a site may be further out, this is not */
};
extern struct vm_registers vm_registers;

/* The memory itself, whichever processor runs: `size` is 1, 2, 4 or 8. */
uint64_t vm_peek(const void *address, unsigned size);

/* The same, 0 where there is no memory (guard.c). */
uint64_t vm_look(const void *address, unsigned size);

/* An access to this address, `what` ("a write"), is wrong: says so if it is what a
   pointer that was not initialised would hold; else returns. */
void vm_tell_if_uninitialised(uintptr_t address, const char *what, const void *site);

/* The same of an access that vm_may_access does not allow; does not return. */
_Noreturn void vm_tell_no_memory(const void *address, bool write, const void *site);

void vm_poke(void *address, unsigned size, uint64_t value);
bool vm_swap_natively(struct vm_pair *pair);

/* An instrument sets it when a VM_CAS_WEAK is to fail although the values agree. */
extern bool vm_failed_spuriously;

/* --- executions (executions.c) ------------------------------------------------------ */

/* From outside of all processors: lets one go on until it pauses. */
void vm_run(unsigned processor);

/* Everything that virtual/ keeps goes back to how it was before the first execution:
   heap, threads, thread-local data, the program's variables. From outside of all
   processors. */
void vm_reset(void);

/* Bytes that are part of the program's state, saved now and put back by vm_reset. */
void vm_keep(void *address, size_t size);

/* --- what the program is told ------------------------------------------------------- */

/* Whether it finds a kernel that has membarrier(2). To be set before it is loaded: its
   constructors may ask. */
extern bool vm_has_membarrier;

/* How many processors there are: 4, unless an instrument says otherwise. */
extern unsigned vm_pretended_processors;

/* What the random numbers of all threads begin with (program/random.c); 0 at first. */
extern uint64_t vm_seed;

/* Whether a thread reads or writes with a readers-writer lock of pthreads at that address
   (threads/rwlocks.c). */
bool vm_has_rwlock(unsigned processor, const void *lock);

/* What a thread library of ours calls an address of what it keeps for programs, or NULL;
   or no function. */
extern const char *(*vm_runtime_name)(const void *address);

/* How many threads an OpenMP team has where nothing says otherwise: 2, unless an
   instrument does (threads/openmp.c). */
extern unsigned vm_openmp_threads;

/* What any execution of this process has left open: the size of an OpenMP team; tasks, as
   threads; signals that are handled and never come; numbers of which two were tried;
   that it has come to what is not wanted; streams of C++ beside those without locks. */
enum {
    VM_OPENMP_SIZE = 1,
    VM_OPENMP_TASKS = 2,
    VM_LEFT_SIGNALS = 4,
    VM_LEFT_NUMBERS = 8,
    VM_LEFT_UNWANTED = 16,
    VM_LEFT_STREAMS = 32
};
extern unsigned vm_left_open;

/* What a verdict on a program with OpenMP is for, in words: ", …", or nothing. */
const char *vm_openmp_said(void);

/* The processor that an address belongs to because of what it is: on its stack, of its
   heap, of its thread-local data, or of what is kept for it here; and its place there, a
   number below 2^42 that is the same for the same things of another one. Otherwise
   VM_NOBODY. */
int vm_owner(const void *address, size_t *place); /* executions.c */

/* --- addresses (ground/reserve.c) --------------------------------------------------- */

/* Address space, the same in each process where that can be had: what a program computes
   from its addresses is then the same. NULL when there is not so much. */
enum vm_area { VM_HEAP, VM_STACKS, VM_THREAD_LOCALS, VM_INSTRUMENT, VM_TEAMS };
void *vm_reserve(enum vm_area area, size_t size, int protection);

/* Whether there are nested functions: gcc puts code onto the stack for them. */
extern bool vm_stacks_run;

/* How many processors there can be: an instrument that has less needs less of that. To be
   set before anything runs. */
extern unsigned vm_most_processors;

/* --- the heap (ground/heap.c) ------------------------------------------------------- */

/* Deterministic: what a thread gets depends on what that thread asked for, and in which
   order, and on nothing else. Freed memory is not given out again in the same execution.
   Outside of all processors (constructors of the program): permanent, part of its
   state. */
void *vm_allocate(size_t size, size_t alignment, bool zeroed, const void *site);
void vm_free(void *address, const void *site);

/* The same for C++'s operators: what one has given only its like takes back; of that
   size, if it is not VM_ANY_SIZE. */
#define VM_ANY_SIZE SIZE_MAX
enum vm_origin { VM_OF_MALLOC, VM_OF_NEW, VM_OF_NEW_ARRAY };
void vm_set_origin(void *address, enum vm_origin origin);
void vm_free_as(void *address, enum vm_origin origin, size_t size, const void *site);

/* So many bytes of a block of that place and size are used; nothing if there is none. */
void vm_use_block(const void *address, size_t size, size_t used);

/* Some of the program's operators are its own: what gave what is not known. */
extern bool vm_origins_mixed;

/* The bytes that each thread may have; what it has itself freed does not count. An
   instrument sets it; at first there is no limit. Beyond it vm_allocate returns NULL, and
   notes that it has done so. */
extern size_t vm_heap_limit;
extern bool vm_heap_was_full;

/* What the heap knows of an address. */
enum vm_block { VM_NOT_HEAP, VM_ALLOCATED, VM_FREED, VM_NO_BLOCK };
struct vm_heap_block {
    unsigned char *start;
    size_t size;
    size_t used; /* of these, the first so many: a vector has no more elements */
    const void *allocated; /* site */
    const void *freed;     /* site, or NULL */
    uint64_t mark;         /* the instrument's: what instrument_allocate returned, or 0 */
    enum vm_origin origin;
};
enum vm_block vm_block_of(const void *address, struct vm_heap_block *block);

/* Ends as wrong: an access that is not all within a block that is there. */
_Noreturn void vm_tell_block(enum vm_block found, const struct vm_heap_block *block,
                             bool write, const void *site);

/* Where the heap is; size 0 as long as there is none. */
extern uintptr_t vm_heap, vm_heap_size;

/* The one that vm_block_of found last, or NULL: most often it is the next one's, too. */
extern const struct vm_heap_block *vm_latest_block;

/* Walks the blocks that are allocated and not freed. */
void vm_each_block(void (*visit)(const struct vm_heap_block *, void *), void *context);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What the thread libraries share: pthreads, C11's threads and C++'s are thin over the
 * functions here.
 *
 * The linker's --wrap turns the program's pthread_mutex_lock into
 * __wrap_pthread_mutex_lock (symbols.list names all that are turned). Whatever blocks is
 * made of atomic operations on the program's own object and of instrument_await_failed
 * after each try that failed, so an instrument needs to know of nothing but atomic
 * operations. What an object keeps for its holder alone (an owner, a count) is read and
 * written natively.
 *
 * Constructors of the program run outside of all processors, as a part of main's thread,
 * which has processor 0.
 */
#ifndef LOCKSTEP_VIRTUAL_THREADS_H
#define LOCKSTEP_VIRTUAL_THREADS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <unwind.h>

#include "virtual/virtual.h"

/* Who calls: the function's name, and where in the program. */
struct vm_call {
    const char *name;
    const void *site;
};
/* In the outermost function, that which the program has called. */
#define VM_CALL(text)                                                                    \
    ((struct vm_call){.name = (text), .site = __builtin_return_address(0)})

/* --- addresses (reserve.c) ---------------------------------------------------------- */

/* Address space, the same in each process where that can be had: what a program computes
   from its addresses is then the same. NULL when there is not so much. */
enum vm_area { VM_HEAP, VM_STACKS, VM_THREAD_LOCALS, VM_INSTRUMENT };
void *vm_reserve(enum vm_area area, size_t size, int protection);

/* --- who calls ---------------------------------------------------------------------- */

/*
 * VM_NOTED(name) makes a function that notes the caller's registers (vm_registers) and
 * goes on, on the same frame, in the C function that is called name_noted. Where a loop
 * may wait for what a function returns, its state is then known.
 */
#if defined(__x86_64__)
#define VM_NOTED(name)                                                                   \
    __asm__(".text\n"                                                                    \
            ".globl " name "\n"                                                          \
            ".type " name ", @function\n" name ":\n"                                     \
            "    endbr64\n"                                                              \
            "    movq %rbx, vm_registers(%rip)\n"                                        \
            "    movq %rbp, vm_registers+8(%rip)\n"                                      \
            "    movq %r12, vm_registers+16(%rip)\n"                                     \
            "    movq %r13, vm_registers+24(%rip)\n"                                     \
            "    movq %r14, vm_registers+32(%rip)\n"                                     \
            "    movq %r15, vm_registers+40(%rip)\n"                                     \
            "    leaq 8(%rsp), %rax\n"                                                   \
            "    movq %rax, vm_registers+96(%rip)\n"                                     \
            "    movq (%rsp), %rax\n"                                                    \
            "    movq %rax, vm_registers+104(%rip)\n"                                    \
            "    jmp " name "_noted\n"                                                   \
            ".size " name ", .-" name "\n");
#elif defined(__aarch64__)
#define VM_NOTED(name)                                                                   \
    __asm__(".text\n"                                                                    \
            ".globl " name "\n"                                                          \
            ".type " name ", %function\n" name ":\n"                                     \
            "    hint #34\n" /* bti c */                                                 \
            "    adrp x16, vm_registers\n"                                               \
            "    add x16, x16, :lo12:vm_registers\n"                                     \
            "    stp x19, x20, [x16, #0]\n"                                              \
            "    stp x21, x22, [x16, #16]\n"                                             \
            "    stp x23, x24, [x16, #32]\n"                                             \
            "    stp x25, x26, [x16, #48]\n"                                             \
            "    stp x27, x28, [x16, #64]\n"                                             \
            "    str x29, [x16, #80]\n"                                                  \
            "    mov x17, sp\n"                                                          \
            "    str x17, [x16, #96]\n"                                                  \
            "    str x30, [x16, #104]\n"                                                 \
            "    b " name "_noted\n"                                                     \
            ".size " name ", .-" name "\n");
#else
#define VM_NOTED(name)                                                                   \
    __asm__(".globl " name "\n"                                                          \
            ".set " name ", " name "_noted\n");
#endif

/* --- operations --------------------------------------------------------------------- */

/* Announces a plain access (outside of all processors: nothing to announce). */
void vm_plain(const void *address, size_t size, bool write, const void *site);

/* memmove and memset, announced; the same for overlapping and other bytes. */
void *vm_copy(void *to, const void *from, size_t size, const void *site);
void *vm_fill(void *to, int byte, size_t size, const void *site);

/* vm_compare_and_swap that returns the value it found, and reads it with `failure` when
   it is not `expected`. */
uint64_t vm_compare(void *address, unsigned size, uint64_t expected, uint64_t desired,
                    enum vm_order order, enum vm_order failure, struct vm_call call);

static inline uint64_t vm_read(void *address, unsigned size, enum vm_order order,
                               struct vm_call call)
{
    return vm_atomic(VM_LOAD, address, size, 0, order, call.name, call.site);
}

static inline void vm_write(void *address, unsigned size, uint64_t value,
                            enum vm_order order, struct vm_call call)
{
    vm_atomic(VM_STORE, address, size, value, order, call.name, call.site);
}

/* A try of a wait has failed. */
void vm_await_failed(struct vm_call call);

/* --- threads (threads.c) ------------------------------------------------------------ */

enum { VM_KEYS = 64, VM_DESTRUCTORS = 64 }; /* a thread */

struct vm_key {
    bool exists;
    void (*destructor)(void *);
};
struct vm_value { /* of thread-specific data */
    pthread_key_t key;
    void *value;
};
struct vm_destructor { /* of a thread_local object */
    void (*function)(void *);
    void *object;
};

/* What belongs to a thread, of all that virtual/ keeps. Each execution begins with
   zeros; main's with what the constructors left. */
struct vm_thread {
    bool started, detached, joined;
    bool has_thread_locals; /* its copy of them is made */
    void *result;
    struct _Unwind_Exception exit; /* pthread_exit, on its way through the stack */

    int error;           /* the program's errno */
    int native_error;    /* libc's, while another thread runs */
    void *exceptions[2]; /* libstdc++'s __cxa_eh_globals, likewise */
    void *callable[2];   /* std::__once_callable and std::__once_call of the program */

    uint64_t slept;  /* nanoseconds that sleeping and running out of time took */
    bool looked;     /* it has looked at the clock */
    uint64_t random; /* state of rand() */
    uint64_t waits;  /* times that it has joined a waiting set … */
    uint64_t woken;  /* … and the word to which the waker writes this number */

    unsigned keys_count, values_count, destructors_count;
    struct vm_key keys[VM_KEYS]; /* those that it has created */
    struct vm_value values[VM_KEYS];
    struct vm_destructor destructors[VM_DESTRUCTORS];
};
extern struct vm_thread vm_threads[VM_PROCESSORS];

/* The number of the running thread; constructors are main's. */
static inline unsigned vm_thread_number(void)
{
    return vm_self() == VM_NOBODY ? 0 : (unsigned)vm_self();
}

static inline struct vm_thread *vm_thread(void)
{
    return &vm_threads[vm_thread_number()];
}

/* Not 0, so that an owner's mark differs from "nobody". */
static inline unsigned vm_thread_mark(void)
{
    return vm_thread_number() + 1;
}

struct vm_start {
    void *(*routine)(void *);   /* either this … */
    int (*c11_routine)(void *); /* … or that */
    void *argument;
    bool detached;
};

pthread_t vm_thread_create(const struct vm_start *start, struct vm_call call);
int vm_thread_join(pthread_t thread, void **result, struct vm_call call);
int vm_thread_detach(pthread_t thread, struct vm_call call);
_Noreturn void vm_thread_exit(void *result);

/* After a program has been loaded and its constructors have run: what they have left is
   from now on part of its state. The next vm_reset or vm_run does it where nobody else
   has. */
void vm_settle(void);
extern bool vm_unsettled;           /* constructors have done something to be kept */
void vm_settle_memory(void);        /* memory.c */
void vm_settle_thread_locals(void); /* thread_local.c */
void vm_settle_exit(void);          /* exit.c */
void vm_settle_cxx(void);           /* cxx.c */
void vm_settle_membarrier(void);    /* membarrier.c */

/* What vm_reset_threads calls. */
void vm_reset_exit(void);       /* exit.c */
void vm_reset_cxx(void);        /* cxx.c */
void vm_reset_futex(void);      /* futex.c */
void vm_reset_waiting(void);    /* lockstep_waits.c */
void vm_reset_crowds(void);     /* waiting_sets.c */
void vm_reset_membarrier(void); /* membarrier.c */

/* --- data of a thread (thread_local.c, keys.c) -------------------------------------- */

/* vm_run calls them on either side: what is one for the whole process, but belongs to a
   thread (errno, exceptions in flight), changes hands. */
void vm_switch_in(unsigned processor);
void vm_switch_out(unsigned processor);

/* Sets the program's errno. */
void vm_set_error(int error);

/* Destroys the running thread's thread_local objects, last made first. */
void vm_destroy_thread_locals(void);

/* Calls the destructors of its thread-specific data. */
void vm_destroy_values(void);

int vm_key_create(pthread_key_t *key, void (*destructor)(void *), struct vm_call call);
void vm_key_delete(pthread_key_t key, struct vm_call call);
void *vm_key_get(pthread_key_t key, struct vm_call call);
int vm_key_set(pthread_key_t key, const void *value, struct vm_call call);

/* --- locks (mutexes.c) -------------------------------------------------------------- */

void vm_mutex_init(pthread_mutex_t *mutex, int kind, struct vm_call call);
void vm_mutex_destroy(pthread_mutex_t *mutex, struct vm_call call);
int vm_mutex_lock(pthread_mutex_t *mutex, struct vm_call call);
int vm_mutex_trylock(pthread_mutex_t *mutex, struct vm_call call);
int vm_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *limit,
                       struct vm_call call);
int vm_mutex_unlock(pthread_mutex_t *mutex, struct vm_call call);

/* --- waiting sets (waiting_sets.c) -------------------------------------------------- */

/*
 * A waiting set is a 64-bit word with a bit for each thread. Whoever takes a thread out
 * of it wakes that thread, by writing the number of its wait to its own word: a waiter
 * reads no more than that, so it is the same to it who else waits. The word's last bit is
 * free for other purposes.
 *
 * Threads whose numbers are too high share the bit VM_CROWD, which may stay when none of
 * them is left; who they are is kept natively, which is only for instruments with time.
 */
#define VM_CROWD (UINT64_C(1) << 62)

struct vm_waiters { /* a bit for each thread */
    uint64_t bits[VM_PROCESSORS / 64];
};

/* The running thread's bit, to be set in the word: it waits from then on. */
uint64_t vm_begin_wait(const uint64_t *word, struct vm_call call);

/* Who waits, when the word has this value. */
struct vm_waiters vm_waiters_of(const uint64_t *word, uint64_t value);
unsigned vm_waiters_count(const struct vm_waiters *waiters);

/* One of those that wait: its number. */
unsigned vm_choose_waiter(const struct vm_waiters *waiters, struct vm_call call);

/* Takes a thread out of a set; false: another has done so. */
bool vm_take_waiter(uint64_t *word, unsigned thread, enum vm_order order,
                    struct vm_call call);

/* For who takes threads out of a set by writing to the word: the value without them; and,
   once it is written, does the same for those of the crowd. Returns how many of them
   others had taken out: these are no longer among `waiters`. */
uint64_t vm_without(uint64_t value, const struct vm_waiters *waiters);
unsigned vm_take_crowd(const uint64_t *word, struct vm_waiters *waiters);

void vm_await_wake(struct vm_call call);
bool vm_await_wake_until(uint64_t limit, struct vm_call call); /* false: not in time */
void vm_wake(unsigned thread, struct vm_call call);
void vm_wake_all(const struct vm_waiters *waiters, struct vm_call call);

/* --- condition variables (conditions.c) --------------------------------------------- */

void vm_condition_init(pthread_cond_t *condition, struct vm_call call);
void vm_condition_destroy(pthread_cond_t *condition, struct vm_call call);
int vm_condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                      struct vm_call call);
int vm_condition_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                           const struct timespec *limit, struct vm_call call);
void vm_condition_signal(pthread_cond_t *condition, struct vm_call call);
void vm_condition_broadcast(pthread_cond_t *condition, struct vm_call call);

/* --- once (once.c) ------------------------------------------------------------------ */

void vm_once(void *word, void (*routine)(void), struct vm_call call);

/* --- futexes (futex.c) -------------------------------------------------------------- */

/* Waits while *address is `expected`. Returns 0, EAGAIN or, with a limit (nanoseconds as
   of vm_now), ETIMEDOUT. */
int vm_futex_wait(uint32_t *address, uint32_t expected, const uint64_t *limit,
                  struct vm_call call);
/* Wakes up to `count`; returns how many. */
unsigned vm_futex_wake(uint32_t *address, unsigned count, struct vm_call call);

/* --- system calls (system_calls.c) -------------------------------------------------- */

/* What a system call returns: 0, or -1 with an errno. */
long vm_result_of(int error);

/* The calls, with the arguments that syscall() got. */
long vm_futex_call(const long *arguments, struct vm_call call);      /* futex.c */
long vm_membarrier_call(const long *arguments, struct vm_call call); /* membarrier.c */

/* --- time (clock.c) ----------------------------------------------------------------- */

/*
 * All clocks show the same instant to a thread, in nanoseconds. With an instrument that
 * has time, it passes by the instrument's clock. Otherwise clocks stand still but for a
 * thread's own sleeping and running out of time: nothing else depends on the thread
 * alone. There, a wait with a limit is one try: that it succeeds later is another
 * execution in which the try comes later, and that it fails is one in which the time is
 * out. Who waits in a set can be woken until it has taken itself out again.
 */
uint64_t vm_now(void);
uint64_t vm_nanoseconds(const struct timespec *time);
void vm_sleep(uint64_t nanoseconds, struct vm_call call);
int vm_time_out(uint64_t limit); /* returns ETIMEDOUT */

/* Whether time passes for the caller: not in constructors of the program. */
static inline bool vm_in_time(void)
{
    return vm_self() != VM_NOBODY && instrument_has_time();
}

/* A try of a wait has failed. Returns whether another one may be made, later; false: the
   time is out, or one try stands for all. */
bool vm_await_failed_until(uint64_t limit, struct vm_call call);

/* --- the end (exit.c) --------------------------------------------------------------- */

/* exit(), and main's return: destructors and handlers of atexit, then instrument_end. */
_Noreturn void vm_exit(int status, const void *site);
void vm_at_exit(void (*plain)(void), void (*function)(void *), void *argument,
                struct vm_call call);

/* --- C++ (cxx.c) -------------------------------------------------------------------- */

/* A symbol of the loaded libstdc++, or NULL. */
void *vm_cxx_symbol(const char *name);

/* Where libstdc++ keeps a thread's exceptions in flight (two words), or NULL. */
extern void **vm_cxx_exceptions;

/* The thread's own copy of a thread-local variable of libstdc++'s that is at `address`.
   */
void *vm_cxx_thread_local(void *address);

/* Gives the thread's callable to libstdc++, which is about to call it. */
void vm_cxx_pass_callable(void);

#endif

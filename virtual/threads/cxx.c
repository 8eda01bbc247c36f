/* SPDX-License-Identifier: MIT */
/*
 * What a C++ program takes from libstdc++ that would start, block or allocate for real.
 * The names are those of the Itanium C++ ABI on a machine whose size_t is unsigned long.
 *
 * Memory is different from the rest: libstdc++ allocates and frees for the program (in
 * std::string, for one), so operator new, delete and the memory of exceptions are defined
 * here under their own names, which stand before libstdc++'s for itself as well.
 */
#include "virtual/executions.h"
#include "virtual/program/program.h"
#include "virtual/threads/clock.h"
#include "virtual/threads/libstdcxx.h"
#include "virtual/threads/threads.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SITE __builtin_return_address(0)

/* Gives a function the symbol that --wrap makes of C++'s. */
#define REPLACES(symbol) __asm__("__wrap_" symbol)

/* For what C++ may take a pointer to: as a member function's, an odd one would mean the
   place of a virtual function. */
#define MEMBER __attribute__((aligned(2)))

/* --- operator new and delete -------------------------------------------------------- */

/* The program's own operators, which the others then come down to; or NULL. */
static struct {
    void *(*new)(size_t);
    void (*delete)(void *);
} own[] = {[VM_OF_NEW] = {NULL, NULL}, [VM_OF_NEW_ARRAY] = {NULL, NULL}};

static void *own_symbol(const char *name)
{
    void *found = vm_symbol(name);
    return found == vm_cxx_symbol(name) ? NULL : found;
}

void vm_settle_operators(void)
{
    *(void **)&own[VM_OF_NEW].new = own_symbol("_Znwm");
    *(void **)&own[VM_OF_NEW].delete = own_symbol("_ZdlPv");
    own[VM_OF_NEW_ARRAY] = own[VM_OF_NEW];
    void *new_array = own_symbol("_Znam"), *delete_array = own_symbol("_ZdaPv");
    if (new_array != NULL) {
        *(void **)&own[VM_OF_NEW_ARRAY].new = new_array;
    }
    if (delete_array != NULL) {
        *(void **)&own[VM_OF_NEW_ARRAY].delete = delete_array;
    }
    vm_origins_mixed = vm_origins_mixed || own[VM_OF_NEW_ARRAY].new != NULL ||
                       own[VM_OF_NEW_ARRAY].delete != NULL;
}

static void deallocate(void *block, enum vm_origin origin, size_t size, const void *site)
{
    if (own[origin].delete != NULL) {
        own[origin].delete(block);
    } else {
        vm_free_as(block, origin, size, site);
    }
}

/* Without a block if there is no memory. */
static void *try_to_allocate(size_t size, size_t alignment, enum vm_origin origin,
                             const void *site)
{
    if (own[origin].new != NULL && alignment == 1) {
        return own[origin].new(size);
    }
    void *block = vm_allocate(size, alignment, false, site);
    if (block != NULL) {
        vm_set_origin(block, origin);
    }
    return block;
}

static void *allocate(size_t size, size_t alignment, enum vm_origin origin,
                      const void *site)
{
    void *block = try_to_allocate(size, alignment, origin, site);
    if (block == NULL) {
        void (*throw_bad_alloc)(void);
        VM_CXX_FUNCTION(throw_bad_alloc, "_ZSt17__throw_bad_allocv");
        throw_bad_alloc();
    }
    return block;
}

#define NEW(symbol, origin)                                                              \
    void *symbol(size_t size)                                                            \
    {                                                                                    \
        return allocate(size, 1, origin, SITE);                                          \
    }                                                                                    \
    void *symbol##St11align_val_t(size_t size, size_t alignment)                         \
    {                                                                                    \
        return allocate(size, alignment, origin, SITE);                                  \
    }                                                                                    \
    void *symbol##RKSt9nothrow_t(size_t size, const void *nothrow)                       \
    {                                                                                    \
        (void)nothrow;                                                                   \
        return try_to_allocate(size, 1, origin, SITE);                                   \
    }                                                                                    \
    void *symbol##St11align_val_tRKSt9nothrow_t(size_t size, size_t alignment,           \
                                                const void *nothrow)                     \
    {                                                                                    \
        (void)nothrow;                                                                   \
        return try_to_allocate(size, alignment, origin, SITE);                           \
    }
NEW(_Znwm, VM_OF_NEW)
NEW(_Znam, VM_OF_NEW_ARRAY)

/* With the size that it is said to have, if it is; no matter what else they are given:
   the alignment. */
#define DELETE(symbol, gives_back, origin)                                               \
    void symbol(void *block)                                                             \
    {                                                                                    \
        gives_back(block, origin, VM_ANY_SIZE, SITE);                                    \
    }
#define DELETE_SIZED(symbol, gives_back, origin)                                         \
    void symbol(void *block, size_t size)                                                \
    {                                                                                    \
        gives_back(block, origin, size, SITE);                                           \
    }
#define DELETES(symbol, origin)                                                          \
    DELETE(symbol, deallocate, origin)                                                   \
    DELETE(symbol##St11align_val_t, vm_free_as, origin)                                  \
    DELETE(symbol##RKSt9nothrow_t, deallocate, origin)                                   \
    DELETE(symbol##St11align_val_tRKSt9nothrow_t, vm_free_as, origin)                    \
    DELETE_SIZED(symbol##m, deallocate, origin)                                          \
    DELETE_SIZED(symbol##mSt11align_val_t, vm_free_as, origin)
DELETES(_ZdlPv, VM_OF_NEW)
DELETES(_ZdaPv, VM_OF_NEW_ARRAY)

void *__cxa_allocate_exception(size_t size)
{
    unsigned char *block =
        allocate(VM_EXCEPTION_HEADER + size, VM_EXCEPTION_HEADER, VM_OF_MALLOC, SITE);
    memset(block, 0, VM_EXCEPTION_HEADER);
    return block + VM_EXCEPTION_HEADER;
}

void __cxa_free_exception(void *exception)
{
    vm_free((unsigned char *)exception - VM_EXCEPTION_HEADER, SITE);
}

/* --- std::thread -------------------------------------------------------------------- */

static _Noreturn void throw_system_error(int error)
{
    void (*throw_error)(int);
    VM_CXX_FUNCTION(throw_error, "_ZSt20__throw_system_errori");
    throw_error(error);
    abort(); /* it does not return */
}

/* A std::thread::_State: an object with virtual functions, destructors first. */
struct state {
    void (*const *functions)(struct state *);
};
enum { DELETE_STATE = 1, RUN_STATE = 2 };

static void *run_state(void *state)
{
    struct state *self = state;
    self->functions[RUN_STATE](self);
    self->functions[DELETE_STATE](self);
    return NULL;
}

/* std::thread::_M_start_thread: takes the state from its unique_ptr. */
void start_thread(pthread_t *thread, struct state **state, void (*unused)(void))
    REPLACES("_ZNSt6thread15_M_start_threadESt10unique_ptrINS_6_StateE"
             "St14default_deleteIS1_EEPFvvE");
void start_thread(pthread_t *thread, struct state **state, void (*unused)(void))
{
    (void)unused;
    struct vm_call call = VM_CALL("std::thread");
    struct vm_start start = {.routine = run_state, .argument = *state};
    *state = NULL;
    /* Before the new thread begins ([thread.thread.constr]). */
    vm_plain(thread, sizeof *thread, true, call.site);
    *thread = vm_thread_create(&start, call);
}

static void finish_thread(pthread_t *thread, int error, struct vm_call call)
{
    if (error != 0) {
        throw_system_error(error);
    }
    vm_plain(thread, sizeof *thread, true, call.site);
    *thread = 0;
}

MEMBER void join_thread(pthread_t *thread) REPLACES("_ZNSt6thread4joinEv");
void join_thread(pthread_t *thread)
{
    struct vm_call call = VM_CALL("std::thread::join");
    vm_plain(thread, sizeof *thread, false, call.site);
    finish_thread(thread, *thread == 0 ? EINVAL : vm_thread_join(*thread, NULL, call),
                  call);
}

MEMBER void detach_thread(pthread_t *thread) REPLACES("_ZNSt6thread6detachEv");
void detach_thread(pthread_t *thread)
{
    struct vm_call call = VM_CALL("std::thread::detach");
    vm_plain(thread, sizeof *thread, false, call.site);
    finish_thread(thread, *thread == 0 ? EINVAL : vm_thread_detach(*thread, call), call);
}

unsigned hardware_concurrency(void) REPLACES("_ZNSt6thread20hardware_concurrencyEv");
unsigned hardware_concurrency(void)
{
    return vm_pretended_processors;
}

/* --- std::condition_variable -------------------------------------------------------- */

struct unique_lock {
    pthread_mutex_t *mutex;
    bool owns;
};

MEMBER void construct_condition(pthread_cond_t *condition)
    REPLACES("_ZNSt18condition_variableC1Ev");
void construct_condition(pthread_cond_t *condition)
{
    vm_condition_init(condition, CLOCK_REALTIME, VM_CALL("std::condition_variable"));
}

MEMBER void destroy_condition(pthread_cond_t *condition)
    REPLACES("_ZNSt18condition_variableD1Ev");
void destroy_condition(pthread_cond_t *condition)
{
    vm_condition_destroy(condition, VM_CALL("std::~condition_variable"));
}

MEMBER void wait_condition(pthread_cond_t *condition, const struct unique_lock *lock)
    REPLACES("_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE");
void wait_condition(pthread_cond_t *condition, const struct unique_lock *lock)
{
    struct vm_call call = VM_CALL("std::condition_variable::wait");
    if (lock->mutex == NULL) {
        instrument_wrong(VM_MISUSE, call.site, "%s with a lock that has no mutex",
                         call.name);
    }
    (void)vm_condition_wait(condition, lock->mutex, call);
}

MEMBER void notify_one(pthread_cond_t *condition)
    REPLACES("_ZNSt18condition_variable10notify_oneEv");
void notify_one(pthread_cond_t *condition)
{
    vm_condition_signal(condition, VM_CALL("std::condition_variable::notify_one"));
}

MEMBER void notify_all(pthread_cond_t *condition)
    REPLACES("_ZNSt18condition_variable10notify_allEv");
void notify_all(pthread_cond_t *condition)
{
    vm_condition_broadcast(condition, VM_CALL("std::condition_variable::notify_all"));
}

/* --- std::counting_semaphore and std::latch ----------------------------------------- */

/* Called by the program, in headers of ours (build.c), before the addition: what lies
   there must be from 0 to `most` then. */
void vm_count_changes(const void *count, ptrdiff_t by, ptrdiff_t most, const char *name)
{
    struct vm_call call = {name, vm_site_in_program(vm_called(SITE))};
    if (by < 0) {
        instrument_wrong(VM_MISUSE, call.site, "%s by %td", name, by);
    }
    if (vm_self() != VM_NOBODY) {
        vm_thread()->count = (struct vm_count){count, most, name};
    }
}

/* --- std::future -------------------------------------------------------------------- */

/* Returns whether it was in time. */
static bool futex_wait_until(uint32_t *address, uint32_t value, bool limited,
                             clockid_t clock, int64_t seconds, int64_t nanoseconds,
                             struct vm_call call)
{
    uint64_t limit =
        vm_instant(clock, &(struct timespec){(time_t)seconds, (long)nanoseconds});
    return vm_futex_wait(address, value, UINT32_MAX, limited ? &limit : NULL, call) !=
           ETIMEDOUT;
}

#define DURATIONS                                                                        \
    "EPjjbNSt6chrono8durationIlSt5ratioILl1ELl1EEEENS2_IlS3_ILl1ELl1000000000EEEE"

bool wait_until(void *base, uint32_t *address, uint32_t value, bool limited,
                int64_t seconds, int64_t nanoseconds)
    REPLACES("_ZNSt28__atomic_futex_unsigned_base19_M_futex_wait_until" DURATIONS);
bool wait_until(void *base, uint32_t *address, uint32_t value, bool limited,
                int64_t seconds, int64_t nanoseconds)
{
    (void)base;
    return futex_wait_until(address, value, limited, CLOCK_REALTIME, seconds, nanoseconds,
                            VM_CALL("std::future::wait"));
}

bool wait_until_steady(void *base, uint32_t *address, uint32_t value, bool limited,
                       int64_t seconds, int64_t nanoseconds)
    REPLACES("_ZNSt28__atomic_futex_unsigned_base26_M_futex_wait_until_steady" DURATIONS);
bool wait_until_steady(void *base, uint32_t *address, uint32_t value, bool limited,
                       int64_t seconds, int64_t nanoseconds)
{
    (void)base;
    return futex_wait_until(address, value, limited, CLOCK_MONOTONIC, seconds,
                            nanoseconds, VM_CALL("std::future::wait"));
}

void notify_futures(uint32_t *address)
    REPLACES("_ZNSt28__atomic_futex_unsigned_base19_M_futex_notify_allEPj");
void notify_futures(uint32_t *address)
{
    (void)vm_futex_wake(address, UINT32_MAX, UINT32_MAX, VM_CALL("std::promise"));
}

/* --- static variables of functions -------------------------------------------------- */

/*
 * Byte 0 of a guard says that the variable is initialised: the program looks at it by
 * itself. Byte 1 is ours: whether a thread initialises it.
 */
enum { NEW, RUNNING, DONE };

int __wrap___cxa_guard_acquire(uint8_t *guard)
{
    struct vm_call call = VM_CALL("initialisation of a static variable");
    for (;;) {
        uint64_t found =
            vm_compare(guard + 1, 1, NEW, RUNNING, VM_ACQUIRE, VM_ACQUIRE, call);
        if (found != RUNNING) {
            return found == NEW;
        }
        vm_await_failed(call);
    }
}

void __wrap___cxa_guard_release(uint8_t *guard)
{
    struct vm_call call = VM_CALL("initialisation of a static variable");
    vm_write(guard, 1, 1, VM_RELEASE, call);
    vm_write(guard + 1, 1, DONE, VM_RELEASE, call);
}

void __wrap___cxa_guard_abort(uint8_t *guard)
{
    struct vm_call call = VM_CALL("initialisation of a static variable");
    vm_write(guard + 1, 1, NEW, VM_RELEASE, call);
}

/* --- time --------------------------------------------------------------------------- */

/* std::chrono's clocks count nanoseconds. */
uint64_t system_clock_now(void) REPLACES("_ZNSt6chrono3_V212system_clock3nowEv");
uint64_t system_clock_now(void)
{
    return vm_clock_now(CLOCK_REALTIME);
}

uint64_t steady_clock_now(void) REPLACES("_ZNSt6chrono3_V212steady_clock3nowEv");
uint64_t steady_clock_now(void)
{
    return vm_clock_now(CLOCK_MONOTONIC);
}

/* std::this_thread::__sleep_for, of builds where the headers do not call nanosleep. */
void sleep_for(int64_t seconds, int64_t nanoseconds)
    REPLACES("_ZNSt11this_thread11__sleep_forENSt6chrono8durationIl"
             "St5ratioILl1ELl1EEEENS1_IlS2_ILl1ELl1000000000EEEE");
void sleep_for(int64_t seconds, int64_t nanoseconds)
{
    vm_sleep(vm_nanoseconds(&(struct timespec){(time_t)seconds, (long)nanoseconds}),
             VM_CALL("std::this_thread::sleep_for"));
}

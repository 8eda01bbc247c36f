/* SPDX-License-Identifier: MIT */
/*
 * What the compilers call for -fsanitize=thread, of gcc and of clang.
 *
 * The interface is the sanitizer's: __tsan_read4(address) before a plain access,
 * __tsan_atomic32_load(address, order) instead of an atomic one. Outside of all
 * processors (constructors of the program) everything is done natively.
 */
#include "virtual/ground/memory.h"
#include "virtual/ground/operations.h"
#include "virtual/ground/seen.h"
#include "virtual/ground/thread.h"
#include "virtual/instrument.h"
#include "virtual/program/program.h"

#include <fenv.h>
#include <inttypes.h>

#define CALLER __builtin_return_address(0)
#define SITE   program_site(CALLER)

/* Where the program is: functions of the C++ library that are compiled into it (an
   atomic's operators) are shown as where the program called them, if it did (and was not
   inlined into them, as a lambda into what starts a thread). */
static inline const void *program_site(const void *site)
{
    if (vm_running != VM_NOBODY && vm_is_library(site)) {
        const struct vm_calls *calls = &vm_calls[vm_running];
        for (unsigned i = calls->depth < VM_CALLS ? calls->depth : VM_CALLS; i-- > 0;) {
            if (!vm_is_library(calls->sites[i])) {
                const void *caller = calls->sites[i];
                return vm_is_ours(caller) ? site : caller;
            }
        }
    }
    return site;
}

const void *vm_site_in_program(const void *site)
{
    return program_site(site);
}

/* `caller`: where in the program, or in what of the library is compiled into it. */
static __attribute__((noinline)) void plain_heard(void *address, size_t size, bool write,
                                                  const void *caller)
{
    if (vm_running == VM_NOBODY) {
        vm_access_outside(address, size, write, caller);
        return;
    }
    bool apart = (uintptr_t)address >= vm_volatile.address + vm_volatile.size ||
                 vm_volatile.address >= (uintptr_t)address + size;
    if (vm_volatile.address != 0 && (!apart || vm_stack_owner(address) != vm_self())) {
        instrument_refuse(program_site(caller),
                          "an access in the middle of another one: that cannot be taken "
                          "as a relaxed atomic");
    }
    bool writes = write; /* for the others: to a stream, not all that writes does */
    bool of_stream = (uintptr_t)address - vm_streams < vm_streams_size;
    if (!of_stream || vm_stream_counts(address, &writes, caller)) {
        instrument_plain(address, size,
                         !writes     ? VM_PLAIN_READ
                         : of_stream ? VM_PLAIN_CHANGE
                                     : VM_PLAIN_STORE,
                         program_site(caller));
        vm_seen_note(address, size, write);
    }
}

/* What the program calls has it inlined; elsewhere VM_STACK_POINTER is a lower one. */
#define INLINED static inline __attribute__((always_inline))

INLINED void *live(const void *address, const void *caller)
{
    vm_check_live(address, VM_STACK_POINTER, caller);
    return (void *)(uintptr_t)address;
}

INLINED void plain(void *address, size_t size, bool write, const void *caller)
{
    (void)live(address, caller);
    if ((uintptr_t)address - vm_unheard.from < vm_unheard.size && vm_unheard.left > 0) {
        vm_unheard.left--;
    } else {
        plain_heard(address, size, write, caller);
    }
}

void vm_plain_of_program(void *address, size_t size, bool write, const void *site)
{
    plain(address, size, write, site);
}

/* --- calls, for reports ------------------------------------------------------------- */

static inline void enter(const void *caller, unsigned char *frame,
                         unsigned char *beginning)
{
    if (vm_running != VM_NOBODY) {
        struct vm_calls *calls = &vm_calls[vm_running];
        if (calls->depth < VM_CALLS) {
            calls->sites[calls->depth] = caller;
            calls->frames[calls->depth] = frame;
            calls->beginnings[calls->depth] = beginning;
            calls->began[calls->depth] = vm_events == NULL ? 0 : vm_events[vm_running];
        }
        calls->depth++;
    }
}

void __tsan_func_entry(const void *caller)
{
    enter(caller, NULL, NULL);
}

#if defined(__x86_64__)
/* In its place where the function's frame does not grow any more (announce.c). */
void vm_seen_entry(const void *caller)
{
    unsigned char **own = __builtin_frame_address(0);
    enter(caller, (unsigned char *)(own + 2), *own + 2 * sizeof(void *));
}
#endif

void __tsan_func_exit(void)
{
    if (vm_running == VM_NOBODY || vm_calls[vm_running].depth == 0) {
        return;
    }
    struct vm_calls *calls = &vm_calls[vm_running];
    unsigned depth = calls->depth;
    bool of_main = depth == 1 && vm_running == 0; /* a thread's end is looked at itself */
    if (vm_frames_known && depth <= VM_CALLS && (depth >= 2 || of_main)) {
        unsigned char *low = calls->frames[depth - 1];
        unsigned char *high = of_main ? calls->top : calls->frames[depth - 2];
        if (low != NULL && low < high) {
            instrument_frame_ends(low, (size_t)(high - low), SITE);
        }
    }
    calls->depth--;
}

/* --- plain accesses ----------------------------------------------------------------- */

#define PLAIN(size)                                                                      \
    void __tsan_read##size(void *address)                                                \
    {                                                                                    \
        plain(address, size, false, CALLER);                                             \
    }                                                                                    \
    void __tsan_write##size(void *address)                                               \
    {                                                                                    \
        plain(address, size, true, CALLER);                                              \
    }                                                                                    \
    void __tsan_read_write##size(void *address)                                          \
    {                                                                                    \
        plain(address, size, false, CALLER);                                             \
        plain(address, size, true, CALLER);                                              \
    }                                                                                    \
    void __tsan_unaligned_read##size(void *address)                                      \
    {                                                                                    \
        plain(address, size, false, CALLER);                                             \
    }                                                                                    \
    void __tsan_unaligned_write##size(void *address)                                     \
    {                                                                                    \
        plain(address, size, true, CALLER);                                              \
    }                                                                                    \
    void __tsan_unaligned_read_write##size(void *address)                                \
    {                                                                                    \
        plain(address, size, false, CALLER);                                             \
        plain(address, size, true, CALLER);                                              \
    }
PLAIN(1)
PLAIN(2)
PLAIN(4)
PLAIN(8)
PLAIN(16)

/* --- volatile accesses -------------------------------------------------------------- */

/*
 * As plain ones, or as relaxed atomics. The program's own instruction comes between the
 * call and one of vm_volatile_done (program/announce.c), and no other thread runs there:
 * the value that a load is to find lies in memory for that long, and what a store has put
 * there is taken away again, and becomes an event.
 */
bool vm_volatile_relaxed, vm_plain_relaxed;

/* Where volatile accesses are. Two may want the same slot: the older one is forgotten. */
enum { VOLATILE_SITES = 1024 };
static const void *volatile_sites[VOLATILE_SITES];

static size_t site_slot(const void *site)
{
    return (uintptr_t)site % VOLATILE_SITES;
}

bool vm_is_volatile(const void *site)
{
    return site != NULL && volatile_sites[site_slot(site)] == site;
}

/* Whether it is not an atomic access that is about to be made. */
static bool volatile_is_plain(void *address, size_t size, bool write, const void *site)
{
    if (vm_running == VM_NOBODY || !vm_volatile_relaxed) {
        volatile_sites[site_slot(program_site(site))] = program_site(site);
        plain(address, size, write, site);
        return true;
    }
    if (size > 8 || (uintptr_t)address % size != 0) {
        instrument_refuse(program_site(site),
                          "an access of %zu bytes%s: it cannot be taken as a "
                          "relaxed atomic",
                          size, size > 8 ? "" : " to an address not a multiple of that");
    }
    return false;
}

static void volatile_open(void *address, size_t size, bool write, const void *site)
{
    vm_volatile = (struct vm_volatile){.address = (uintptr_t)address,
                                       .size = (unsigned)size,
                                       .write = write,
                                       .old = vm_look(address, (unsigned)size),
                                       .site = site};
    vm_seen_note(address, size, write);
}

static void volatile_read(void *address, size_t size, const void *caller)
{
    if (volatile_is_plain(address, size, false, caller)) {
        return;
    }
    const void *site = program_site(caller);
    uint64_t value = vm_perform(&(struct vm_operation){.kind = VM_LOAD,
                                                       .order = VM_RELAXED,
                                                       .size = (unsigned)size,
                                                       .address = address,
                                                       .site = site});
    volatile_open(address, size, false, site);
    if (value != vm_volatile.old) {
        vm_poke(address, (unsigned)size, value);
    }
}

static void volatile_write(void *address, size_t size, const void *caller)
{
    if (!volatile_is_plain(address, size, true, caller)) {
        volatile_open(address, size, true, program_site(caller));
    }
}

void vm_volatile_close(void)
{
    const struct vm_volatile last = vm_volatile;
    void *address = (void *)last.address;
    vm_volatile = (struct vm_volatile){0};
    uint64_t value = vm_peek(address, last.size);
    /* A load that is not made, because nobody looks at its value, does not matter. */
    if (!last.met && (last.write || value != last.old)) {
        instrument_refuse(last.site, "an access that the compiler makes in a way that is "
                                     "not known: it cannot be taken as a relaxed atomic");
    }
    if (value != last.old) {
        vm_poke(address, last.size, last.old);
    }
    if (last.write) {
        vm_perform(&(struct vm_operation){.kind = VM_STORE,
                                          .order = VM_RELAXED,
                                          .size = last.size,
                                          .address = address,
                                          .operand = value,
                                          .site = last.site});
    }
}

#define VOLATILE(name, size)                                                             \
    VM_NOTED("__tsan_" #name "_read" #size)                                              \
    void __tsan_##name##_read##size##_noted(void *address)                               \
    {                                                                                    \
        volatile_read(live(address, CALLER), size, CALLER);                              \
    }                                                                                    \
    VM_NOTED("__tsan_" #name "_write" #size)                                             \
    void __tsan_##name##_write##size##_noted(void *address)                              \
    {                                                                                    \
        volatile_write(live(address, CALLER), size, CALLER);                             \
    }
#define VOLATILES(size)                                                                  \
    VOLATILE(volatile, size)                                                             \
    VOLATILE(unaligned_volatile, size)
VOLATILES(1)
VOLATILES(2)
VOLATILES(4)
VOLATILES(8)
VOLATILES(16)

/* --- more of plain accesses --------------------------------------------------------- */

void __tsan_read_range(void *address, size_t size)
{
    plain(address, size, false, CALLER);
}

void __tsan_write_range(void *address, size_t size)
{
    plain(address, size, true, CALLER);
}

/* The pointer to an object's virtual functions: written by constructors (most often the
   value that it has), read by virtual calls. */
void __tsan_vptr_update(void **address, void *value)
{
    if (*address != value) {
        plain((void *)address, sizeof *address, true, CALLER);
    } else {
        vm_seen_note((void *)address, sizeof *address, true); /* it is written anew */
    }
}

void __tsan_vptr_read(void **address)
{
    plain((void *)address, sizeof *address, false, CALLER);
}

void *__tsan_memcpy(void *to, const void *from, size_t size)
{
    return vm_copy(live(to, CALLER), live(from, CALLER), size, SITE);
}

void *__tsan_memmove(void *to, const void *from, size_t size)
{
    return vm_copy(live(to, CALLER), live(from, CALLER), size, SITE);
}

void *__tsan_memset(void *to, int byte, size_t size)
{
    return vm_fill(live(to, CALLER), byte, size, SITE);
}

void __tsan_init(void)
{
}

void __tsan_ignore_thread_begin(void)
{
}

void __tsan_ignore_thread_end(void)
{
}

/* What programs tell the sanitizer is not believed: the accesses say it all. */
#define ANNOTATION(name)                                                                 \
    void name(void);                                                                     \
    void name(void)                                                                      \
    {                                                                                    \
    }
ANNOTATION(__tsan_acquire)
ANNOTATION(__tsan_release)
ANNOTATION(__tsan_mutex_create)
ANNOTATION(__tsan_mutex_destroy)
ANNOTATION(__tsan_mutex_pre_lock)
ANNOTATION(__tsan_mutex_post_lock)
ANNOTATION(__tsan_mutex_post_unlock)
ANNOTATION(__tsan_mutex_pre_signal)
ANNOTATION(__tsan_mutex_post_signal)
ANNOTATION(__tsan_mutex_pre_divert)
ANNOTATION(__tsan_mutex_post_divert)
ANNOTATION(AnnotateHappensBefore)
ANNOTATION(AnnotateHappensAfter)
ANNOTATION(AnnotateRWLockCreate)
ANNOTATION(AnnotateRWLockCreateStatic)
ANNOTATION(AnnotateRWLockDestroy)
ANNOTATION(AnnotateRWLockAcquired)
ANNOTATION(AnnotateRWLockReleased)
ANNOTATION(AnnotateNewMemory)
ANNOTATION(AnnotateBenignRace)
ANNOTATION(AnnotateBenignRaceSized)
ANNOTATION(AnnotateIgnoreReadsBegin)
ANNOTATION(AnnotateIgnoreReadsEnd)
ANNOTATION(AnnotateIgnoreWritesBegin)
ANNOTATION(AnnotateIgnoreWritesEnd)
ANNOTATION(AnnotateIgnoreSyncBegin)
ANNOTATION(AnnotateIgnoreSyncEnd)
ANNOTATION(AnnotateThreadName)

int __tsan_mutex_pre_unlock(void)
{
    return 0; /* it is unlocked once */
}

/* --- atomic accesses ---------------------------------------------------------------- */

/* clang passes the orders as they are in C; gcc adds bits for its older built-ins. */
static enum vm_order order_of(int order)
{
    order &= 15;
    return order == VM_CONSUME ? VM_ACQUIRE : (enum vm_order)order;
}

/* C has no load that releases, nor a store that acquires; `other` is what it has. */
static enum vm_order order_but(int order, enum vm_order none, enum vm_order other,
                               const char *what, const void *site)
{
    enum vm_order given = order_of(order);
    if (given != none && given != VM_ACQ_REL) {
        return given;
    }
    if (!instrument_takes_order()) {
        instrument_wrong(VM_MISUSE, site, "%s that is to %s", what,
                         given == VM_ACQ_REL  ? "acquire and release"
                         : none == VM_ACQUIRE ? "acquire"
                                              : "release");
    }
    return given == none ? VM_RELAXED : other;
}

static enum vm_order order_of_load(int order, const void *site)
{
    return order_but(order, VM_RELEASE, VM_ACQUIRE, "a load", site);
}

static enum vm_order order_of_failure(int order, const void *site)
{
    return order_but(order, VM_RELEASE, VM_ACQUIRE, "a compare-and-swap that fails and",
                     site);
}

static enum vm_order order_of_store(int order, const void *site)
{
    return order_but(order, VM_ACQUIRE, VM_RELEASE, "a store", site);
}

/* Ends as wrong where a count is not what it may be (vm_count_changes), once it was
   `old`. */
static void check_count(const struct vm_operation *operation, uint64_t old)
{
    struct vm_count count = vm_thread()->count;
    if (count.address != operation->address) {
        return;
    }
    vm_thread()->count.address = NULL;
    int32_t by = (int32_t)operation->operand;
    int64_t now = (int64_t)(int32_t)old + (operation->kind == VM_SUB ? -by : by);
    if (now < 0 || now > count.most) {
        instrument_wrong(VM_MISUSE, operation->site,
                         "%s: the count would be %" PRId64 ", and may be 0 to %" PRId64,
                         count.name, now, count.most);
    }
}

static inline uint64_t modify(const struct vm_operation *operation)
{
    uint64_t old = vm_perform(operation);
    if (operation->kind == VM_ADD || operation->kind == VM_SUB) {
        check_count(operation, old);
    }
    return old;
}

#define MODIFY(bits, type, function, operation)                                          \
    VM_NOTED("__tsan_atomic" #bits "_" #function)                                        \
    type __tsan_atomic##bits##_##function##_noted(void *address, type value, int order)  \
    {                                                                                    \
        return (type)modify(&(struct vm_operation){.kind = (operation),                  \
                                                   .order = order_of(order),             \
                                                   .size = sizeof(type),                 \
                                                   .address = live(address, CALLER),     \
                                                   .operand = value,                     \
                                                   .site = SITE});                       \
    }

#define COMPARE(bits, type, function, operation)                                         \
    VM_NOTED("__tsan_atomic" #bits "_" #function)                                        \
    int __tsan_atomic##bits##_##function##_noted(void *address, void *expected,          \
                                                 type desired, int order, int failure)   \
    {                                                                                    \
        return compare(                                                                  \
            &(struct vm_operation){.kind = (operation),                                  \
                                   .order = order_of(order),                             \
                                   .failure = order_of_failure(failure, SITE),           \
                                   .size = sizeof(type),                                 \
                                   .address = live(address, CALLER),                     \
                                   .operand = desired,                                   \
                                   .site = SITE},                                        \
            expected);                                                                   \
    }

static int compare(struct vm_operation *operation, void *expected)
{
    plain(expected, operation->size, false, operation->site);
    operation->expected = vm_peek(expected, operation->size);
    vm_failed_spuriously = false;
    uint64_t old = vm_perform(operation);
    if (old == operation->expected && !vm_failed_spuriously) {
        return 1;
    }
    plain(expected, operation->size, true, operation->site);
    vm_poke(expected, operation->size, old);
    return 0;
}

#define ATOMIC(bits, type)                                                               \
    VM_NOTED("__tsan_atomic" #bits "_load")                                              \
    type __tsan_atomic##bits##_load_noted(const void *address, int order)                \
    {                                                                                    \
        type value =                                                                     \
            (type)vm_perform(&(struct vm_operation){.kind = VM_LOAD,                     \
                                                    .order = order_of_load(order, SITE), \
                                                    .size = sizeof(type),                \
                                                    .address = live(address, CALLER),    \
                                                    .site = SITE});                      \
        vm_seen_loaded =                                                                 \
            (struct vm_seen_access){(uintptr_t)address, sizeof(type), vm_seen_turn};     \
        return value;                                                                    \
    }                                                                                    \
    VM_NOTED("__tsan_atomic" #bits "_store")                                             \
    void __tsan_atomic##bits##_store_noted(void *address, type value, int order)         \
    {                                                                                    \
        vm_perform(&(struct vm_operation){.kind = VM_STORE,                              \
                                          .order = order_of_store(order, SITE),          \
                                          .size = sizeof(type),                          \
                                          .address = live(address, CALLER),              \
                                          .operand = value,                              \
                                          .site = SITE});                                \
    }                                                                                    \
    MODIFY(bits, type, exchange, VM_EXCHANGE)                                            \
    MODIFY(bits, type, fetch_add, VM_ADD)                                                \
    MODIFY(bits, type, fetch_sub, VM_SUB)                                                \
    MODIFY(bits, type, fetch_and, VM_AND)                                                \
    MODIFY(bits, type, fetch_or, VM_OR)                                                  \
    MODIFY(bits, type, fetch_xor, VM_XOR)                                                \
    MODIFY(bits, type, fetch_nand, VM_NAND)                                              \
    COMPARE(bits, type, compare_exchange_strong, VM_CAS)                                 \
    COMPARE(bits, type, compare_exchange_weak, VM_CAS_WEAK)                              \
    /* clang's: it does not tell weak from strong. */                                    \
    VM_NOTED("__tsan_atomic" #bits "_compare_exchange_val")                              \
    type __tsan_atomic##bits##_compare_exchange_val_noted(                               \
        void *address, type expected, type desired, int order, int failure)              \
    {                                                                                    \
        return (type)vm_perform(                                                         \
            &(struct vm_operation){.kind = VM_CAS,                                       \
                                   .maybe_weak = true,                                   \
                                   .order = order_of(order),                             \
                                   .failure = order_of_failure(failure, SITE),           \
                                   .size = sizeof(type),                                 \
                                   .address = live(address, CALLER),                     \
                                   .operand = desired,                                   \
                                   .expected = expected,                                 \
                                   .site = SITE});                                       \
    }
ATOMIC(8, uint8_t)
ATOMIC(16, uint16_t)
ATOMIC(32, uint32_t)
ATOMIC(64, uint64_t)

VM_NOTED("__tsan_atomic_thread_fence")
void __tsan_atomic_thread_fence_noted(int order)
{
    if (vm_running != VM_NOBODY) {
        instrument_fence(VM_FULL_FENCE, order_of(order), SITE);
    }
}

/* Between a thread and its own signal handlers, and between it and a membarrier of
   another thread, which has the effect of one on all processors. */
VM_NOTED("__tsan_atomic_signal_fence")
void __tsan_atomic_signal_fence_noted(int order)
{
    if (vm_running != VM_NOBODY) {
        instrument_fence(VM_LIGHT_FENCE, order_of(order), SITE);
    }
}

/* --- what there is no machine for --------------------------------------------------- */

static _Noreturn void refuse_size(const void *address, size_t size, const void *site)
{
    char name[256];
    vm_variable_name(address, name, sizeof name);
    instrument_refuse(program_site(site),
                      "%s is an atomic of %zu bytes: only 1, 2, 4 and 8 can be had", name,
                      size);
}

#define REFUSED(function)                                                                \
    void __tsan_atomic128_##function(const void *address)                                \
    {                                                                                    \
        refuse_size(address, 16, CALLER);                                                \
    }
REFUSED(load)
REFUSED(store)
REFUSED(exchange)
REFUSED(fetch_add)
REFUSED(fetch_sub)
REFUSED(fetch_and)
REFUSED(fetch_or)
REFUSED(fetch_xor)
REFUSED(fetch_nand)
REFUSED(compare_exchange_strong)
REFUSED(compare_exchange_weak)
REFUSED(compare_exchange_val)

/* What the compilers leave to libatomic. */
#define LEFT(function)                                                                   \
    void __wrap___atomic_##function(size_t size, const void *address)                    \
    {                                                                                    \
        refuse_size(address, size, CALLER);                                              \
    }
LEFT(load)
LEFT(store)
LEFT(exchange)
LEFT(compare_exchange)

bool __wrap___atomic_is_lock_free(size_t size, const void *address)
{
    (void)address;
    return size == 1 || size == 2 || size == 4 || size == 8;
}

/* What became of a floating-point operation that an _Atomic object has got: the flags are
   the thread's own. */
void __wrap___atomic_feraiseexcept(int what)
{
    (void)feraiseexcept(what);
}

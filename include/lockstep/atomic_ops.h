/* SPDX-License-Identifier: MIT */
/*
 * C11's names for atomics, on libatomic_ops. Included by atomic.h; not to be mixed with
 * <stdatomic.h> in one source file.
 *
 * libatomic_ops has operations on char, int and AO_t (the size of a pointer), each with
 * an order in its name; what follows picks one by the size of the object. It has no
 * exchange: ours is a loop around a compare-and-swap, lock-free and not wait-free, so
 * that a CLH or MCS lock is then not strictly starvation-free. It knows no more
 * than "full" for acq_rel and seq_cst alike.
 */
#ifndef LOCKSTEP_ATOMIC_OPS_H
#define LOCKSTEP_ATOMIC_OPS_H

/* The thread sanitizer does not know the fences in there, and gcc says so at each. */
#if defined(__SANITIZE_THREAD__) && !defined(__clang__) && __GNUC__ > 10
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wtsan"
#include <atomic_ops.h>
#pragma GCC diagnostic pop
#else
#include <atomic_ops.h>
#endif
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define _Atomic(T) T

typedef enum memory_order {
    memory_order_relaxed,
    memory_order_acquire,
    memory_order_release,
    memory_order_acq_rel,
    memory_order_seq_cst
} memory_order;

/* AO_int_load, AO_int_load_acquire, … applied to the arguments: the one of this order.
   The order is a constant wherever these are inlined, and so is the choice. */
#define LKS_AO_LOAD(prefix, order, ...)                                                  \
    (uintptr_t)(order == memory_order_relaxed   ? prefix##_load(__VA_ARGS__)             \
                : order == memory_order_acquire ? prefix##_load_acquire(__VA_ARGS__)     \
                                                : prefix##_load_full(__VA_ARGS__))
#define LKS_AO_STORE(prefix, order, ...)                                                 \
    (order == memory_order_relaxed   ? prefix##_store(__VA_ARGS__)                       \
     : order == memory_order_release ? prefix##_store_release(__VA_ARGS__)               \
                                     : prefix##_store_full(__VA_ARGS__))
#define LKS_AO_MODIFY(function, order, ...)                                              \
    (uintptr_t)(order == memory_order_relaxed   ? function(__VA_ARGS__)                  \
                : order == memory_order_acquire ? function##_acquire(__VA_ARGS__)        \
                : order == memory_order_release ? function##_release(__VA_ARGS__)        \
                                                : function##_full(__VA_ARGS__))

static inline uintptr_t lks_ao_load(const volatile void *object, size_t size,
                                    memory_order order)
{
    switch (size) {
    case sizeof(unsigned char):
        return LKS_AO_LOAD(AO_char, order, (const volatile unsigned char *)object);
    case sizeof(unsigned):
        return LKS_AO_LOAD(AO_int, order, (const volatile unsigned *)object);
    default:
        return LKS_AO_LOAD(AO, order, (const volatile AO_t *)object);
    }
}

static inline void lks_ao_store(volatile void *object, size_t size, uintptr_t value,
                                memory_order order)
{
    switch (size) {
    case sizeof(unsigned char):
        LKS_AO_STORE(AO_char, order, (volatile unsigned char *)object,
                     (unsigned char)value);
        break;
    case sizeof(unsigned):
        LKS_AO_STORE(AO_int, order, (volatile unsigned *)object, (unsigned)value);
        break;
    default:
        LKS_AO_STORE(AO, order, (volatile AO_t *)object, value);
    }
}

/* Stores `value` if the object holds `old`; returns what it held. */
static inline uintptr_t lks_ao_compare_and_swap(volatile void *object, size_t size,
                                                uintptr_t old, uintptr_t value,
                                                memory_order order)
{
    switch (size) {
    case sizeof(unsigned char):
        return LKS_AO_MODIFY(AO_char_fetch_compare_and_swap, order,
                             (volatile unsigned char *)object, (unsigned char)old,
                             (unsigned char)value);
    case sizeof(unsigned):
        return LKS_AO_MODIFY(AO_int_fetch_compare_and_swap, order,
                             (volatile unsigned *)object, (unsigned)old, (unsigned)value);
    default:
        return LKS_AO_MODIFY(AO_fetch_compare_and_swap, order, (volatile AO_t *)object,
                             old, value);
    }
}

static inline uintptr_t lks_ao_exchange(volatile void *object, size_t size,
                                        uintptr_t value, memory_order order)
{
    uintptr_t old = lks_ao_load(object, size, memory_order_relaxed);
    for (;;) {
        uintptr_t seen = lks_ao_compare_and_swap(object, size, old, value, order);
        if (seen == old) {
            return old;
        }
        old = seen;
    }
}

static inline uintptr_t lks_ao_fetch_add(volatile void *object, size_t size,
                                         uintptr_t value, memory_order order)
{
    switch (size) {
    case sizeof(unsigned char):
        return LKS_AO_MODIFY(AO_char_fetch_and_add, order,
                             (volatile unsigned char *)object, (unsigned char)value);
    case sizeof(unsigned):
        return LKS_AO_MODIFY(AO_int_fetch_and_add, order, (volatile unsigned *)object,
                             (unsigned)value);
    default:
        return LKS_AO_MODIFY(AO_fetch_and_add, order, (volatile AO_t *)object, value);
    }
}

/* C11's compare-exchange: what the object held replaces *expected if it was not that. By
   memcpy, since *expected may be a pointer. */
static inline bool lks_ao_compare_exchange(volatile void *object, size_t size,
                                           void *expected, uintptr_t value,
                                           memory_order order)
{
    unsigned char old_char = 0;
    unsigned old_int = 0;
    uintptr_t old = 0;
    void *narrow = size == sizeof old_char  ? (void *)&old_char
                   : size == sizeof old_int ? (void *)&old_int
                                            : (void *)&old;
    memcpy(narrow, expected, size);
    old |= (uintptr_t)old_char | (uintptr_t)old_int;
    uintptr_t seen = lks_ao_compare_and_swap(object, size, old, value, order);
    old_char = (unsigned char)seen;
    old_int = (unsigned)seen;
    bool exchanged = seen == old;
    old = seen;
    if (!exchanged) {
        memcpy(expected, narrow, size);
    }
    return exchanged;
}

/* The only orders that are asked of them: memory_order_seq_cst. */
#define atomic_thread_fence(order) ((void)(order), AO_nop_full())
#define atomic_signal_fence(order) ((void)(order), AO_compiler_barrier())

/* The size of *object, which must be one of the three. */
#define LKS_AO_SIZE(object)                                                              \
    (sizeof(*(object)) +                                                                 \
     0 * sizeof(struct {                                                                 \
         _Static_assert(sizeof(*(object)) == sizeof(unsigned char) ||                    \
                            sizeof(*(object)) == sizeof(unsigned) ||                     \
                            sizeof(*(object)) == sizeof(AO_t),                           \
                        "libatomic_ops has no operations of this size");                 \
         int any;                                                                        \
     }))

/* The type of *object, without its qualifiers. */
#define LKS_AO_TYPE(object) __typeof__(((void)0, *(object)))

#define atomic_load_explicit(object, order)                                              \
    ((LKS_AO_TYPE(object))lks_ao_load((object), LKS_AO_SIZE(object), (order)))
#define atomic_store_explicit(object, value, order)                                      \
    lks_ao_store((object), LKS_AO_SIZE(object), (uintptr_t)(value), (order))
#define atomic_exchange_explicit(object, value, order)                                   \
    ((LKS_AO_TYPE(object))lks_ao_exchange((object), LKS_AO_SIZE(object),                 \
                                          (uintptr_t)(value), (order)))
#define atomic_fetch_add_explicit(object, value, order)                                  \
    ((LKS_AO_TYPE(object))lks_ao_fetch_add((object), LKS_AO_SIZE(object),                \
                                           (uintptr_t)(value), (order)))
#define atomic_fetch_sub_explicit(object, value, order)                                  \
    atomic_fetch_add_explicit((object), -(uintptr_t)(value), (order))
/* The order of a failure is that of a success. */
#define atomic_compare_exchange_strong_explicit(object, expected, value, order, failure) \
    ((void)(failure), lks_ao_compare_exchange((object), LKS_AO_SIZE(object), (expected), \
                                              (uintptr_t)(value), (order)))

#endif

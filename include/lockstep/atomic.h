/* SPDX-License-Identifier: MIT */
/*
 * C11's atomics, under C11's names, wherever the library is compiled.
 *
 *   C            <stdatomic.h>
 *   C++17        <atomic>, which has the same functions and orders in std::
 *   neither      libatomic_ops: where the C compiler has no <stdatomic.h>
 *                (__STDC_NO_ATOMICS__), or where LKS_USE_ATOMIC_OPS asks for it
 *
 * An algorithm uses _Atomic(T), atomic_…_explicit and memory_order_…, and nothing else
 * of this page but the size of a cache line. The fences are for fence.h.
 *
 * An `init` function fills an object with relaxed stores: whatever the program does to
 * tell other threads of the object (starting them, say) also makes its contents visible.
 */
#ifndef LOCKSTEP_ATOMIC_H
#define LOCKSTEP_ATOMIC_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__cplusplus) && __cplusplus < 201703L
#error "Lockstep needs C++17 or later"
#elif defined(__cplusplus) && __cplusplus > 202002L && __has_include(<stdatomic.h>)
#include <stdatomic.h> /* since C++23 it is the C header's twin */
#elif defined(__cplusplus)
#include <atomic>
#define _Atomic(T) std::atomic<T>
using std::atomic_compare_exchange_strong_explicit;
using std::atomic_exchange_explicit;
using std::atomic_fetch_add_explicit;
using std::atomic_fetch_sub_explicit;
using std::atomic_load_explicit;
using std::atomic_signal_fence;
using std::atomic_store_explicit;
using std::atomic_thread_fence;
using std::memory_order_acq_rel;
using std::memory_order_acquire;
using std::memory_order_relaxed;
using std::memory_order_release;
using std::memory_order_seq_cst;
#elif defined(LKS_USE_ATOMIC_OPS) || defined(__STDC_NO_ATOMICS__)
#include <lockstep/atomic_ops.h>
#else
#include <stdatomic.h>
#endif

/*
 * What different processors write is kept this many bytes apart, so that a write by one
 * does not take away the line that another one is using.
 */
#if defined(__aarch64__) || defined(__powerpc64__)
#define LKS_CACHE_LINE 128
#else
#define LKS_CACHE_LINE 64
#endif

/* `bytes`, rounded up to whole cache lines: what to ask aligned_alloc for. */
#define LKS_WHOLE_LINES(bytes)                                                           \
    (((bytes) + (LKS_CACHE_LINE - 1)) / LKS_CACHE_LINE * LKS_CACHE_LINE)

/*
 * Every function of a primitive is defined in its header. A program that includes the
 * header has it inlined; with -DLKS_INLINE=inline a C program calls the library's symbol
 * wherever the compiler does not inline; lib/NAME.c, with LKS_INLINE empty, makes that
 * symbol.
 */
#ifndef LKS_INLINE
#ifdef __cplusplus
#define LKS_INLINE inline
#else
#define LKS_INLINE static inline
#endif
#endif

#endif

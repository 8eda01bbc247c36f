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

/* What cannot be compiled is refused in one line. No compiler goes on after an #include
   of a file that does not exist. */
#if defined(__cplusplus) && __cplusplus < 201703L
#error "Lockstep needs C++17 or later: -std=c++17"
#include <lockstep/needs_C++17>
#elif !defined(__cplusplus) && (!defined(__STDC_VERSION__) || __STDC_VERSION__ < 201112L)
#error "Lockstep needs C11 or later: -std=c11"
#include <lockstep/needs_C11>
#endif

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lockstep/thread_safety.h>

#if defined(__cplusplus)
#if __cplusplus > 202002L
#include <version>
#endif
#ifdef __cpp_lib_stdatomic_h
extern "C++" {         /* templates, even where a program includes us as C */
#include <stdatomic.h> /* since C++23 the C header's twin; a C compiler's would not do */
}
#else
extern "C++" {
#include <atomic>
}
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
#endif
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

/* A null pointer, and conversions: of numbers and void pointers; of a pointer into its
   address; and back. C++ has words of its own for them, and compilers that insist. */
#ifdef __cplusplus
#define LKS_NULL                   nullptr
#define LKS_CAST(type, value)      static_cast<type>(value)
#define LKS_ADDRESS(pointer)       reinterpret_cast<uintptr_t>(pointer)
#define LKS_POINTER(type, address) reinterpret_cast<type>(address)
#else
#define LKS_NULL                   NULL
#define LKS_CAST(type, value)      ((type)(value))
#define LKS_ADDRESS(pointer)       ((uintptr_t)(pointer))
#define LKS_POINTER(type, address) ((type)(address))
#endif

/*
 * Whether the process has but one thread. Then a relaxed load and store do for a
 * read-modify-write of any order: threads that start later see what was stored because
 * they are started; and should the answer ever go back to yes, then the ends of the other
 * threads happen before that. glibc 2.32 and later know; elsewhere nobody does, and the
 * answer is no. It is no, too, for the thread sanitizer and for our own instruments,
 * whose threads are not the system's. Threads that a program makes by clone(2) itself are
 * not counted: they may not take a lock of glibc's either.
 */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define LKS_IS_INSTRUMENTED
#endif
#endif
#if !defined(__SANITIZE_THREAD__) && !defined(LKS_IS_INSTRUMENTED) &&                    \
    __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#define lks_only_thread() (__libc_single_threaded != 0)
#else
#define lks_only_thread() false
#endif

/*
 * Every function of a primitive is defined in its header. A program that includes the
 * header has it inlined; with -DLKS_INLINE=inline a C program calls the library's symbol
 * wherever the compiler does not inline; lib/NAME.c, with LKS_INLINE empty, makes that
 * symbol. LKS_INLINE_TRY is the same for a function that may return without having done
 * what it was called for: a caller that does not look at what it returns is warned.
 */
#ifdef __cplusplus
#define LKS_LOOK_AT_RESULT [[nodiscard]]
#define LKS_INLINE         extern "C++" inline
#define LKS_INLINE_TRY     extern "C++" LKS_LOOK_AT_RESULT inline
#else
#define LKS_LOOK_AT_RESULT __attribute__((warn_unused_result))
#define LKS_INLINE_TRY     LKS_INLINE LKS_LOOK_AT_RESULT
#ifndef LKS_INLINE
#define LKS_INLINE static inline
#endif
#endif

#endif

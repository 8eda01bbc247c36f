/* SPDX-License-Identifier: MIT */
/* Where a thread runs: see lockstep/processor.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sched_getcpu */
#endif
#include <lockstep/check.h>
#include <lockstep/processor.h>
#include <sched.h>

/* The C library keeps the processor's number beside the thread (restartable sequences),
   where sched_getcpu looks, too. Where the compiler says where a thread has such things
   we look ourselves, in half the time. (For x86-64, clang 13 has the builtin but cannot
   compile it.) */
#if defined(__clang__) && (defined(__x86_64__) || defined(__aarch64__))
#if __has_builtin(__builtin_thread_pointer) &&                                           \
    (__clang_major__ >= 14 || !defined(__x86_64__))
#define HAS_THREAD_POINTER
#endif
#elif __GNUC__ >= 11 && (defined(__x86_64__) || defined(__aarch64__))
#define HAS_THREAD_POINTER
#endif
#ifdef HAS_THREAD_POINTER
#if __has_include(<sys/rseq.h>)
#include <sys/rseq.h> /* defines RSEQ_SIG */
#endif
#endif

unsigned lks_processor(void)
{
#ifdef RSEQ_SIG
    const char *thread = (const char *)__builtin_thread_pointer();
    const struct rseq *kept = (const struct rseq *)(const void *)(thread + __rseq_offset);
    int processor = *(const volatile int *)&kept->cpu_id;
    if (processor >= 0) {
        return (unsigned)processor;
    }
#endif
#ifdef __linux__
    return (unsigned)sched_getcpu();
#else
    return lks_thread_number();
#endif
}

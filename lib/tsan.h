/* SPDX-License-Identifier: MIT */
/*
 * What the thread sanitizer of a program is told by a library that was compiled without
 * it. It sees the atomic operations that a program has inlined from the headers, and not
 * those in here: where one of these releases or acquires what the program wrote, it is
 * told so, with the address that the headers use. Where there is no sanitizer in the
 * process, that is a look at a pointer.
 */
#ifndef LIB_TSAN_H
#define LIB_TSAN_H

#if !defined(__SANITIZE_THREAD__) && defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1
#endif
#endif

#ifdef __SANITIZE_THREAD__
#define tell_acquired(address) ((void)(address))
#define tell_releases(address) ((void)(address))
#else
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

/* After it has acquired, and before it releases. */
#define tell_acquired(address)                                                           \
    (__tsan_acquire != NULL ? __tsan_acquire((void *)(address)) : (void)0)
#define tell_releases(address)                                                           \
    (__tsan_release != NULL ? __tsan_release((void *)(address)) : (void)0)
#endif

#endif

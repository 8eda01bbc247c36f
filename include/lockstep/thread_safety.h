/* SPDX-License-Identifier: MIT */
/*
 * What clang's thread-safety analysis is to know of the locks: with -Wthread-safety it
 * finds a missing unlock, a lock taken twice, and data used without their lock:
 *
 *   static lks_mutex_t mutex = LKS_MUTEX_INIT;
 *   static long balance LKS_GUARDED_BY(mutex);
 *
 * Other compilers, and clang with -DLKS_NO_THREAD_SAFETY, see nothing of it. It looks at
 * one function at a time, and the functions of the library are taken at their word.
 */
#ifndef LOCKSTEP_THREAD_SAFETY_H
#define LOCKSTEP_THREAD_SAFETY_H

#if defined(__clang__) && !defined(LKS_NO_THREAD_SAFETY)
#define LKS_THREAD_SAFETY(...) __attribute__((__VA_ARGS__))
#else
#define LKS_THREAD_SAFETY(...)
#endif

/* Of data: that they are used only while `lock` is held. */
#define LKS_GUARDED_BY(lock) LKS_THREAD_SAFETY(guarded_by(lock))

/* Of a function: that its caller must hold `lock`; as a reader at least. */
#define LKS_REQUIRES(lock)        LKS_THREAD_SAFETY(requires_capability(lock))
#define LKS_REQUIRES_SHARED(lock) LKS_THREAD_SAFETY(requires_shared_capability(lock))

/* Of a type: that it is a lock; that it holds one as long as it lives. */
#define LKS_CAPABILITY        LKS_THREAD_SAFETY(capability("mutex"))
#define LKS_SCOPED_CAPABILITY LKS_THREAD_SAFETY(scoped_lockable)

/* Of a function whose body is not to be looked at: that it takes `lock`, or does so where
   it returns `success`; takes it as a reader; gives it back. */
#define LKS_ACQUIRES(lock)                                                               \
    LKS_THREAD_SAFETY(acquire_capability(lock), no_thread_safety_analysis)
#define LKS_ACQUIRES_SHARED(lock)                                                        \
    LKS_THREAD_SAFETY(acquire_shared_capability(lock), no_thread_safety_analysis)
#define LKS_ACQUIRES_IF(success, lock)                                                   \
    LKS_THREAD_SAFETY(try_acquire_capability(success, lock), no_thread_safety_analysis)
#define LKS_ACQUIRES_SHARED_IF(success, lock)                                            \
    LKS_THREAD_SAFETY(try_acquire_shared_capability(success, lock),                      \
                      no_thread_safety_analysis)
#define LKS_RELEASES(lock)                                                               \
    LKS_THREAD_SAFETY(release_capability(lock), no_thread_safety_analysis)
#define LKS_RELEASES_SHARED(lock)                                                        \
    LKS_THREAD_SAFETY(release_shared_capability(lock), no_thread_safety_analysis)
#define LKS_NOT_LOOKED_AT LKS_THREAD_SAFETY(no_thread_safety_analysis)

#endif

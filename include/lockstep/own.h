/* SPDX-License-Identifier: MIT */
/*
 * Marks for locks and barriers of your own: one line each, in your file, and
 *
 *   lockbench mylock.c     lockcheck mylock.c     locksim mylock.c
 *
 * take them as they take the library's. A mark names what your functions begin with:
 *
 *   LKS_LOCK(mine)       mine_t, mine_init, mine_lock, mine_unlock
 *
 * and the tools find out by your compiler how each is called: with the lock alone, or
 * with the thread's index or its node; lockstep-own(7) has the shapes there are. For
 * your program a mark is nothing at all. This header needs no other one.
 */
#ifndef LOCKSTEP_OWN_H
#define LOCKSTEP_OWN_H

/* A tool asks where the marks are, and what is in them. */
#ifdef LKS_OWN_MARKS
#define LKS_OWN_MARK(mark, words) lks_own_mark(mark, words)
#else
#define LKS_OWN_MARK(mark, words)
#endif

/*
 * NAME_init, NAME_lock, NAME_unlock; if they are there also NAME_trylock, NAME_is_locked
 * and NAME_destroy. Or, in C++, a class with lock() and unlock().
 *
 * After the name there may be the word `fifo`: first come, first served.
 */
#define LKS_LOCK(...) LKS_OWN_MARK("LKS_LOCK", #__VA_ARGS__)

/* The same of a lock whose threads bring a node, each its own: its name and the type. */
#define LKS_LOCK_WITH_NODE(...) LKS_OWN_MARK("LKS_LOCK_WITH_NODE", #__VA_ARGS__)

/* NAME_init, NAME_rdlock, NAME_rdunlock, NAME_wrlock, NAME_wrunlock; if they are there
   NAME_tryrdlock, NAME_trywrlock, NAME_downgrade, NAME_is_locked and NAME_destroy. */
#define LKS_RWLOCK(...)           LKS_OWN_MARK("LKS_RWLOCK", #__VA_ARGS__)
#define LKS_RWLOCK_WITH_NODE(...) LKS_OWN_MARK("LKS_RWLOCK_WITH_NODE", #__VA_ARGS__)

/* NAME_init(b, n) and NAME_wait(b, self), or NAME_wait(b); if it is there
   NAME_destroy. */
#define LKS_BARRIER(...)           LKS_OWN_MARK("LKS_BARRIER", #__VA_ARGS__)
#define LKS_BARRIER_WITH_NODE(...) LKS_OWN_MARK("LKS_BARRIER_WITH_NODE", #__VA_ARGS__)

/* A barrier of which there is one, as variables of the file: NAME_init(n),
   NAME_barrier(), and if it is there NAME_finalize(). omp_get_thread_num() is the
   thread's index in it. */
#define LKS_GLOBAL_BARRIER(...) LKS_OWN_MARK("LKS_GLOBAL_BARRIER", #__VA_ARGS__)

#endif

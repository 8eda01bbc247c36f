/* SPDX-License-Identifier: MIT */
/* Lockstep: all locks and barriers, and the catalog. */
#ifndef LOCKSTEP_H
#define LOCKSTEP_H

#include <lockstep/anderson.h>
#include <lockstep/backoff.h>
#include <lockstep/clh.h>
#include <lockstep/malthusian.h>
#include <lockstep/mcs.h>
#include <lockstep/mcs_k42.h>
#include <lockstep/mutex.h>
#include <lockstep/tas.h>
#include <lockstep/ticket.h>
#include <lockstep/ticket_backoff.h>
#include <lockstep/ttas.h>

#include <lockstep/cond.h>
#include <lockstep/once.h>
#include <lockstep/sem.h>
#include <lockstep/seqlock.h>

#include <lockstep/rw_distributed.h>
#include <lockstep/rw_phase_fair.h>
#include <lockstep/rw_ticket.h>
#include <lockstep/rwmutex.h>

#include <lockstep/central_barrier.h>
#include <lockstep/combining_tree_barrier.h>
#include <lockstep/dissemination_barrier.h>
#include <lockstep/mcs_tree_barrier.h>
#include <lockstep/tournament_barrier.h>

#include <lockstep/barrier.h>
#include <lockstep/lock.h>
#include <lockstep/rwlock.h>

#endif

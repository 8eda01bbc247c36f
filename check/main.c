/* SPDX-License-Identifier: MIT */
/*
 * lockcheck: every execution of a multithreaded program that the C11 memory model allows.
 *
 *   options.c   the command line            judge.c     says the verdict, apart from
 *   check.c     one program, and its result             the program
 *   catalog.c   the library's own clients   weaken.c    each order weakened in turn
 *   own.c       locks of the user's         show/       a wrong execution, shown
 *   saved.c     a wrong execution, kept     apply.c     … and all together, as a patch
 *   operations.c  the operations that a program has, and their orders
 *   literals.c  orders where sources have them
 *
 * and in explore/, the exploration, from the ground up:
 *
 *   graph.c     what an execution is        model.c         which are consistent
 *   races.c     plain data                  loops.c         waits, recognised
 *   run.c       the run that is made        work.c          what is left to do
 *   revisits.c  reads that a new write      updates.c       the steps of a
 *               could be the source of                      read-modify-write
 *   calls.c     threads, choices, the heap  failed_tries.c  failed tries of waits
 *   addresses.c which memory is there       accesses.c, plain.c   what accesses do
 *   schedule.c  which thread runs           jobs.c          processes
 *   spins.c     spins that end              recent.c        the last turns of a loop at
 *   suspects.c  races of failed tries                       the bound
 *   symmetry.c  threads that are alike      locks.c         who has a lock next
 *   parts.c     atomic objects that are accessed by parts, too; pieces.c without a whole
 *   tso.c       what x86 does               sites.c         orders, for --weaken
 *   deadlocks.c    threads that wait for each other for ever
 *   idle_turns.c   turns that put back what they have changed
 *   lock_turns.c   turns that only look, under locks
 *   others_wait.c  a client's thread waits for those before it
 *   forks.c, probes.c  how much of the search is left
 *   explore.c   all of it
 *
 * The program under test runs on the virtual multiprocessor, virtual/.
 */
#include "check/check.h"

#include <signal.h>

#include "check/judge.h"
#include "check/own.h"
#include "common/tool.h"
#include "virtual/program/tool.h"

/* What only shows when the sources have been looked at. */
static void check_action(const struct options *options)
{
    if (options->full && options->action == CHECK_PROGRAM) {
        refuse("--full goes with --catalog, or with locks of your own");
    }
    if (options->action == CHECK_OWN && options->arguments.count > 0) {
        refuse("--argument is for a program, and there is none but the locks' own");
    }
    if (options->action == CHECK_OWN && options->deviations > 0) {
        refuse("--deviations is for a program with a main of its own");
    }
}

int main(int argc, char **argv)
{
    (void)signal(SIGCHLD, SIG_DFL); /* ignored, nobody could be waited for */
    vm_tool = "lockcheck";
    vm_purpose = "checked";
    vm_announces = true;
    vm_output_ours();
    tool = (struct tool){.name = "lockcheck",
                         .version = LOCKSTEP_VERSION,
                         .err = vm_err,
                         .quit = vm_quit,
                         .is_watched = vm_terminal.err};
    struct options *options = read_options(argc, argv);
    if (options->output != NULL) {
        (void)fclose(vm_out);
        vm_out = output_open(options->output);
        vm_terminal.out = false;
    }
    judge_begin(options);
    if (options->action == CHECK_PROGRAM && own_found(options)) {
        options->action = CHECK_OWN;
    }
    check_action(options);
    int status;
    switch (options->action) {
    case CHECK_OWN:
    case CHECK_CATALOG:
        status = options->weaken ? weaken_catalog(options) : check_catalog(options);
        break;
    case REPLAY_SAVED:
        status = replay_saved(options);
        break;
    case LIST_NAMES:
        status = list_catalog(options);
        break;
    default:
        status = options->weaken ? weaken_program(options) : check_program(options);
        break;
    }
    judge_sign(status);
}

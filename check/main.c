/* SPDX-License-Identifier: MIT */
/*
 * lockcheck: every execution of a multithreaded program that the C11 memory model allows.
 *
 *   judge.c     who says the verdict, and who runs the program
 *   options.c   the command line            report.c, dot.c   a wrong execution, shown
 *   check.c     one program, and its result saved.c           a wrong execution, kept
 *   catalog.c   the library's own clients   weaken.c          each order weakened in turn
 *   explore.c   the exploration; on graph.c (what an execution is), model.c (which are
 *               consistent), races.c (plain data), loops.c (waiting), jobs.c (processes)
 *
 * The program under test runs on the virtual multiprocessor, virtual/.
 */
#include "check/check.h"

#include "check/judge.h"
#include "virtual/program/tool.h"

int main(int argc, char **argv)
{
    struct options options;
    vm_tool = "lockcheck";
    vm_purpose = "checked";
    vm_output_ours();
    read_options(&options, argc, argv);
    judge_begin(options.json);
    int status;
    switch (options.action) {
    case CHECK_CATALOG:
        status = options.weaken ? weaken_catalog(&options) : check_catalog(&options);
        break;
    case REPLAY_SAVED:
        status = replay_saved(&options);
        break;
    default:
        status = options.weaken ? weaken_program(&options) : check_program(&options);
        break;
    }
    judge_sign(status);
}

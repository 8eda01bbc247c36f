/* SPDX-License-Identifier: MIT */
/*
 * locksim: the library's locks and barriers, or a program, on a simulated machine.
 *
 *   options.c       the command line
 *   sweep.c         several runs at a time
 *   workload.c      what processors do with the catalog
 *   run.c           a program of the user's
 *   own.c           locks of the user's
 *   simulate.c      time: threads and processors (thread.h), and the events of events.c
 *   access.c        each access; what else processors call is in instrument.c
 *   parking.c       threads that spin cost nothing
 *   measure.c       the part of a run that is measured; counts.c what is counted
 *                   (both end in result.h)
 *
 * What all tools have in common is in common/.
 *
 * machine/          what a machine is, and what things cost there
 *   machine.c       its words, and whether it fits together
 *   parameters.c    the names of its parameters
 *   reading.c       machines by name; texts.c: those compiled in, from texts/
 *   topology.c      nodes and distances of a real machine
 *
 * rules/            what an access needs, and how long that takes
 *   smp.c, dancehall.c, numa.c  each structure
 *   lines.c         cache lines: which processors have them (set.c)
 *   cache.c         caches with limits
 *   checker.c       --check: is the protocol right?
 *
 * show/             results
 *   report.c        which of them: table.c for people, record.c for programs
 *   figures.c       what tables show; fit.c: how it grows
 *   trace.c         a line for each access
 *   timeline.c      a run as a picture, which picture.c draws
 *
 * What is simulated runs on the virtual multiprocessor, virtual/.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/memory.h"
#include "common/scratch.h"
#include "common/tool.h"
#include "sim/machine/reading.h"
#include "sim/options.h"
#include "sim/run.h"
#include "sim/show/report.h"
#include "sim/show/timeline.h"
#include "sim/show/trace.h"
#include "sim/simulate.h"
#include "sim/sweep.h"
#include "sim/workload.h"
#include "virtual/instrument.h"
#include "virtual/program/tool.h"

/* From a signal handler: what runs has made no access for long. Nobody is to wait for
   work of locksim's own, such as a picture, who has asked for an end. */
static void give_up(const char *why)
{
    enum { PATIENCE = 3 };
    static unsigned times;
    if (vm_self() == VM_NOBODY) {
        times += simulation_interrupted;
        if (times == PATIENCE) {
            (void)fputs("locksim: interrupted, without results\n", vm_err);
            vm_quit(130);
        }
    } else if (simulation_interrupted) {
        simulation_stop();
    } else {
        instrument_refuse(NULL, "%s", why);
    }
}

/* --- runs --------------------------------------------------------------------------- */

static void watch(const struct options *options)
{
    static struct observer watching;
    if (options->trace != NULL) {
        trace_open(options->trace, options->machine.name, options->changed);
        watching.access = trace_access;
    }
    if (options->timeline != NULL) {
        watching.transfer = timeline_transfer;
        watching.phase = timeline_phase;
    }
    observer = options->trace != NULL || options->timeline != NULL ? &watching : NULL;
    checking = options->check;
    polling = options->poll;
}

static void begin_run(const struct options *options, const char *name, unsigned count)
{
    char title[160];
    (void)snprintf(title, sizeof title, "%s, %u processor%s", name, count,
                   count == 1 ? "" : "s");
    report_progress(name, count);
    if (options->trace != NULL) {
        trace_begin(title);
    }
    if (options->timeline != NULL) {
        timeline_begin(title, count);
    }
}

static void end_run(const struct options *options, const struct result *result)
{
    if (options->timeline != NULL) {
        timeline_end(simulation_time());
    }
    report_result(options, result);
}

/* How many runs to make at a time. One process has to see all of a trace; and the user's
   own may be wrong, and is then not run with more processors. */
static unsigned jobs_of(const struct options *options)
{
    bool one_by_one = options->action != RUN_CATALOG || options->sources != NULL ||
                      options->trace != NULL || options->timeline != NULL ||
                      (options->size_count == 1 && options->primitives[1].name == NULL);
    return one_by_one ? 1 : options->jobs > 0 ? options->jobs : sweep_processors();
}

static void on_point(const struct options *options, const struct point *point, bool done)
{
    if (!done) {
        begin_run(options, point->primitive->name, point->processors);
    } else {
        end_run(options, &point->result);
    }
}

static void run_several(const struct options *options, unsigned jobs)
{
    size_t count = 0, room = 0;
    while (options->primitives[room].name != NULL) {
        room++;
    }
    struct point *points = zeroed(room * options->size_count, sizeof *points);
    for (size_t i = 0; i < room; i++) {
        for (unsigned k = 0; k < options->size_count; k++) {
            points[count++] = (struct point){.primitive = &options->primitives[i],
                                             .processors = options->sizes[k]};
        }
    }
    sweep(options, points, count, jobs, on_point);
    free(points);
}

/* Runs all primitives with all numbers of processors, or the program. Returns 1 if the
   program has failed, 3 if it cannot be simulated, or nothing could. */
static int run_all(const struct options *options)
{
    int worst = 0;
    bool any = false;
    bool of_program = options->action == RUN_PROGRAM;
    const struct primitive program[] = {
        {OWN_LOCK, of_program ? options->sources[0] : NULL}, {OWN_LOCK, NULL}};
    for (const struct primitive *one = of_program ? program : options->primitives;
         one->name != NULL; one++) {
        for (unsigned i = 0; i < options->size_count && !simulation_interrupted; i++) {
            struct result result;
            int status = 0;
            begin_run(options, one->name, options->sizes[i]);
            bool measured = true;
            if (of_program) {
                run_program(options, options->sizes[i], &result, &status);
            } else {
                measured =
                    workload_run(options, one, options->sizes[i], &result, &status);
            }
            worst = status > worst ? status : worst;
            if (!measured) {
                break; /* one of the user's: wrong, or not for as many and more */
            }
            end_run(options, &result);
            any = true;
        }
    }
    return any || worst != 0 ? worst : STATUS_CANNOT;
}

static bool draw(const struct options *options)
{
    char heading[1280];
    (void)snprintf(heading, sizeof heading, "%s, %s, %s%s%s", options->machine.name,
                   protocol_names[options->machine.protocol],
                   scenario_name((enum scenario)options->scenario),
                   options->changed != NULL ? ", changed: " : "",
                   options->changed != NULL ? options->changed : "");
    return timeline_write(heading);
}

static int simulate(const struct options *options)
{
    int status = options->action == RUN_PROGRAM ? run_load(options) : 0;
    if (status != 0 || (options->timeline != NULL && !timeline_open(options->timeline))) {
        return status != 0 ? status : 3;
    }
    vm_guard_begin(&(struct vm_guard){
        .interrupt = simulation_interrupt, .steps = counts_accesses, .give_up = give_up});
    watch(options);
    report_begin(options);
    unsigned jobs = jobs_of(options);
    if (jobs > 1) {
        run_several(options, jobs);
    } else {
        status = run_all(options);
    }
    report_end(options);
    if (options->trace != NULL) {
        trace_close();
    }
    if (options->timeline != NULL && !draw(options)) {
        return 3;
    }
    if (simulation_interrupted) {
        (void)fputs("locksim: interrupted; these are the results so far\n", vm_err);
        return 130;
    }
    return status;
}

static void list_kind(const char *heading, const char *const *names)
{
    (void)fprintf(vm_out, "%s:\n", heading);
    for (; *names != NULL; names++) {
        (void)fprintf(vm_out, "  %s\n", *names);
    }
}

static void list_names(void)
{
    workload_load(NULL);
    list_kind("locks", workload_names(OWN_LOCK));
    list_kind("\nreader-writer locks", workload_names(OWN_RWLOCK));
    list_kind("\nbarriers", workload_names(OWN_BARRIER));
}

int main(int argc, char **argv)
{
    (void)signal(SIGCHLD, SIG_DFL); /* ignored, nobody could be waited for */
    vm_tool = "locksim";
    vm_purpose = "simulated";
    vm_output_ours();
    tool = (struct tool){.name = "locksim",
                         .version = LOCKSTEP_VERSION,
                         .err = vm_err,
                         .quit = vm_quit,
                         .is_watched = vm_terminal.err};
    const struct options *options = read_options(argc, argv);
    tool.verbose = options->verbose;
    if (options->output != NULL) {
        (void)fclose(vm_out);
        vm_out = output_open(options->output);
        vm_terminal.out = false;
    }
    int status = 0;
    if (options->action == LIST_MACHINES) {
        machine_list();
    } else if (options->action == LIST_NAMES) {
        list_names();
    } else if (options->action == SHOW_MACHINE) {
        status = machine_show(options->machine_name) ? 0 : 3;
    } else {
        status = simulate(options);
    }
    vm_output_flush();
    if (vm_output_error != 0) {
        (void)fprintf(vm_err, "locksim: %s: %s\n",
                      options->output != NULL ? options->output : "standard output",
                      strerror(vm_output_error));
        status = 3;
    }
    scratch_remove();
    _exit(status); /* exit would run the program's destructors */
}

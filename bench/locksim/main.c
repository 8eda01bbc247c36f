/* SPDX-License-Identifier: MIT */
/*
 * locksim: the library's locks and barriers, or a program, on a simulated machine.
 *
 *   options.c   the command line         report.c    results: table.c for people,
 *   machine.c   what a machine is, and               record.c for programs; figures.c
 *               what things cost there               (what is shown), fit.c (growth)
 *   workload.c  what processors do with  trace.c     a line for each access
 *               the catalog; measure.c   timeline.c  a picture; picture.c
 *   run.c       a program of the user's  checker.c   is the protocol right?
 *   simulate.c  time; with waiting.c     lines.c     cache lines and who has them; on
 *               (those who spin cost                 set.c, cache.c
 *               nothing), instrument.c   counts.c    what is counted
 *               (what processors call)
 *   smp.c, dancehall.c, numa.c            the rules of each structure
 *
 * What is simulated runs on the virtual multiprocessor, lib/virtual/.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "options.h"
#include "report.h"
#include "run.h"
#include "simulate.h"
#include "timeline.h"
#include "tool.h"
#include "trace.h"
#include "workload.h"

static void on_interrupt(int signal_number)
{
    if (simulation_interrupted) {
        vm_scratch_remove();
        _exit(128 + signal_number);
    }
    simulation_interrupt();
}

/* Ends the run that is under way; a second one ends the process at once. One that whoever
   started us has ignored stays ignored. */
static void catch_interrupts(bool interactive)
{
    struct sigaction action = {.sa_handler = on_interrupt,
                               .sa_flags = SA_ONSTACK | SA_RESTART};
    if (interactive) {
        (void)sigaction(SIGINT, &action, NULL);
    }
    (void)sigaction(SIGTERM, &action, NULL);
}

static bool ignores_interrupts(void)
{
    struct sigaction action;
    return sigaction(SIGINT, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

/* --- runs --------------------------------------------------------------------------- */

static void watch(const struct options *options)
{
    static struct observer watching;
    if (options->trace != NULL) {
        trace_open(options->trace);
        watching.access = trace_access;
    }
    if (options->timeline != NULL) {
        watching.transfer = timeline_transfer;
        watching.phase = timeline_phase;
    }
    observer = options->trace != NULL || options->timeline != NULL ? &watching : NULL;
    checking = options->check;
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
        timeline_end(now);
    }
    if (options->trace != NULL && strcmp(options->trace, "-") == 0) {
        (void)fflush(stdout); /* before our own, which is another stream */
    }
    report_result(options, result);
}

/* Runs all primitives with all numbers of processors, or the program. Returns 1 if the
   program has failed, 3 if it cannot be simulated. */
static int run_all(const struct options *options)
{
    int worst = 0;
    const char *const program[] = {options->sources != NULL ? options->sources[0] : NULL,
                                   NULL};
    bool of_program = options->action == RUN_PROGRAM;
    for (const char *const *name = of_program ? program : options->primitives;
         *name != NULL; name++) {
        for (unsigned i = 0; i < options->size_count && !simulation_interrupted; i++) {
            struct result result;
            int status = 0;
            begin_run(options, *name, options->sizes[i]);
            if (of_program) {
                run_program(options, options->sizes[i], &result, &status);
            } else {
                workload_run(options, *name, options->sizes[i], &result);
            }
            int own = status == 3 ? 3 : status != 0;
            worst = own > worst ? own : worst;
            end_run(options, &result);
        }
    }
    return worst;
}

static bool draw(const struct options *options)
{
    char heading[160];
    (void)snprintf(heading, sizeof heading, "%s, %s, %s", options->machine.name,
                   protocol_name(options->machine.protocol),
                   scenario_name(options->scenario));
    return timeline_write(options->timeline, heading);
}

static int simulate(const struct options *options, bool interactive)
{
    int status = options->action == RUN_PROGRAM ? run_load(options) : 0;
    if (status != 0) {
        return status;
    }
    catch_interrupts(interactive);
    watch(options);
    report_begin(options);
    status = run_all(options);
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

int main(int argc, char **argv)
{
    struct options options;
    bool interactive =
        !ignores_interrupts(); /* before loading sets handlers of its own */
    vm_tool = "locksim";
    vm_purpose = "simulated";
    vm_output_ours();
    read_options(&options, argc, argv);
    int status = 0;
    if (options.action == LIST_MACHINES) {
        machine_list();
    } else if (options.action == SHOW_MACHINE) {
        status = machine_show(options.machine_name) ? 0 : 3;
    } else {
        status = simulate(&options, interactive);
    }
    if (fflush(vm_out) != 0 || ferror(vm_out) != 0 || fflush(stdout) != 0) {
        perror("locksim: standard output");
        status = 3;
    }
    vm_scratch_remove();
    _exit(status); /* exit would run the program's destructors */
}

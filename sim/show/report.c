/* SPDX-License-Identifier: MIT */
#include "sim/show/report.h"

#include "common/tool.h"
#include "sim/show/figures.h"
#include "sim/show/record.h"
#include "sim/show/table.h"
#include "virtual/program/tool.h"

void report_progress(const char *primitive, unsigned processors)
{
    progress_show("%s, %u processor%s", primitive, processors,
                  processors == 1 ? "" : "s");
}

void report_begin(const struct options *options)
{
    if (options->format == TABLE) {
        table_begin(options);
    }
    vm_output_flush();
}

void report_result(const struct options *options, const struct result *result)
{
    static struct result before;
    static bool any;
    progress_clear();
    series_add(result);
    if (options->format == TABLE) {
        table_row(options, result, any ? &before : NULL);
    } else {
        bool last = result->processors == options->sizes[options->size_count - 1];
        bool grown = last && !result->interrupted && options->size_count >= LEAST_SIZES;
        record_print(options, result, grown ? &series[series_count - 1] : NULL);
    }
    before = *result;
    any = true;
    vm_output_flush();
}

void report_end(const struct options *options)
{
    progress_clear();
    if (options->format == TABLE) {
        table_end(options);
    }
}

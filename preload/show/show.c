/* SPDX-License-Identifier: MIT */
/* The directory of a profile's files, and all that is in it. */
#include "preload/show/profile.h"

#include <dirent.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"

static int is_of_process(const struct dirent *entry)
{
    return entry->d_name[0] >= '0' && entry->d_name[0] <= '9';
}

void profile_show(FILE *file, const char *directory, enum format format,
                  const struct command_line *line)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, is_of_process, versionsort);
    bool any = false;
    for (int i = 0; i < count; i++) {
        struct process process;
        char *path = text_made("%s/%s", directory, entries[i]->d_name);
        if (process_read(&process, path) &&
            (process.object_count > 0 || process.lost_acquisitions > 0)) {
            any = true;
            if (format == TABLE) {
                print_process(file, &process);
            } else {
                write_process(file, &process, line);
            }
        }
        free(path);
        free(entries[i]);
    }
    if (count >= 0) {
        free(entries);
    }
    if (!any) {
        (void)fprintf(tool.err != NULL ? tool.err : stderr,
                      "%s: no process of the program took a lock that could be watched\n",
                      tool.name);
    }
    (void)fflush(file);
}

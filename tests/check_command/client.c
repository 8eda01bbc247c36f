/* SPDX-License-Identifier: MIT */
/* One of the catalog's clients, for a library that is broken on purpose: it is built with
   check/clients/, and CLIENT, SUBJECT, THREADS and ROUNDS say which. */
#include <string.h>

#include "check/clients.h"

static int run(const struct client_kind *kind, const void *subject)
{
    for (const struct client *client = kind->clients; client->name != NULL; client++) {
        if (strcmp(client->name, CLIENT) == 0 && client->fits(subject)) {
            client->run(subject, THREADS, ROUNDS);
            return 0;
        }
    }
    return 1;
}

int main(void)
{
    int missing = 1;
    for (const struct client_kind *const *kind = client_kinds; *kind != NULL; kind++) {
        const void *subject = NULL;
        while (missing && (subject = (*kind)->next(subject)) != NULL) {
            if (strcmp((*kind)->name(subject), SUBJECT) == 0) {
                missing = run(*kind, subject);
            }
        }
    }
    return missing;
}

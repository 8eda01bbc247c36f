/* SPDX-License-Identifier: MIT */
/* One of the catalog's clients, for a library that is broken on purpose: it is built with
   check/clients/kinds.c and the clients of a KIND. CLIENT, SUBJECT, THREADS and ROUNDS
   say which one. */
#include <string.h>

#include "check/clients/kinds.h"

static int run(const void *subject)
{
    for (const struct client *client = KIND.clients; client->name != NULL; client++) {
        if (strcmp(client->name, CLIENT) == 0 && client->fits(subject)) {
            client->run(subject, THREADS, ROUNDS);
            return 0;
        }
    }
    return 1;
}

int main(void)
{
    const void *subject = NULL;
    while ((subject = next_of(&KIND, subject)) != NULL) {
        if (strcmp(name_of(&KIND, subject), SUBJECT) == 0) {
            return run(subject);
        }
    }
    return 1;
}

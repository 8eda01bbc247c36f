/* SPDX-License-Identifier: MIT */
// long: verified 1 execution
// Nothing to explore.
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%d-%s", 12, "ab");
    printf("%s\n", text);
    return strcmp(text, "12-ab") == 0 && argc >= 1 && argv[0] != NULL ? 0 : 1;
}

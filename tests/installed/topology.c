/* SPDX-License-Identifier: MIT */
/* A program outside the project that asks about the machine. */
#include <lockstep/topology.h>
#include <stdio.h>

int main(void)
{
    lks_topology_t *topology = NULL;
    unsigned processor = 0;
    if (lks_topology_create(&topology) != 0 ||
        lks_topology_place(topology, "compact", &processor, 1) != 0 ||
        lks_topology_pin(topology, processor) != 0) {
        return 1;
    }
    (void)printf("processors: %s\n",
                 lks_topology_processors(topology) > 0 ? "some" : "none");
    lks_topology_destroy(topology);
    return 0;
}

/* SPDX-License-Identifier: MIT */
#include "check/explore/sites.h"

#include "common/memory.h"

bool sites_recording;
static struct site *sites;
static size_t site_count, site_room;

void sites_record(bool on)
{
    sites_recording = on;
}

const struct site *sites_all(size_t *count)
{
    *count = site_count;
    return sites;
}

void sites_forget(void)
{
    for (size_t i = 0; i < site_count; i++) {
        sites[i].executed = false;
    }
}

static struct site *site_of(const void *address)
{
    for (size_t i = 0; i < site_count; i++) {
        if (sites[i].address == address) {
            return &sites[i];
        }
    }
    if (site_count == site_room) {
        site_room = site_room == 0 ? 64 : 2 * site_room;
        sites = grow(sites, site_room * sizeof *sites);
    }
    sites[site_count] =
        (struct site){.address = address, .use_order = -1, .use_failure = -1};
    return &sites[site_count++];
}

void sites_use(const void *address, int order, int failure)
{
    struct site *site = site_of(address);
    site->use_order = (int8_t)order;
    site->use_failure = (int8_t)failure;
}

void use_site(struct vm_operation *operation, int kind)
{
    struct site *site = site_of(operation->site);
    site->kind = (uint8_t)kind;
    site->order = (uint8_t)operation->order;
    site->failure = (uint8_t)operation->failure;
    site->executed = true;
    if (site->use_order >= 0) {
        operation->order = (enum vm_order)site->use_order;
    }
    if (site->use_failure >= 0) {
        operation->failure = (enum vm_order)site->use_failure;
    }
}

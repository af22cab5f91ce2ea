/* SPDX-License-Identifier: MIT */
#include "backend/opencl/opencl.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool is_fast(const clp_device_info *info)
{
    return info->type == CLP_DEVICE_GPU || info->type == CLP_DEVICE_ACCELERATOR;
}

/*
 * Orders devices by what they should be able to do: GPUs and accelerators before CPUs, memory of their own
 * before the host's, then compute units times clock. Units mean different things to different vendors, so
 * this is a guess among GPUs; --device overrides it.
 */
static double merit(const clp_device_info *info)
{
    double speed =
        (double)(info->compute_units ? info->compute_units : 1) * (info->clock_mhz ? info->clock_mhz : 1000);
    double class = is_fast(info) ? (info->host_memory ? 2 : 3) : info->type == CLP_DEVICE_CPU ? 1 : 0;
    return 1e12 * class + speed;
}

static bool contains(const char *text, const char *part)
{
    return strcasestr(text, part) != NULL;
}

static bool fits(const clp_device_list *list, const char *wanted, size_t index)
{
    const clp_device_info *info = &list->entries[index].info;
    if (strcasecmp(wanted, "gpu") == 0 || strcasecmp(wanted, "cpu") == 0)
        return strcasecmp(wanted, clp_device_type_name(info->type)) == 0;
    return contains(info->name, wanted) || contains(info->platform, wanted) || contains(info->vendor, wanted);
}

static void list_candidates(const clp_device_list *list, const char *wanted, char *text, size_t size)
{
    size_t length = 0;
    *text = '\0';
    for (size_t i = 0; i < list->count && length < size; i++) {
        const clp_device_info *info = &list->entries[i].info;
        if (wanted && !fits(list, wanted, i)) continue;
        int added = snprintf(text + length, size - length, "\n  %zu  %s (%s)", i, info->name, info->platform);
        if (added > 0) length += (size_t)added;
    }
}

static clp_status choose_index(const clp_device_list *list, const char *wanted, size_t *index)
{
    char candidates[2048];
    if (clp_parse_size(wanted, index)) {
        if (*index < list->count) return CLP_OK;
        list_candidates(list, NULL, candidates, sizeof candidates);
        return clp_fail(CLP_ERROR_INPUT, "there is no device with index %s; the devices are:%s", wanted,
                        candidates);
    }
    size_t matches = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (!fits(list, wanted, i)) continue;
        if (matches++ == 0) *index = i;
    }
    if (matches == 1) return CLP_OK;
    bool by_type = strcasecmp(wanted, "gpu") == 0 || strcasecmp(wanted, "cpu") == 0;
    if (matches > 1 && by_type) { /* a type names the best of it */
        for (size_t i = 0; i < list->count; i++)
            if (fits(list, wanted, i) && merit(&list->entries[i].info) > merit(&list->entries[*index].info))
                *index = i;
        return CLP_OK;
    }
    list_candidates(list, matches ? wanted : NULL, candidates, sizeof candidates);
    return matches ? clp_fail(CLP_ERROR_INPUT, "device '%s' fits %zu devices; say which one:%s", wanted,
                              matches, candidates)
                   : clp_fail(CLP_ERROR_INPUT, "no device fits '%s'; the devices are:%s", wanted, candidates);
}

clp_status clp_device_list_choose(const clp_device_list *list, const char *wanted, size_t *index,
                                  const char **reason)
{
    const char *ignored;
    if (!reason) reason = &ignored;
    *index = 0;
    *reason = "";
    if (list->count == 0)
        return clp_fail(
            CLP_ERROR_DEVICE,
            "no OpenCL device was found; install one (on Debian: apt install pocl-opencl-icd for the CPU, or "
            "your GPU vendor's driver), or use --backend reference, which needs none");
    if (wanted && *wanted) {
        CLP_TRY(choose_index(list, wanted, index));
        *reason = "asked for";
        return CLP_OK;
    }
    for (size_t i = 1; i < list->count; i++)
        if (merit(&list->entries[i].info) > merit(&list->entries[*index].info)) *index = i;
    bool fast = is_fast(&list->entries[*index].info);
    *reason = list->count == 1 ? "the only device"
              : fast           ? "the fastest GPU or accelerator, by units and clock"
                               : "no GPU or accelerator; the fastest CPU, by units and clock";
    return CLP_OK;
}

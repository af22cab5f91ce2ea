/* SPDX-License-Identifier: MIT */
/* What the writers of JSON share. */
#ifndef CLP_IO_JSON_H
#define CLP_IO_JSON_H

#include "base/status.h"

#include <clpoisson/device.h>

#include <jansson.h>

/* A figure that does not exist is null. */
json_t *clp_json_number(double value);
json_t *clp_json_whole(unsigned long long value);

/* Texts come from drivers: whatever is not UTF-8 becomes '?'. */
json_t *clp_json_text(const char *value);

/* What reports say of a device. */
json_t *clp_json_device(const clp_device_info *info);

/* Writes a document, and gives it up whatever the status. */
clp_status clp_json_write(const char *path, json_t *root);

#endif

/* SPDX-License-Identifier: MIT */
/* Settings such as "boundary.top=50", which override what a problem file says. */
#ifndef CLP_IO_SETTINGS_H
#define CLP_IO_SETTINGS_H

#include "io/tree.h"

/* Room for what messages say in the place of file and line. */
enum { CLP_SETTING_LABEL_SIZE = 128 };

/* Puts a setting into the tree of a problem file, whose root is a map. An entry of the list of regions goes
 * by its name or its number from 1. label[CLP_SETTING_LABEL_SIZE] is written, and must live as long as
 * messages about the tree are made. Errors: CLP_ERROR_INPUT, CLP_ERROR_MEMORY. */
clp_status clp_setting_apply(clp_tree *root, const char *setting, char *label);

#endif

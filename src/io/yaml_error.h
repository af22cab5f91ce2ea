/* SPDX-License-Identifier: MIT */
/* What is wrong with a text as YAML, in plain words. */
#ifndef CLP_IO_YAML_ERROR_H
#define CLP_IO_YAML_ERROR_H

#include "io/yaml.h"

#include <yaml.h>

/* CLP_ERROR_INPUT if the text is not plain UTF-8. */
clp_status clp_yaml_check_text(const clp_yaml_source *source);

/* The failure of the parser, which has just failed. */
clp_status clp_yaml_fail(const clp_yaml_source *source, const yaml_parser_t *parser);

#endif

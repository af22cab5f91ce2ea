/* SPDX-License-Identifier: MIT */
#include "backend/tuning.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

size_t clp_tuning_kind_index(clp_tuning_kind kind)
{
    return (size_t)kind.deep << 2 | (size_t)kind.network << 1 | (size_t)kind.doubled;
}

clp_tuning_kind clp_tuning_kind_at(size_t index)
{
    return (clp_tuning_kind){.deep = index >> 2 & 1, .network = index >> 1 & 1, .doubled = index & 1};
}

const char *clp_tuning_kind_name(clp_tuning_kind kind)
{
    static const char *const names[CLP_TUNING_KINDS] = {
        "2-D constant single", "2-D constant double", "2-D varying single", "2-D varying double",
        "3-D constant single", "3-D constant double", "3-D varying single", "3-D varying double"};
    return names[clp_tuning_kind_index(kind)];
}

void clp_tuning_text(const clp_parameter *parameters, const clp_tuning *tuning, char *text, size_t size)
{
    int length = snprintf(text, size, "%s", tuning->variant ? tuning->variant : "");
    for (size_t i = 0; parameters[i].name; i++)
        if (tuning->values[i] && length >= 0 && (size_t)length < size)
            length += snprintf(text + length, size - (size_t)length, "%s%s=%zu", length ? " " : "",
                               parameters[i].name, tuning->values[i]);
    if (length == 0) snprintf(text, size, "default");
}

static bool parse_variant(const char *const *variants, const char *word, size_t length, const char **variant)
{
    *variant = NULL;
    if (length == 7 && strncmp(word, "default", length) == 0) return true;
    for (; *variants && !*variant; variants++)
        if (strlen(*variants) == length && strncmp(word, *variants, length) == 0) *variant = *variants;
    return *variant;
}

static bool parse_value(const clp_parameter *parameters, const char *word, size_t length, clp_tuning *tuning)
{
    char number[32];
    size_t value;
    for (size_t i = 0; parameters[i].name; i++) {
        size_t name = strlen(parameters[i].name);
        if (length < name + 2 || strncmp(word, parameters[i].name, name) || word[name] != '=') continue;
        snprintf(number, sizeof number, "%.*s", (int)(length - name - 1), word + name + 1);
        if (!clp_parse_size(number, &value)) return false;
        for (size_t c = 0; c < CLP_CHOICES && parameters[i].choices[c]; c++)
            if (parameters[i].choices[c] == value) tuning->values[i] = value;
        return value && tuning->values[i] == value;
    }
    return false;
}

bool clp_tuning_parse(const clp_parameter *parameters, const char *const *variants, const char *text,
                      clp_tuning *tuning)
{
    *tuning = (clp_tuning){0};
    for (bool first = true;; first = false, text++) {
        size_t length = strcspn(text, " ");
        bool number = memchr(text, '=', length) != NULL;
        if (number ? !parse_value(parameters, text, length, tuning)
                   : !first || !parse_variant(variants, text, length, &tuning->variant))
            return false;
        text += length;
        if (!*text) return true;
    }
}

/* SPDX-License-Identifier: MIT */
/* Prints the keys of the problem file as the table of docs/problem-file.md. */
#include <clpoisson/problem_file.h>

#include <stdio.h>

/* A bar would end the cell. */
static void print_cell(const char *text)
{
    for (; *text; text++) printf(*text == '|' ? "\\|" : "%c", *text);
}

static void print_code(const char *text)
{
    putchar('`');
    print_cell(text);
    putchar('`');
}

int main(void)
{
    size_t count;
    const clp_key_help *keys = clp_problem_file_keys(&count);
    printf("| Key | Takes | If left out | What it is |\n|---|---|---|---|\n");
    for (size_t i = 0; i < count; i++) {
        printf("| ");
        print_code(keys[i].key);
        printf(" | ");
        if (keys[i].available)
            print_code(keys[i].value);
        else
            printf("*not yet*");
        printf(" | ");
        print_cell(*keys[i].initial ? keys[i].initial : "**must be given**");
        printf(" | ");
        print_cell(keys[i].text);
        printf(" |\n");
    }
    return fflush(stdout) == 0 ? 0 : 1;
}

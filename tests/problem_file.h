/* SPDX-License-Identifier: MIT */
/* What the tests of the problem file share: a folder of their own, and a file in it. */
#ifndef TESTS_PROBLEM_FILE_H
#define TESTS_PROBLEM_FILE_H

#include <clpoisson/problem_file.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One folder per test: Criterion runs each in a process of its own. */
static char folder[64], path[96];

static inline void enter(void)
{
    strcpy(folder, "/tmp/clpoisson-test-XXXXXX");
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/plate.yaml", folder);
}

static inline void leave(void)
{
    unlink(path);
    rmdir(folder);
}

static inline void write_bytes(const char *text, size_t size)
{
    FILE *stream = fopen(path, "wb");
    cr_assert(stream);
    cr_assert_eq(fwrite(text, 1, size, stream), size);
    cr_assert_eq(fclose(stream), 0);
}

static inline clp_status read_text(const char *text, const char *const *settings, size_t count,
                                   clp_problem_file **file)
{
    write_bytes(text, strlen(text));
    return clp_problem_file_read(path, settings, count, file);
}

/* The text must fail with a message that begins with the file and holds the fragment. */
static inline void expect_error(const char *text, const char *const *settings, size_t count,
                                const char *fragment)
{
    clp_problem_file *file = NULL;
    clp_status status = read_text(text, settings, count, &file);
    const char *message = clp_error_message();
    cr_expect_eq(status, CLP_ERROR_INPUT, "%s for\n%s", clp_status_name(status), text);
    cr_expect_null(file);
    cr_expect(strstr(message, fragment), "wanted: %s\ngot:    %s\nfor:\n%.500s", fragment, message, text);
    if (count == 0) cr_expect_eq(strncmp(message, path, strlen(path)), 0, "%s", message);
    cr_expect_null(strchr(message, '\n'));
    clp_problem_file_destroy(file);
}

#define DOMAIN "domain:\n  size: [1, 1]\n  nodes: [5, 5]\n"
#define PLATE DOMAIN "boundary:\n  top: 100\n"
#define LATER "is not in this version yet (0.1.0)"

/* `before`, then `middle` many times, then `after`. */
static inline char *repeat(const char *before, const char *middle, size_t times, const char *after)
{
    size_t length = strlen(middle);
    char *text = malloc(strlen(before) + times * length + strlen(after) + 1);
    cr_assert(text);
    char *at = stpcpy(text, before);
    for (size_t i = 0; i < times; i++, at += length) memcpy(at, middle, length);
    strcpy(at, after);
    return text;
}

#endif

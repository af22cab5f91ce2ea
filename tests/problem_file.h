/* SPDX-License-Identifier: MIT */
/* What the tests of the problem file share: a folder of their own, and a file in it. */
#ifndef TESTS_PROBLEM_FILE_H
#define TESTS_PROBLEM_FILE_H

#include <clpoisson/problem_file.h>

#include <criterion/criterion.h>
#include <dirent.h>
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
    char name[512];
    DIR *entries = opendir(folder);
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        snprintf(name, sizeof name, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.') remove(name);
    }
    if (entries) closedir(entries);
    rmdir(folder);
}

/* A file in the folder. */
static inline void write_file(const char *name, const void *data, size_t size)
{
    char full[160];
    snprintf(full, sizeof full, "%s/%s", folder, name);
    FILE *stream = fopen(full, "wb");
    cr_assert(stream);
    cr_assert_eq(fwrite(data, 1, size, stream), size);
    cr_assert_eq(fclose(stream), 0);
}

static inline void write_bytes(const char *text, size_t size)
{
    write_file("plate.yaml", text, size);
}

/* A .npy file: `type` as NumPy spells it ("<f8"), `shape` as Python does ("(4, 5)"). */
static inline void write_npy(const char *name, const char *type, const char *shape, const void *data,
                             size_t size)
{
    char header[128 + 1], *file = malloc(sizeof header + size);
    cr_assert(file);
    int length = snprintf(header + 10, sizeof header - 10,
                          "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", type, shape);
    memset(header + 10 + length, ' ', 118 - (size_t)length);
    memcpy(header, "\x93NUMPY\x01\x00\x76\x00", 10);
    header[127] = '\n';
    memcpy(file, header, 128);
    memcpy(file + 128, data, size);
    write_file(name, file, 128 + size);
    free(file);
}

/* Numbers 1, 2, 3, ... in double precision. */
static inline void write_numbers(const char *name, const char *shape, size_t count)
{
    double *numbers = malloc(count * sizeof *numbers);
    cr_assert(numbers);
    for (size_t i = 0; i < count; i++) numbers[i] = (double)(i + 1);
    write_npy(name, "<f8", shape, numbers, count * sizeof *numbers);
    free(numbers);
}

/* Three pixels wide, two high: red, green, white; white, white, green. */
static inline void write_board(const char *name)
{
    static const unsigned char board[] = "\x89PNG\x0d\x0a\x1a\x0a\x00\x00\x00\x0dIHDR\x00\x00\x00\x03\x00\x00"
                                         "\x00\x02\x08\x02\x00\x00\x00\x12\x16\xf1"
                                         "\x4d\x00\x00\x00\x15IDAT\x78\xda\x63\xf8\xcf\xc0\xc0\xf0\x9f\xe1"
                                         "\xff\x7f\x30\x06\x53\x0c\x00\x6e\xa5\x0b"
                                         "\xf5\x8d\x43\x9c\x04\x00\x00\x00\x00IEND\xae\x42\x60\x82";
    write_file(name, board, sizeof board - 1);
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
    if (!strstr(message, "\n  ")) cr_expect_null(strchr(message, '\n')); /* an expression with its mark */
    clp_problem_file_destroy(file);
}

/* The text must be read. */
static inline clp_problem_file *expect_read(const char *text, const char *const *settings, size_t count)
{
    clp_problem_file *file;
    cr_assert_eq(read_text(text, settings, count, &file), CLP_OK, "%s\nfor\n%s", clp_error_message(), text);
    return file;
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

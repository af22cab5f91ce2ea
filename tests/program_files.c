/* SPDX-License-Identifier: MIT */
/* Folders and files of the tests of the program. */
#include "program.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One folder per test: Criterion runs each in a process of its own. */
static char folder[4096];

static struct kept {
    void *memory;
    struct kept *next;
} * kept;

void *keep(void *memory)
{
    struct kept *entry = malloc(sizeof *entry);
    cr_assert(memory && entry);
    *entry = (struct kept){.memory = memory, .next = kept};
    kept = entry;
    return memory;
}

char *text_of(const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    cr_assert(length >= 0);
    return keep(text);
}

void enter_folder(void)
{
    const char *temporary = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/clpoisson-test-XXXXXX", temporary && *temporary ? temporary : "/tmp");
    cr_assert(mkdtemp(folder));
    cr_assert_eq(chdir(folder), 0);
    static const char *const needed[] = {"", "home", "xdg", "pocl"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) mkdir(cache_path(needed[i]), 0700);
}

void leave_folder(void)
{
    cr_assert_eq(chdir("/"), 0);
    remove_tree(folder);
    while (kept) {
        struct kept *next = kept->next;
        free(kept->memory);
        free(kept);
        kept = next;
    }
}

const char *cache_path(const char *path)
{
    static char text[4][4200];
    static unsigned turn;
    const char *shared = getenv("CLPOISSON_TEST_CACHE");
    char *written = text[turn++ % 4];
    if (shared && *shared)
        snprintf(written, sizeof text[0], "%s/%s", shared, path);
    else
        snprintf(written, sizeof text[0], "%s/cache/%s", folder, path);
    return written;
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *place)
{
    (void)info;
    (void)place;
    return type == FTW_DP || type == FTW_D ? rmdir(path) : unlink(path);
}

void remove_tree(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

void write_bytes(const char *path, const void *data, size_t size)
{
    FILE *stream = fopen(path, "wb");
    cr_assert(stream, "%s cannot be written", path);
    cr_assert_eq(fwrite(data, 1, size, stream), size);
    cr_assert_eq(fclose(stream), 0);
}

void write_text(const char *path, const char *text)
{
    write_bytes(path, text, strlen(text));
}

char *read_bytes(const char *path, size_t *size)
{
    struct stat info;
    FILE *stream = fopen(path, "rb");
    if (!stream) return NULL;
    cr_assert_eq(fstat(fileno(stream), &info), 0);
    char *data = keep(calloc(1, (size_t)info.st_size + 1));
    *size = fread(data, 1, (size_t)info.st_size, stream);
    fclose(stream);
    return data;
}

bool file_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

void write_plate(const char *path, size_t n)
{
    write_text(path, text_of("domain:\n  size: [1, 1]\n  nodes: [%zu, %zu]\n"
                             "boundary:\n  top: 100\n  left: 75\n  right: 50\n  bottom: 0\n",
                             n, n));
}

npy read_npy_bytes(const char *data, size_t size)
{
    npy array = {0};
    char kind[4] = "", end[8] = "";
    cr_assert(size > 10, "no .npy: %zu bytes", size);
    cr_assert_arr_eq(data, "\x93NUMPY\x01\x00", 8);
    size_t length = (size_t)(unsigned char)data[8] + 256 * (size_t)(unsigned char)data[9];
    cr_assert_eq((10 + length) % 64, 0, "numpy aligns the data to 64 bytes");
    cr_assert(10 + length <= size);
    char *header = text_of("%.*s", (int)length, data + 10);
    cr_assert_eq(header[length - 1], '\n');
    int read = sscanf(header, "{'descr': '%3[<f48]', 'fortran_order': False, 'shape': (%zu, %zu)%6[, }]",
                      kind, &array.rows, &array.columns, end);
    cr_assert(read == 4 && strchr(end, '}'), "%s", header);
    cr_assert(strcmp(kind, "<f8") == 0 || strcmp(kind, "<f4") == 0, "%s", kind);
    array.element_bytes = kind[2] == '8' ? sizeof(double) : sizeof(float);
    size_t count = array.rows * array.columns;
    cr_assert_eq(size, 10 + length + count * array.element_bytes);
    array.values = keep(calloc(count, sizeof *array.values));
    for (size_t i = 0; i < count; i++) {
        const char *at = data + 10 + length + i * array.element_bytes;
        float single;
        if (kind[2] == '8') {
            memcpy(&array.values[i], at, sizeof(double));
        } else {
            memcpy(&single, at, sizeof single);
            array.values[i] = (double)single;
        }
    }
    return array;
}

npy read_npy(const char *path)
{
    size_t size = 0;
    const char *data = read_bytes(path, &size);
    cr_assert(data, "%s is not there", path);
    return read_npy_bytes(data, size);
}

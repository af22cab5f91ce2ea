/* SPDX-License-Identifier: MIT */
/* A file in a folder of its own, for one test. */
#ifndef TESTS_SCRATCH_FILE_H
#define TESTS_SCRATCH_FILE_H

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64], path[96];

static inline void enter(void)
{
    strcpy(folder, "/tmp/clpoisson-input-XXXXXX");
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/input", folder);
}

static inline void leave(void)
{
    unlink(path);
    rmdir(folder);
}

/* Cut to its length only when written: some file systems flush what was cut to nothing, which takes its time.
 */
static inline void write_bytes(const void *bytes, size_t count)
{
    int file = open(path, O_WRONLY | O_CREAT, 0600);
    cr_assert(file >= 0);
    cr_assert_eq(write(file, bytes, count), (ssize_t)count);
    cr_assert_eq(ftruncate(file, (off_t)count), 0);
    cr_assert_eq(close(file), 0);
}

/* The lowest free file descriptor: the same before and after where no file is left open. */
static inline int next_descriptor(void)
{
    int next = dup(STDIN_FILENO);
    cr_assert(next >= 0);
    close(next);
    return next;
}

#endif

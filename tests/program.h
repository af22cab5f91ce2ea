/* SPDX-License-Identifier: MIT */
/*
 * Runs the program as a user would: in a folder of the test's own, with an environment of its own, its
 * streams going to pipes, files, terminals or nowhere.
 *
 * The environment tells what to test: CLPOISSON_PROGRAM is the program's path; CLPOISSON_TEST_CACHE, if set,
 * a folder in which all tests of a run share what OpenCL has compiled.
 */
#ifndef TESTS_PROGRAM_H
#define TESTS_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

/* Makes a folder and goes there; leaves and removes it. For .init and .fini of a suite. */
void enter_folder(void);
void leave_folder(void);

typedef enum stream_kind {
    STREAM_PIPE = 0, /* caught; as standard input: empty */
    STREAM_CLOSED,
    STREAM_FILE,     /* a path, which must exist if it is a device */
    STREAM_TERMINAL, /* a pseudo-terminal; caught */
} stream_kind;

typedef struct program_stream {
    stream_kind kind;
    const char *path;
} program_stream;

/* What to run; all but the arguments may be left out. */
typedef struct request {
    const char *const *arguments;   /* without the program's name, ended by NULL */
    const char *const *environment; /* "NAME=value", or "NAME" to take it out, ended by NULL */
    program_stream input, output, error;
    int signal; /* sent once, 0.3 s after signal_text stands on standard error */
    const char *signal_text;
    double limit;   /* seconds; 0: 120. A program that runs longer fails the test */
    int memory_mib; /* limit of the address space; 0: none */
    int file_bytes; /* limit of the size of a file, beyond which writing is an error; 0: none */
} request;

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

typedef struct outcome {
    int status;   /* exit status, or 128 + the number of the signal that ended it */
    char *output; /* what came on standard output, zero-terminated */
    size_t output_size;
    char *error;
    size_t error_size;
    double seconds; /* from the signal, if there was one, else from the start */
} outcome;

/* Texts are kept until leave_folder(). A program that cannot be run fails the test. */
outcome run_program(const request *asked);

/* As above for arguments alone. */
#define RUN(...) run_program(&(request){.arguments = LIST(__VA_ARGS__)})

/* The same in two steps, for programs that run side by side. */
typedef struct running running;
running *start_program(const request *asked);
outcome finish_program(running *run);

/* Checks the exit status, telling what the program said. */
#define EXPECT_STATUS(ran, wanted)                                                                           \
    cr_expect_eq((ran).status, wanted, "exit status %d, not %d; standard error:\n%s", (ran).status, wanted,  \
                 (ran).error)

/* Checks that a text contains a fragment. */
#define EXPECT_HOLDS(text, fragment) cr_expect(strstr(text, fragment), "wanted: %s\ngot: %s", fragment, text)

/* Memory that lives until leave_folder(). */
void *keep(void *memory);

/* A text made as by printf, kept until leave_folder(). */
__attribute__((format(printf, 1, 2))) char *text_of(const char *format, ...);

/* The folder in which the program of this test keeps its caches, followed by a path in it. */
const char *cache_path(const char *path);

void write_bytes(const char *path, const void *data, size_t size);
void write_text(const char *path, const char *text);

/* A whole file, zero-terminated; NULL if there is none. */
char *read_bytes(const char *path, size_t *size);

bool file_exists(const char *path);

/* Removes a folder with all that is in it. */
void remove_tree(const char *path);

/* A small plate with all four sides held, n x n nodes, into a file. */
void write_plate(const char *path, size_t n);

/* The values of a .npy file whose header is as numpy.save writes it for a 2-D C-ordered array, else the test
 * fails. */
typedef struct npy {
    size_t rows, columns, element_bytes;
    double *values;
} npy;

npy read_npy_bytes(const char *data, size_t size);
npy read_npy(const char *path);

#endif

/* SPDX-License-Identifier: MIT */
#include "program.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { SHELL_SIGNAL = 128, LIMIT_SECONDS = 120, CANNOT_RUN = 127 };

/* What is read of a stream, and the other end of it in the child; -1 where there is none. */
typedef struct capture {
    int ours, theirs;
    char *data;
    size_t size, capacity;
} capture;

struct running {
    request asked;
    pid_t child;
    capture output, error;
    double start, signal_at; /* signal_at: when to send it; INFINITY: not yet known, or sent */
    double signalled;        /* when it was sent; 0: not yet */
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* ---- in the child ---- */

static void set_environment(const char *const *environment)
{
    /* What would change the answers or what is said about them. */
    static const char *const unwanted[] = {
        "LANG",          "LC_ALL",           "LC_NUMERIC",      "LANGUAGE",       "NO_COLOR",
        "OPENCL_LAYERS", "CLPOISSON_DEVICE", "CLPOISSON_SWEEP", "RUSTICL_ENABLE", "CLPOISSON_KERNEL_PATH",
    };
    for (size_t i = 0; i < sizeof unwanted / sizeof *unwanted; i++) unsetenv(unwanted[i]);
    setenv("HOME", cache_path("home"), 1);
    setenv("XDG_CACHE_HOME", cache_path("xdg"), 1);
    setenv("POCL_CACHE_DIR", cache_path("pocl"), 0); /* unless all tests share one */
    setenv("TERM", "xterm", 1);
    setenv("OCL_ICD_VENDORS", "pocl.icd", 0);
    for (; environment && *environment; environment++) {
        if (strchr(*environment, '='))
            putenv(strdup(*environment));
        else
            unsetenv(*environment);
    }
}

static void set_stream(int number, const program_stream *wanted, const capture *caught)
{
    int descriptor = -1;
    if (wanted->kind == STREAM_CLOSED) {
        close(number);
        return;
    }
    if (caught)
        descriptor = caught->theirs;
    else
        descriptor = open(wanted->path ? wanted->path : "/dev/null",
                          number == STDIN_FILENO ? O_RDONLY : O_WRONLY | O_CREAT, 0666);
    if (descriptor < 0 || dup2(descriptor, number) < 0) _exit(CANNOT_RUN);
    if (!caught) close(descriptor);
}

__attribute__((noreturn)) static void become_program(const running *run)
{
    const request *asked = &run->asked;
    const char *program = getenv("CLPOISSON_PROGRAM");
    char *arguments[64] = {(char *)"clpoisson"};
    for (int i = 0; asked->arguments[i] && i < 62; i++) arguments[i + 1] = (char *)asked->arguments[i];
    /* Nothing of the test's own runner may reach the program; closed streams must be the lowest ones. */
    const capture *output = run->output.theirs >= 0 ? &run->output : NULL;
    const capture *error = run->error.theirs >= 0 ? &run->error : NULL;
    set_stream(STDERR_FILENO, &asked->error, error);
    set_stream(STDOUT_FILENO, &asked->output, output);
    set_stream(STDIN_FILENO, &asked->input, NULL);
    for (int descriptor = 3; descriptor < 256; descriptor++) close(descriptor);
    if (asked->memory_mib) {
        rlim_t bytes = (rlim_t)asked->memory_mib << 20;
        setrlimit(RLIMIT_AS, &(struct rlimit){bytes, bytes});
    }
    if (asked->file_bytes) {
        rlim_t bytes = (rlim_t)asked->file_bytes;
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){bytes, bytes});
        signal(SIGXFSZ, SIG_IGN);
    }
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    set_environment(asked->environment);
    execv(program, arguments);
    _exit(CANNOT_RUN);
}

/* ---- in the test ---- */

static capture open_capture(const program_stream *wanted)
{
    int ends[2] = {-1, -1};
    if (wanted->kind == STREAM_PIPE) cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    if (wanted->kind == STREAM_TERMINAL) {
        /* Lines as the program ends them, on a terminal of a usual width. */
        struct termios raw;
        struct winsize size = {.ws_row = 25, .ws_col = 100};
        cr_assert_eq(openpty(&ends[0], &ends[1], NULL, NULL, &size), 0, "no pseudo-terminal");
        cr_assert_eq(tcgetattr(ends[1], &raw), 0);
        cfmakeraw(&raw);
        cr_assert_eq(tcsetattr(ends[1], TCSANOW, &raw), 0);
    }
    capture caught = {.ours = ends[0], .theirs = ends[1], .capacity = 4096};
    caught.data = calloc(1, caught.capacity);
    cr_assert(caught.data);
    return caught;
}

/* Takes what is there; closes at its end. A terminal ends with an error. */
static void read_capture(capture *caught)
{
    if (caught->capacity - caught->size < 4096) {
        caught->capacity *= 2;
        caught->data = realloc(caught->data, caught->capacity);
        cr_assert(caught->data);
    }
    ssize_t got = read(caught->ours, caught->data + caught->size, caught->capacity - caught->size - 1);
    if (got > 0) {
        caught->size += (size_t)got;
        caught->data[caught->size] = '\0';
    } else {
        close(caught->ours);
        caught->ours = -1;
    }
}

running *start_program(const request *asked)
{
    cr_assert(getenv("CLPOISSON_PROGRAM"), "CLPOISSON_PROGRAM does not name the program");
    running *run = keep(calloc(1, sizeof *run));
    *run = (running){.asked = *asked, .start = now(), .signal_at = -1};
    run->output = open_capture(&asked->output);
    run->error = open_capture(&asked->error);
    fflush(NULL);
    run->child = fork();
    cr_assert(run->child >= 0);
    if (run->child == 0) become_program(run);
    if (run->output.theirs >= 0) close(run->output.theirs);
    if (run->error.theirs >= 0) close(run->error.theirs);
    return run;
}

/* Sends the signal a little after the text has come, so that what follows it has begun. */
static void consider_signal(running *run)
{
    if (!run->asked.signal || run->signalled > 0) return;
    const char *text = run->asked.signal_text;
    if (run->signal_at < 0 && (!text || strstr(run->error.data, text))) run->signal_at = now() + 0.3;
    if (run->signal_at > 0 && now() >= run->signal_at) {
        kill(run->child, run->asked.signal);
        run->signalled = now();
    }
}

/* Reads both streams until the program has ended and they are empty; false if it takes too long. */
static bool read_streams(running *run, double limit)
{
    while (run->output.ours >= 0 || run->error.ours >= 0) {
        struct pollfd streams[2] = {{.fd = run->output.ours, .events = POLLIN},
                                    {.fd = run->error.ours, .events = POLLIN}};
        int ready = poll(streams, 2, 50);
        if (ready > 0 && streams[0].revents) read_capture(&run->output);
        if (ready > 0 && streams[1].revents) read_capture(&run->error);
        consider_signal(run);
        if (now() - run->start > limit) return false;
    }
    return true;
}

outcome finish_program(running *run)
{
    double limit = run->asked.limit > 0 ? run->asked.limit : LIMIT_SECONDS;
    bool ended = read_streams(run, limit);
    int status = 0;
    while (ended && waitpid(run->child, &status, WNOHANG) == 0) {
        consider_signal(run);
        ended = now() - run->start <= limit;
        usleep(2000);
    }
    if (!ended) {
        kill(run->child, SIGKILL);
        waitpid(run->child, &status, 0);
    }
    keep(run->output.data);
    keep(run->error.data);
    cr_assert(ended, "the program did not end within %g s; standard error:\n%s", limit, run->error.data);
    outcome ran = {.status = WIFEXITED(status) ? WEXITSTATUS(status) : SHELL_SIGNAL + WTERMSIG(status),
                   .output = run->output.data,
                   .output_size = run->output.size,
                   .error = run->error.data,
                   .error_size = run->error.size,
                   .seconds = now() - (run->signalled > 0 ? run->signalled : run->start)};
    cr_assert_neq(ran.status, CANNOT_RUN, "%s cannot be run", getenv("CLPOISSON_PROGRAM"));
    return ran;
}

outcome run_program(const request *asked)
{
    return finish_program(start_program(asked));
}

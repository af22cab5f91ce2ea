/* SPDX-License-Identifier: MIT */
/* Starting ranks on this machine, which share memory (shm.c). */
#include "transport/shm.h"

#include "base/status.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { NOT_STARTED = 127 };

/* Signals that ask for an end: the first rank gets them, and all end when it does. */
static const int asking[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
enum { ASKING = sizeof asking / sizeof *asking };
static volatile sig_atomic_t asked;

static void ask(int number)
{
    asked = number;
}

typedef struct launch {
    size_t count;
    pid_t *processes; /* of those that run; else 0 */
    int descriptor;   /* of the memory; -1 without */
    clp_shm *memory;
    const char *program;
    char *const *arguments;
    bool has_failed;
    int asked; /* by a signal to this process */
    int result;
} launch;

static clp_status make_memory(launch *ranks)
{
    const size_t bytes = clp_shm_bytes(ranks->count);
    ranks->descriptor = memfd_create("clpoisson", 0); /* open in what is executed, too */
    if (ranks->descriptor < 0 || ftruncate(ranks->descriptor, (off_t)bytes) != 0)
        return clp_fail(CLP_ERROR_MEMORY, "no memory for %zu processes to share: %s", ranks->count,
                        strerror(errno));
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, ranks->descriptor, 0);
    if (memory == MAP_FAILED)
        return clp_fail(CLP_ERROR_MEMORY, "no memory for %zu processes to share: %s", ranks->count,
                        strerror(errno));
    ranks->memory = memory;
    return CLP_OK;
}

/* Of the environment that they get. */
static bool tell(const char *name, size_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%zu", number);
    return setenv(name, text, 1) == 0;
}

static clp_status start(launch *ranks, size_t number)
{
    const pid_t self = getpid();
    if (!tell(CLP_SHM_RANK, number)) return clp_fail_host_memory(1);
    pid_t process = fork();
    if (process < 0)
        return clp_fail(CLP_ERROR_DEVICE, "process %zu of %zu could not be started: %s", number + 1,
                        ranks->count, strerror(errno));
    if (process == 0) { /* which ends with its parent */
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == self)
            execv(ranks->program, ranks->arguments);
        _exit(NOT_STARTED);
    }
    ranks->processes[number] = process;
    return CLP_OK;
}

static void end_all(launch *ranks)
{
    for (size_t i = 0; i < ranks->count; i++)
        if (ranks->processes[i] > 0) kill(ranks->processes[i], SIGKILL);
}

/* One that is gone. Who did not leave the others leaves them waiting, and they end with it. */
static clp_status note_end(launch *ranks, size_t number, int status)
{
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
    clp_shm_rank *rank = &ranks->memory->ranks[number];
    const size_t joined = atomic_load(&rank->joined);
    const bool has_left = joined > 0 && atomic_load(&rank->left) == joined;
    ranks->processes[number] = 0;
    if (number == 0 && !ranks->has_failed) ranks->result = code;
    if (has_left || ranks->has_failed) return CLP_OK;
    ranks->has_failed = true;
    ranks->result = code;
    end_all(ranks);
    if (WIFSIGNALED(status) && WTERMSIG(status) == ranks->asked)
        ranks->result = 128 + ranks->asked; /* as shells say it */
    else if (WIFSIGNALED(status))
        return clp_fail(CLP_ERROR_DEVICE,
                        "rank %zu of %zu was ended by signal %d (%s), and so were the others", number,
                        ranks->count, WTERMSIG(status), strsignal(WTERMSIG(status)));
    if (code == NOT_STARTED)
        return clp_fail(CLP_ERROR_DEVICE, "%s could not be started again as rank %zu", ranks->program,
                        number);
    return CLP_OK;
}

static clp_status wait_for(launch *ranks)
{
    const struct timespec moment = {.tv_nsec = 1000000};
    clp_status first = CLP_OK;
    for (size_t left = ranks->count; left > 0; nanosleep(&moment, NULL)) {
        left = 0;
        if (asked && ranks->processes[0] > 0) kill(ranks->processes[0], asked);
        if (asked) ranks->asked = asked;
        asked = 0;
        for (size_t i = 0; i < ranks->count; i++) {
            int status = EXIT_FAILURE << 8; /* where that cannot be asked */
            if (ranks->processes[i] > 0 && waitpid(ranks->processes[i], &status, WNOHANG) != 0) {
                clp_status ended = note_end(ranks, i, status);
                if (first == CLP_OK) first = ended;
            }
            left += ranks->processes[i] > 0;
        }
    }
    return first;
}

static clp_status start_all(launch *ranks)
{
    bool told = tell(CLP_LAUNCH_COUNT, ranks->count) && tell(CLP_SHM_MEMORY, (size_t)ranks->descriptor);
    clp_status status = told ? CLP_OK : clp_fail_host_memory(1);
    for (size_t i = 0; i < ranks->count && status == CLP_OK; i++) status = start(ranks, i);
    unsetenv(CLP_SHM_RANK);
    unsetenv(CLP_LAUNCH_COUNT);
    unsetenv(CLP_SHM_MEMORY);
    return status;
}

clp_status clp_ranks_launch(size_t count, char *const arguments[], int *result)
{
    struct sigaction own = {.sa_handler = ask}, usual = {.sa_handler = SIG_DFL}, before[ASKING], child;
    char program[4096];
    launch ranks = {.count = count, .descriptor = -1, .program = program, .arguments = arguments};
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    *result = EXIT_FAILURE;
    if (count < 1 || count > CLP_LAUNCH_MAX)
        return clp_fail(CLP_ERROR_INPUT, "%zu processes cannot be started at once; at most %d", count,
                        CLP_LAUNCH_MAX);
    if (length <= 0) return clp_fail(CLP_ERROR_FILE, "/proc/self/exe: %s", strerror(errno));
    program[length] = '\0';
    ranks.processes = calloc(count, sizeof *ranks.processes);
    if (!ranks.processes) return clp_fail_host_memory(count * sizeof *ranks.processes);
    sigaction(SIGCHLD, &usual, &child); /* else there is nothing to wait for */
    for (int i = 0; i < ASKING; i++) {
        sigaction(asking[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN) sigaction(asking[i], &own, NULL);
    }
    clp_status status = make_memory(&ranks);
    if (status == CLP_OK) {
        status = start_all(&ranks);
        ranks.has_failed = status != CLP_OK;
        if (ranks.has_failed) end_all(&ranks);
        clp_status ended = wait_for(&ranks);
        if (status == CLP_OK) status = ended;
        munmap(ranks.memory, clp_shm_bytes(count));
    }
    for (int i = 0; i < ASKING; i++) sigaction(asking[i], &before[i], NULL);
    sigaction(SIGCHLD, &child, NULL);
    if (ranks.descriptor >= 0) close(ranks.descriptor);
    free(ranks.processes);
    *result = status == CLP_OK ? ranks.result : EXIT_FAILURE;
    return status;
}

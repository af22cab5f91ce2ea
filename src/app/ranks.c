/* SPDX-License-Identifier: MIT */
#include "app/ranks.h"

#include "app/launch.h"
#include "app/options.h"
#include "app/terminal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "2x3" or "2x3x4"; of "4" parts[1] and [2] stay 0. */
static bool read_blocks(const char *text, size_t parts[CLP_AXES])
{
    const char *at = text;
    int axis = 0;
    for (; axis < CLP_AXES; axis++) {
        char *end;
        if (*at < '1' || *at > '9') return false;
        unsigned long count = strtoul(at, &end, 10);
        if (count > 1000000) return false;
        parts[axis] = count;
        if (!*end) break;
        if (*end != 'x') return false;
        at = end + 1;
    }
    return axis < CLP_AXES && *text;
}

static bool read_count(const char *text, size_t *count)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 15 || text[digits]) return false;
    *count = strtoul(text, NULL, 10);
    return *count > 0;
}

static void take_place(const clp_ranks *ranks)
{
    /* Those that share memory have the terminal itself. */
    terminal.speaks = ranks && strcmp(clp_ranks_transport(ranks), "shm") != 0;
    if (clp_ranks_number(ranks) > 0) terminal.holds = terminal.quiet = true;
}

int app_ranks_join(clp_ranks **ranks)
{
    *ranks = NULL;
    if (!clp_ranks_are_started()) return -1;
    clp_status status = clp_ranks_join(NULL, ranks);
    take_place(*ranks);
    return status == CLP_OK ? -1 : app_fail(status);
}

int app_ranks_refuse(const char *command)
{
    clp_ranks *ranks;
    int result = app_ranks_join(&ranks);
    if (result < 0 && clp_ranks_count(ranks) > 1) {
        app_error("%s is for one process, as several would slow each other down; leave mpirun out", command);
        result = EXIT_USAGE;
    }
    app_ranks_leave(ranks, result < 0 ? EXIT_SOLVED : result);
    return result;
}

/* From what they joined by, before options were read, to what the options say. */
static int change_transport(const char *transport, clp_ranks **ranks)
{
    const char *wanted = transport ? transport : "";
    char other[CLP_RANK_TEXT] = "";
    clp_ranks *others;
    if (*ranks) { /* else those who join by another one would wait for those who do not */
        clp_ranks_mix(*ranks, wanted, strlen(wanted) + 1);
        clp_status compared = clp_ranks_compare(*ranks, other);
        if (compared != CLP_OK) return app_fail(compared);
    }
    if (*other) {
        app_error("--transport: the ranks have different ones, %s not that of rank 0; give all the same",
                  other);
        return EXIT_USAGE;
    }
    if (!transport || strcmp(transport, clp_ranks_transport(*ranks)) == 0) return -1;
    clp_status status = clp_ranks_join(transport, &others);
    if (status != CLP_OK) return app_fail(status);
    if (clp_ranks_count(others) != clp_ranks_count(*ranks)) {
        app_error(
            "--transport %s: %zu processes talk by %s already; leave it out, or start one without mpirun",
            transport, clp_ranks_count(*ranks), clp_ranks_transport(*ranks));
        clp_ranks_leave(others);
        return EXIT_USAGE;
    }
    clp_ranks_leave(*ranks);
    *ranks = others;
    return -1;
}

/* How many there are to be, and the parts along each axis, all 0 where that is left open. -1, or an exit
 * status. */
static int count_ranks(const char *blocks, size_t parts[CLP_AXES], size_t *wanted)
{
    parts[0] = parts[1] = parts[2] = 0;
    *wanted = 0;
    if (!blocks) return -1;
    if (!read_blocks(blocks, parts)) {
        app_error("--ranks %s: write how many, such as 4, or how many along each axis, such as 2x3 or 2x2x2",
                  blocks);
        return EXIT_USAGE;
    }
    *wanted = parts[0] * (parts[1] > 0 ? parts[1] : 1) * (parts[2] > 0 ? parts[2] : 1);
    if (parts[1] == 0)
        parts[0] = 0;
    else if (parts[2] == 0)
        parts[2] = 1;
    return -1;
}

int app_ranks_choose(const char *transport, const char *blocks, clp_ranks **ranks, size_t parts[CLP_AXES])
{
    size_t wanted;
    take_place(*ranks); /* options may have made it speak again */
    int read = count_ranks(blocks, parts, &wanted);
    if (read >= 0) return read;
    int status = change_transport(transport, ranks);
    if (status >= 0) return status;
    if (!*ranks && !transport && clp_ranks_are_started_alone()) {
        app_error(
            "mpirun started several processes, and this build of clPoisson has no MPI: each would solve "
            "all of the problem and write the same files; build it with MPI, or run one process");
        return EXIT_USAGE;
    }
    const bool is_divided = *ranks && parts[0] > 0; /* which is checked when parts are taken */
    if (!blocks || wanted == clp_ranks_count(*ranks) || is_divided) return -1;
    if (!*ranks && (!transport || strcmp(transport, "shm") == 0)) return app_launch(wanted);
    if (clp_ranks_count(*ranks) > 1)
        app_error("--ranks %s: there are %zu processes; mpirun says how many", blocks,
                  clp_ranks_count(*ranks));
    else
        app_error(
            "--ranks %s: this is one process, and --transport %s starts no others; leave it out, or start "
            "them by mpirun -n %zu",
            blocks, clp_ranks_transport(*ranks), wanted);
    return EXIT_USAGE;
}

static bool read_overlap(const char *text, clp_overlap *overlap)
{
    static const char *const names[] = {
        [CLP_OVERLAP_AUTO] = "auto", [CLP_OVERLAP_YES] = "yes", [CLP_OVERLAP_NO] = "no"};
    *overlap = CLP_OVERLAP_AUTO;
    for (size_t i = 0; text && i < sizeof names / sizeof *names; i++)
        if (strcmp(text, names[i]) == 0) {
            *overlap = (clp_overlap)i;
            return true;
        }
    return !text;
}

int app_ranks_set(const char *halo, const char *gathered, const char *overlap, clp_ranks *ranks)
{
    clp_overlap overlaps;
    size_t depth = 0, nodes = 0;
    if (halo && !read_count(halo, &depth)) {
        app_error("--halo %s: write how many nodes deep, such as 32", halo);
        return EXIT_USAGE;
    }
    if (gathered && !read_count(gathered, &nodes)) {
        app_error("--gathered %s: write how many nodes, such as 66049 for 257 x 257", gathered);
        return EXIT_USAGE;
    }
    if (!read_overlap(overlap, &overlaps)) {
        app_error("--overlap %s: write yes, no or auto", overlap);
        return EXIT_USAGE;
    }
    const char *const for_several[] = {halo ? "--halo" : NULL, gathered ? "--gathered" : NULL,
                                       overlap ? "--overlap" : NULL};
    for (size_t i = 0; i < sizeof for_several / sizeof *for_several; i++)
        if (for_several[i] && !ranks)
            app_warn("%s is for several processes, as --ranks 4 starts; this is one alone", for_several[i]);
    clp_ranks_set_halo(ranks, depth);
    clp_ranks_set_gathered(ranks, nodes);
    clp_ranks_set_overlap(ranks, overlaps);
    return -1;
}

int app_ranks_leave(clp_ranks *ranks, int status)
{
    /* One that has failed ends the others; who has not waits for them, as long as their outputs take. */
    const bool well = status == EXIT_SOLVED || status == EXIT_NOT_CONVERGED;
    const double patience = well ? INFINITY : 2;
    char host[64] = "", first[sizeof terminal.held];
    if (!ranks) return status;
    gethostname(host, sizeof host - 1);
    if (!clp_ranks_meet(ranks, patience)) {
        if (*terminal.held && terminal.holds)
            fprintf(stderr, "clpoisson: rank %zu on %s: %s\n", clp_ranks_number(ranks), host, terminal.held);
        if (status != EXIT_SOLVED)
            fprintf(stderr, "clpoisson: rank %zu ends all %zu of them\n", clp_ranks_number(ranks),
                    clp_ranks_count(ranks));
        clp_ranks_abort(ranks, status == EXIT_SOLVED ? EXIT_FAILED : status);
    }
    memcpy(first, terminal.held, sizeof first);
    clp_ranks_spread_text(ranks, first, sizeof first);
    if (clp_ranks_number(ranks) > 0 && *terminal.held && strcmp(first, terminal.held) != 0)
        fprintf(stderr, "clpoisson: rank %zu on %s: %s\n", clp_ranks_number(ranks), host, terminal.held);
    clp_ranks_leave(ranks);
    return status;
}

/* ---- devices ---- */

/* One after the other of a list with commas. */
static const char *take_turn(const char *list, size_t turn, char *text, size_t size)
{
    size_t count = 1;
    for (const char *at = list; *at; at++) count += *at == ',';
    for (turn %= count; turn > 0; turn--) list = strchr(list, ',') + 1;
    snprintf(text, size, "%.*s", (int)strcspn(list, ","), list);
    return text;
}

/* The number of the graphics processor whose turn it is, where there are several; NULL: let the library
 * choose. */
static const char *take_gpu(size_t turn, char *text, size_t size)
{
    clp_device_list *list;
    size_t found = 0, gpus[64];
    if (clp_device_list_create(&list) != CLP_OK) return NULL;
    for (size_t i = 0; i < clp_device_list_count(list) && found < 64; i++)
        if (clp_device_list_info(list, i)->type == CLP_DEVICE_GPU) gpus[found++] = i;
    clp_device_list_destroy(list);
    if (found < 2) return NULL;
    snprintf(text, size, "%zu", gpus[turn % found]);
    return text;
}

/* As many threads as there are processors for each rank of this machine. */
static unsigned share_of_threads(const clp_ranks *ranks)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t share = (processors > 0 ? (size_t)processors : 1) / clp_ranks_beside(ranks);
    return share > 0 ? (unsigned)share : 1;
}

/*
 * PoCL's cache, each rank of a machine with its own: PoCL 3.1 crashes where one process reads a folder of it
 * while another compiles there. A rank that is the first, or alone, has the one that the user's other runs
 * have.
 */
static void part_caches(const clp_ranks *ranks)
{
    static const struct {
        const char *variable, *below;
    } places[] = {{"POCL_CACHE_DIR", ""}, {"XDG_CACHE_HOME", "/pocl"}, {"HOME", "/.cache/pocl"}};
    char path[1024];
    if (clp_ranks_local(ranks) == 0) return;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *folder = getenv(places[i].variable);
        if (!folder || !*folder) continue;
        snprintf(path, sizeof path, "%s%s/rank-%zu", folder, places[i].below, clp_ranks_local(ranks));
        setenv("POCL_CACHE_DIR", path, 1);
        return;
    }
}

clp_status app_ranks_open(clp_ranks *ranks, const clp_device_options *wanted, clp_device **device)
{
    clp_device_options options = *wanted;
    char name[256], threads[16];
    clp_device *own = NULL;
    *device = NULL;
    if (clp_ranks_count(ranks) == 1) return clp_device_open(wanted, device);
    bool reference = options.backend && strcmp(options.backend, "reference") == 0;
    snprintf(threads, sizeof threads, "%u", share_of_threads(ranks));
    setenv("POCL_MAX_PTHREAD_COUNT", threads, 0);
    part_caches(ranks);
    if (options.threads == 0 && reference) options.threads = share_of_threads(ranks);
    if (options.device)
        options.device = take_turn(options.device, clp_ranks_local(ranks), name, sizeof name);
    else if (!reference && !getenv("CLPOISSON_DEVICE"))
        options.device = take_gpu(clp_ranks_local(ranks), name, sizeof name);
    clp_status status = clp_ranks_agree(ranks, clp_device_open(&options, &own));
    if (status == CLP_OK) status = clp_ranks_weigh(ranks, own);
    if (status == CLP_OK) return clp_ranks_device(ranks, own, device);
    clp_device_close(own);
    return status;
}

/* SPDX-License-Identifier: MIT */
/* The search for a tuning, on a backend with a known best choice; and what is kept of it between runs. */
#include "backend/backend.h"
#include "base/file.h"

#include <clpoisson/clpoisson.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define OK(call) cr_assert_eq(call, CLP_OK, "%s", clp_error_message())

TestSuite(tune);

/* ---- texts ---- */

static const clp_parameter parameters[] = {
    {"speed", {1, 2, 3}, NULL, true, true}, {"depth", {7, 70}, "loops", true, false}, {0}};
static const char *const variants[] = {"loops", "twists", NULL};

Test(tune, texts_are_read_as_they_were_written)
{
    const clp_tuning tunings[] = {{0}, {"twists", {0, 70}}, {"loops", {3, 7}}, {NULL, {2}}};
    const char *const texts[] = {"default", "twists depth=70", "loops speed=3 depth=7", "speed=2"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[100];
        clp_tuning read;
        clp_tuning_text(parameters, &tunings[i], text, sizeof text);
        cr_expect_str_eq(text, texts[i]);
        cr_expect(clp_tuning_parse(parameters, variants, text, &read), "%s", text);
        cr_expect_eq(read.variant, tunings[i].variant, "%s", text);
        cr_expect_arr_eq(read.values, tunings[i].values, sizeof read.values, "%s", text);
    }
}

Test(tune, other_texts_are_refused)
{
    const char *const texts[] = {"",
                                 "loop",
                                 "loopss",
                                 " loops",
                                 "loops ",
                                 "loops speed",
                                 "loops speed=",
                                 "loops speed=4",
                                 "loops speed=0",
                                 "loops speed=-1",
                                 "loops speed=1x",
                                 "loops pace=1",
                                 "loops  speed=1",
                                 "loops speed=11111111111111111111111111111111111111",
                                 "loops speed=1 ;"};
    clp_tuning read;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cr_expect_not(clp_tuning_parse(parameters, variants, texts[i], &read), "'%s'", texts[i]);
}

/* ---- the search ---- */

/* The reference backend, whose sweeps are slow but with speed 2, wrong with speed 3, and fail as twists. */
static clp_tuning chosen[CLP_TUNING_KINDS];
static const clp_tuning *now;
static size_t kept;

static void tune(clp_device *device, clp_tuning_kind kind, const clp_tuning *tuning)
{
    (void)device;
    chosen[clp_tuning_kind_index(kind)] = *tuning;
}

static clp_tuning tuned(const clp_device *device, clp_tuning_kind kind)
{
    (void)device;
    return chosen[clp_tuning_kind_index(kind)];
}

static clp_status keep(clp_device *device, char *path, size_t size)
{
    (void)device;
    snprintf(path, size, "nowhere");
    kept++;
    return CLP_OK;
}

static bool runs_alike(const clp_device *device, clp_tuning_kind kind, const clp_tuning *a,
                       const clp_tuning *b)
{
    (void)device, (void)kind;
    bool same =
        (a->values[0] ? a->values[0] : 1) == (b->values[0] ? b->values[0] : 1); /* speed 1 is the default */
    return same && a->variant == b->variant && a->values[1] == b->values[1];
}

static bool is_worth_trying(const clp_device *device, const char *variant)
{
    (void)device;
    return strcmp(variant, "slowest") != 0;
}

/* So that grids stay small. */
static clp_status fits(clp_device *device, const clp_grid *grid, clp_precision precision,
                       const clp_memory_use *use)
{
    (void)device, (void)grid, (void)precision, (void)use;
    return CLP_ERROR_MEMORY;
}

static clp_status level_create(clp_device *device, const clp_operator *op, clp_precision precision,
                               const char *variant, clp_level **level)
{
    const clp_tuning_kind kind = {clp_grid_dimensions(&op->grid) == 3, precision == CLP_PRECISION_DOUBLE,
                                  op->network != NULL};
    now = &chosen[clp_tuning_kind_index(kind)];
    *level = NULL;
    if (now->variant && strcmp(now->variant, "twists") == 0)
        return clp_fail(CLP_ERROR_DEVICE, "it does not build");
    CLP_TRY(clp_reference_backend.level_create(device, op, precision, variant, level));
    (*level)->sweep = "loops";
    return CLP_OK;
}

static clp_status sweep(clp_field *u, clp_field *scratch, const clp_field *q, const double *weights,
                        size_t count)
{
    double other[64];
    for (size_t k = 0; k < count; k++) other[k] = weights[k] * (now->values[0] == 3 ? 1.01 : 1);
    if (now->values[0] != 2) nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    return clp_reference_backend.sweep(u, scratch, q, other, count);
}

typedef struct told {
    size_t trials, wrong, unbuilt, vain, last, most;
    double gain;
    char best[64];
} told;

static bool listen(void *user, const clp_tune_trial *trial)
{
    told *t = user;
    t->trials++;
    t->wrong += strstr(trial->message, "wrong results: sweep") != NULL;
    t->vain += strcmp(trial->tried, "speed=1") == 0;
    t->unbuilt += strstr(trial->message, "it does not build") != NULL;
    cr_expect_eq(isnan(trial->gain), *trial->message != '\0');
    if (trial->last && t->last++ == 0) {
        t->gain = trial->best_gain;
        snprintf(t->best, sizeof t->best, "%s", trial->best);
    }
    return t->trials < t->most;
}

static told search(size_t most, double seconds)
{
    clp_device *device;
    clp_backend backend = clp_reference_backend;
    told t = {.most = most};
    char path[100];
    OK(clp_device_open(&(clp_device_options){.backend = "reference"}, &device));
    backend.parameters = parameters;
    backend.sweep_variants = (const char *const[]){"slowest", "twists", "loops", NULL};
    backend.fits = fits;
    backend.is_worth_trying = is_worth_trying;
    backend.runs_alike = runs_alike;
    backend.tune = tune;
    backend.tuned = tuned;
    backend.tuning_keep = keep;
    backend.level_create = level_create;
    backend.sweep = sweep;
    device->backend = &backend;
    device->info.fp64 = false; /* fewer kinds */
    OK(clp_device_tune(device, &(clp_tune_options){.seconds = seconds}, listen, &t, path, sizeof path));
    cr_expect_str_eq(path, "nowhere");
    device->backend = &clp_reference_backend;
    clp_device_close(device);
    return t;
}

Test(tune, the_best_choice_is_found_and_wrong_ones_are_told, .timeout = 100)
{
    told t = search(1000, 40);
    cr_expect_eq(t.last, 4, "%zu kinds", t.last);
    cr_expect(strncmp(t.best, "speed=2", 7) == 0, "%s", t.best); /* a depth may follow: it hardly matters */
    cr_expect_gt(t.gain, 1);
    cr_expect_geq(t.wrong, 1);
    cr_expect_eq(t.vain, 0, "what is the default is not tried");
    cr_expect_geq(t.unbuilt, 1);
    cr_expect_eq(kept, 1);
    cr_expect_eq(chosen[0].values[0], 2);
    cr_expect_null(chosen[0].variant);
}

Test(tune, stopping_keeps_what_was_found, .timeout = 100)
{
    told t = search(2, 40); /* the defaults, speed 2 */
    cr_expect_leq(t.last, 1);
    cr_expect_eq(kept, 1);
    cr_expect_eq(chosen[0].values[0], 2);
}

Test(tune, the_reference_backend_has_nothing_to_tune)
{
    clp_device *device;
    OK(clp_device_open(&(clp_device_options){.backend = "reference"}, &device));
    cr_expect_eq(clp_device_tune(device, NULL, NULL, NULL, NULL, 0), CLP_ERROR_UNSUPPORTED);
    clp_device_close(device);
}

/* ---- what is kept ---- */

static char data_home[64], notice[2048];

static void hear(void *user, const char *text)
{
    (void)user;
    snprintf(notice, sizeof notice, "%s", text);
}

static void enter_home(void)
{
    strcpy(data_home, "/tmp/clpoisson-tune-XXXXXX");
    cr_assert(mkdtemp(data_home));
    setenv("XDG_DATA_HOME", data_home, 1);
    clp_set_notice_function(hear, NULL);
}

static void leave_home(void)
{
    char command[100];
    snprintf(command, sizeof command, "rm -r %s", data_home);
    cr_expect_eq(system(command), 0);
}

TestSuite(kept_tuning, .init = enter_home, .fini = leave_home);

static const clp_tuning_kind kind = {.network = true};

/* The name of the file that a tuning of the first device is kept in. */
static void keep_one(char *path, size_t size)
{
    clp_device *device;
    OK(clp_device_open(NULL, &device));
    device->backend->tune(device, kind, &(clp_tuning){.variant = "nodes", .values = {4}});
    OK(device->backend->tuning_keep(device, path, size));
    clp_device_close(device);
}

/* Whether the device has it when it is opened again; else as by default. */
static bool is_found(void)
{
    clp_device *device;
    *notice = '\0';
    OK(clp_device_open(NULL, &device));
    clp_tuning found = device->backend->tuned(device, kind);
    bool there = found.variant && strcmp(found.variant, "nodes") == 0 && found.values[0] == 4;
    cr_expect(there || (!found.variant && found.values[0] == 0), "half of it is there");
    cr_expect_eq(clp_device_get_info(device)->tuned, there);
    clp_device_close(device);
    return there;
}

Test(kept_tuning, is_used_by_the_next_run)
{
    char path[1024];
    keep_one(path, sizeof path);
    cr_expect(is_found());
    cr_expect_str_empty(notice);
    /* Levels of that kind take it, others do not. */
    clp_device *device;
    clp_level *level;
    OK(clp_device_open(NULL, &device));
    clp_operator op = {.grid = {.nodes = {9, 9, 1}, .size = {8, 8}},
                       .conductance = {1, 1},
                       .held = {true, true, true, true},
                       .diagonal = 4,
                       .scale = 1};
    OK(device->backend->level_create(device, &op, CLP_PRECISION_SINGLE, NULL, &level));
    cr_expect_str_neq(level->sweep, "nodes");
    device->backend->level_destroy(level);
    device->backend->tune(device, (clp_tuning_kind){0}, &(clp_tuning){.variant = "nodes"});
    OK(device->backend->level_create(device, &op, CLP_PRECISION_SINGLE, NULL, &level));
    cr_expect_str_eq(level->sweep, "nodes");
    device->backend->level_destroy(level);
    clp_device_close(device);
}

Test(kept_tuning, forgetting_removes_it)
{
    char path[1024], again[1024];
    clp_device *device;
    keep_one(path, sizeof path);
    OK(clp_device_open(NULL, &device));
    OK(clp_device_tune(device, &(clp_tune_options){.forget = true}, NULL, NULL, again, sizeof again));
    clp_device_close(device);
    cr_expect_str_eq(path, again);
    cr_expect_neq(access(path, F_OK), 0);
    cr_expect_not(is_found());
    cr_expect_str_empty(notice);
}

static void write_file(const char *path, const char *data, size_t size)
{
    FILE *file = fopen(path, "w");
    cr_assert(file);
    cr_assert_eq(fwrite(data, 1, size, file), size);
    fclose(file);
}

/* Every byte counts; a file that is cut anywhere, too. */
Test(kept_tuning, damage_is_ignored_with_a_note)
{
    char path[1024], *text, damaged[8192];
    size_t size;
    keep_one(path, sizeof path);
    OK(clp_read_file(path, sizeof damaged, &text, &size));
    for (size_t at = 0; at < size; at += 3) {
        memcpy(damaged, text, size);
        damaged[at] = (char)(damaged[at] ^ (at % 2 ? 0x10 : 0x80));
        write_file(path, damaged, size);
        cr_expect_not(is_found(), "byte %zu", at);
        cr_expect(strstr(notice, path) && strstr(notice, "clpoisson tune again"), "byte %zu: %s", at, notice);
    }
    for (size_t length = 0; length < size; length += 5) {
        write_file(path, text, length);
        cr_expect_not(is_found(), "%zu bytes", length);
        cr_expect(strstr(notice, "damaged"), "%zu bytes: %s", length, notice);
    }
    write_file(path, text, size);
    cr_expect(is_found());
    free(text);
}

/* A file that is whole, as another driver or version would have written it. */
Test(kept_tuning, other_drivers_and_versions_are_ignored_with_a_note)
{
    const char *const lines[] = {"\ndriver: ", "\nkernels: ", "\nplatform: "};
    char path[1024], *text, other[8192];
    size_t size;
    keep_one(path, sizeof path);
    OK(clp_read_file(path, sizeof other, &text, &size));
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        memcpy(other, text, size + 1);
        char *value = strstr(other, lines[i]) + strlen(lines[i]), *end = strstr(other, "\nsum: ") + 1;
        value[0] = value[0] == '9' ? '8' : '9';
        unsigned long long sum = 0xcbf29ce484222325ULL;
        for (char *c = other; c < end; c++) sum = (sum ^ (unsigned char)*c) * 0x100000001b3ULL;
        sprintf(end, "sum: %016llx\n", sum);
        write_file(path, other, size);
        cr_expect_not(is_found());
        cr_expect(strstr(notice, "another driver or another version"), "%s", notice);
    }
    free(text);
}

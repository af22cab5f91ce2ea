/* SPDX-License-Identifier: MIT */
/* Tests of base, grid and layout: plain values, no device. */
#include "base/checked.h"
#include "base/energy.h"
#include "base/file.h"
#include "base/text.h"
#include "grid/layout.h"

#include <clpoisson/clpoisson.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(base);

Test(base, status_names_and_messages)
{
    cr_assert_str_eq(clp_status_name(CLP_ERROR_FILE), "CLP_ERROR_FILE");
    cr_assert_str_eq(clp_status_meaning(CLP_OK), "success");
    cr_assert_eq(clp_fail(CLP_ERROR_INPUT, "side %d", 3), CLP_ERROR_INPUT);
    cr_assert_str_eq(clp_error_message(), "side 3");
    cr_assert_eq(clp_fail_within(CLP_ERROR_INPUT, "plate.yaml:%d: ", 7), CLP_ERROR_INPUT);
    cr_assert_str_eq(clp_error_message(), "plate.yaml:7: side 3");
    clp_fail(CLP_ERROR_INPUT, "again %s", clp_error_message());
    cr_assert_str_eq(clp_error_message(), "again plate.yaml:7: side 3");
}

Test(base, checked_arithmetic)
{
    size_t result;
    cr_assert(clp_multiply(SIZE_MAX / 2, 2, &result));
    cr_assert_not(clp_multiply(SIZE_MAX / 2 + 1, 2, &result));
    cr_assert(clp_add(SIZE_MAX - 1, 1, &result));
    cr_assert_not(clp_add(SIZE_MAX, 1, &result));
    cr_assert_eq(clp_round_up(17, 16), 32);
    cr_assert_eq(clp_round_up(32, 16), 32);
}

Test(base, numbers)
{
    double value;
    size_t size;
    cr_assert(clp_parse_double("-1.5e3", &value) && value == -1500);
    cr_assert_not(clp_parse_double("1,5", &value));
    cr_assert_not(clp_parse_double("1.5x", &value));
    cr_assert_not(clp_parse_double("", &value));
    cr_assert(clp_parse_size("18446744073709551615", &size) && size == SIZE_MAX);
    cr_assert_not(clp_parse_size("18446744073709551616", &size));
    cr_assert_not(clp_parse_size("-1", &size));
}

Test(base, nearest_names)
{
    const char *names[] = {"boundary", "domain", "solver"};
    cr_assert_str_eq(clp_nearest("boundry", names, 3), "boundary");
    cr_assert_str_eq(clp_nearest("Domian", names, 3), "domain");
    cr_assert_null(clp_nearest("colours", names, 3));
    char text[32];
    cr_assert_str_eq(clp_bytes_text(1536, text, sizeof text), "1.5 KiB");
    cr_assert_str_eq(clp_bytes_text(12, text, sizeof text), "12 bytes");
}

static size_t file_size(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 ? (size_t)info.st_size : SIZE_MAX;
}

Test(base, files_appear_whole_or_not_at_all)
{
    char folder[] = "/tmp/clpoisson-base-XXXXXX", path[64], missing[96];
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/result", folder);
    clp_output_file file;
    cr_assert_eq(clp_output_begin(&file, path), CLP_OK);
    fputs("first", file.stream);
    cr_assert_eq(file_size(path), SIZE_MAX, "nothing there before the commit");
    cr_assert_eq(clp_output_commit(&file), CLP_OK);
    cr_assert_eq(file_size(path), 5);

    cr_assert_eq(clp_output_begin(&file, path), CLP_OK);
    fputs("second, longer", file.stream);
    clp_output_discard(&file);
    cr_assert_eq(file_size(path), 5, "the old file stays");

    char *data;
    size_t size;
    cr_assert_eq(clp_read_file(path, 100, &data, &size), CLP_OK);
    cr_assert(size == 5 && strcmp(data, "first") == 0);
    free(data);
    cr_assert_eq(clp_read_file(path, 4, &data, &size), CLP_ERROR_INPUT, "over the limit");
    cr_assert_eq(clp_read_file(folder, 4, &data, &size), CLP_ERROR_FILE);

    snprintf(missing, sizeof missing, "%s/no/result", folder);
    cr_assert_eq(clp_output_check(missing), CLP_ERROR_FILE);
    cr_assert(strstr(clp_error_message(), "does not exist"));
    cr_assert_eq(clp_output_check(folder), CLP_ERROR_FILE);
    cr_assert_eq(clp_output_begin(&file, "/dev/full"), CLP_OK);
    fputs("lost", file.stream);
    cr_assert_eq(clp_output_commit(&file), CLP_ERROR_FILE);
    unlink(path);
    cr_assert_eq(rmdir(folder), 0, "no temporary file is left");
}

static clp_status check_grid(size_t nx, size_t ny, double lx, double ly)
{
    return clp_grid_check(&(clp_grid){.nodes = {nx, ny}, .size = {lx, ly}});
}

static void write_counter(const char *folder, const char *package, const char *name,
                          unsigned long long energy)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, package);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/%s/energy_uj", folder, package);
    FILE *stream = fopen(path, "w");
    fprintf(stream, "%llu\n", energy);
    fclose(stream);
    snprintf(path, sizeof path, "%s/%s/max_energy_range_uj", folder, package);
    stream = fopen(path, "w");
    fprintf(stream, "1000000000\n");
    fclose(stream);
    snprintf(path, sizeof path, "%s/%s/name", folder, package);
    stream = fopen(path, "w");
    fprintf(stream, "%s\n", name);
    fclose(stream);
}

Test(base, energy_of_packages)
{
    char folder[] = "/tmp/clpoisson-test-XXXXXX";
    cr_assert(mkdtemp(folder));
    setenv("CLPOISSON_POWERCAP", folder, 1);
    clp_energy before = clp_energy_now();
    cr_expect(isnan(clp_energy_between(&before, &before)), "no counters, no joules");
    write_counter(folder, "intel-rapl:0", "package-0", 5000000);
    write_counter(folder, "intel-rapl:1", "package-1", 999000000);
    write_counter(folder, "intel-rapl:2", "psys", 7000000);
    write_counter(folder, "intel-rapl:0:0", "core", 1000000); /* a part of package 0 */
    before = clp_energy_now();
    cr_expect_eq(before.count, 2);
    write_counter(folder, "intel-rapl:0", "package-0", 7500000);
    write_counter(folder, "intel-rapl:1", "package-1", 500000); /* from the beginning again */
    write_counter(folder, "intel-rapl:0:0", "core", 2000000);
    write_counter(folder, "intel-rapl:2", "psys", 9000000);
    clp_energy after = clp_energy_now();
    cr_expect_float_eq(clp_energy_between(&before, &after), 2.5 + 1.5, 1e-9);
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_expect_eq(system(command), 0);
}

Test(base, grids)
{
    cr_assert_eq(check_grid(3, 3, 1, 1), CLP_OK);
    cr_assert_eq(check_grid(3, 2, 1, 1), CLP_ERROR_INPUT);
    cr_assert_eq(check_grid(0, 3, 1, 1), CLP_ERROR_INPUT);
    cr_assert_eq(check_grid(3, 3, 0, 1), CLP_ERROR_INPUT);
    cr_assert_eq(check_grid(3, 3, 1, -1), CLP_ERROR_INPUT);
    cr_assert_eq(check_grid(3, 3, NAN, 1), CLP_ERROR_INPUT);
    cr_assert_eq(check_grid(3, 3, 1, INFINITY), CLP_ERROR_INPUT);
    cr_assert_eq(check_grid(3, 3, 1e-200, 1), CLP_ERROR_INPUT, "h^2 underflows");
    cr_assert_eq(check_grid((size_t)1 << 32, (size_t)1 << 32, 1, 1), CLP_ERROR_INPUT);
    cr_assert_eq(check_grid((size_t)1 << 32, 3, 1, 1), CLP_OK);
    clp_grid grid = {.nodes = {5, 11}, .size = {2, 5}};
    cr_assert_eq(clp_grid_spacing(&grid, 0), 0.5);
    cr_assert_eq(clp_grid_spacing(&grid, 1), 0.5);
    cr_assert_eq(clp_grid_node_count(&grid), 55);
    cr_assert_str_eq(clp_side_name(CLP_SIDE_TOP), "top");
}

Test(base, layouts_are_aligned_and_have_room)
{
    static const size_t sizes[] = {3, 15, 16, 17, 31, 64, 129, 1000, 4096};
    for (size_t bytes = 4; bytes <= 8; bytes += 4)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            clp_grid grid = {.nodes = {sizes[s], 7}, .size = {1, 1}};
            clp_layout layout;
            cr_assert_eq(clp_layout_init(&layout, &grid, bytes), CLP_OK);
            size_t lane = CLP_ALIGNMENT / bytes;
            cr_assert_eq(layout.pitch % lane, 0);
            cr_assert_eq(layout.origin % lane, 0);
            cr_assert_geq(layout.pitch, sizes[s] + lane + 1, "a ghost on either side of a row");
            size_t last = layout.origin + (7 + layout.ghost - 1) * layout.pitch + sizes[s] - 1;
            cr_assert_lt(last, layout.bytes / bytes, "the ghost row above is inside");
            cr_assert_geq(layout.origin, layout.ghost * layout.pitch + 1);
        }
    clp_layout layout;
    clp_grid huge = {.nodes = {SIZE_MAX / 2, SIZE_MAX / 2}, .size = {1, 1}};
    cr_assert_eq(clp_layout_init(&layout, &huge, 8), CLP_ERROR_MEMORY);
}

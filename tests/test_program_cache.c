/* SPDX-License-Identifier: MIT */
/* Kernels between runs: the disk cache, damaged and contested, and kernels that do not build. */
#include "program.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *cache_setting; /* XDG_CACHE_HOME of these tests: a cache that begins empty */
static char *entry;               /* the one entry in it */

static void enter_cache(void)
{
    enter_folder();
    mkdir("cache-home", 0700);
    char *whole = realpath("cache-home", keep(malloc(4096)));
    cr_assert(whole);
    cache_setting = text_of("XDG_CACHE_HOME=%s", whole);
    write_plate("plate.yaml", 9);
}

TestSuite(program_cache, .init = enter_cache, .fini = leave_folder, .timeout = 300);

static void solve_and_expect_success(void)
{
    outcome ran = run_program(&(request){
        .arguments = LIST("solve", "plate.yaml", "--field", "u.npy", "--set", "solver.method=jacobi"),
        .environment = LIST(cache_setting)});
    EXPECT_STATUS(ran, 0);
    cr_expect_str_empty(ran.error);
    npy u = read_npy("u.npy");
    cr_expect_float_eq(u.values[4 * 9 + 4], 56.25, 0.01);
}

/* Names an entry of the cache, the larger one: Jacobi's method needs two programs, of sweeps and of sums. */
static void find_entry(void)
{
    DIR *folder = opendir("cache-home/clpoisson");
    cr_assert(folder, "no cache folder");
    entry = NULL;
    off_t largest = -1;
    int count = 0;
    for (struct dirent *found; (found = readdir(folder));) {
        struct stat info;
        char *path = text_of("cache-home/clpoisson/%s", found->d_name);
        if (found->d_name[0] == '.') continue;
        count++;
        cr_assert_eq(stat(path, &info), 0);
        if (info.st_size <= largest) continue;
        largest = info.st_size;
        entry = path;
    }
    closedir(folder);
    cr_expect_eq(count, 2, "%d files in the cache", count);
    cr_assert(entry, "nothing in the cache");
}

static struct timespec entry_time(void)
{
    struct stat info;
    cr_assert_eq(stat(entry, &info), 0);
    return info.st_mtim;
}

Test(program_cache, second_run_takes_the_program_from_the_cache)
{
    solve_and_expect_success();
    find_entry();
    /* A time of our own, so that a rewritten file cannot have the same. */
    struct timespec past[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
    cr_assert_eq(utimensat(AT_FDCWD, entry, past, 0), 0);
    solve_and_expect_success();
    find_entry();
    cr_expect_eq(entry_time().tv_sec, 1000000000, "it was written anew");
}

/* Damage of every kind costs a compilation and nothing else; afterwards the entry is whole again. */
Test(program_cache, damaged_entries_are_replaced)
{
    solve_and_expect_success();
    find_entry();
    size_t size, left;
    const char *whole = read_bytes(entry, &size);
    cr_assert(size > 200, "%zu bytes", size);
    char *damaged = keep(malloc(size + 1));
    struct {
        const char *what;
        size_t size, flip; /* a byte to turn over; SIZE_MAX: all are random */
    } damages[] = {{"zero length", 0, 0},
                   {"a part of the header", 20, 0},
                   {"the header alone", 40, 0},
                   {"half", size / 2, 0},
                   {"a byte short", size - 1, 0},
                   {"a byte too long", size + 1, 0},
                   {"another magic", size, 0},
                   {"another key", size, 10},
                   {"a byte in the middle", size, size / 2},
                   {"the last byte", size, size - 1},
                   {"random", size, (size_t)-1}};
    srand(7);
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        memcpy(damaged, whole, size);
        damaged[size] = 'x';
        if (damages[i].size == size && damages[i].flip < size) damaged[damages[i].flip] ^= 0x40;
        for (size_t k = 0; damages[i].flip > size && k < size; k++) damaged[k] = (char)rand();
        write_bytes(entry, damaged, damages[i].size);
        solve_and_expect_success();
        const char *now = read_bytes(entry, &left);
        cr_expect(now && left > 200 && memcmp(now, whole, 24) == 0, "%s: not replaced", damages[i].what);
        bool same = now && left == damages[i].size && memcmp(now, damaged, left) == 0;
        cr_expect_not(same, "%s: still there", damages[i].what);
    }
}

/* What cannot be replaced stays, and nothing else is left behind. */
Test(program_cache, folder_in_the_place_of_an_entry_is_harmless)
{
    solve_and_expect_success();
    find_entry();
    cr_assert_eq(unlink(entry), 0);
    cr_assert_eq(mkdir(entry, 0700), 0);
    solve_and_expect_success();
    find_entry();
}

Test(program_cache, cache_that_cannot_be_written_is_harmless)
{
    /* A file in the place of the folder stops root as well. */
    write_text("cache-home/clpoisson", "a file");
    solve_and_expect_success();
    outcome ran = run_program(
        &(request){.arguments = LIST("solve", "plate.yaml"), .environment = LIST("XDG_CACHE_HOME", "HOME")});
    EXPECT_STATUS(ran, 0);
    ran = run_program(&(request){.arguments = LIST("solve", "plate.yaml"),
                                 .environment = LIST("XDG_CACHE_HOME=/dev/null/no/folder")});
    EXPECT_STATUS(ran, 0);
    ran = run_program(&(request){.arguments = LIST("solve", "plate.yaml"),
                                 .environment = LIST("XDG_CACHE_HOME=relative", "HOME=relative")});
    EXPECT_STATUS(ran, 0);
    cr_expect_not(file_exists("relative"), "XDG folders are absolute; a relative one is ignored");
}

Test(program_cache, processes_at_the_same_time_are_harmless)
{
    running *runs[4];
    for (int round = 0; round < 3; round++) {
        remove_tree("cache-home/clpoisson");
        for (int i = 0; i < 4; i++)
            runs[i] = start_program(
                &(request){.arguments = LIST("solve", "plate.yaml", "--field", text_of("u%d.npy", i), "--set",
                                             "solver.method=jacobi"),
                           .environment = LIST(cache_setting)});
        for (int i = 0; i < 4; i++) {
            outcome ran = finish_program(runs[i]);
            EXPECT_STATUS(ran, 0);
            npy u = read_npy(text_of("u%d.npy", i));
            cr_expect_float_eq(u.values[4 * 9 + 4], 56.25, 0.01);
        }
        find_entry();
        solve_and_expect_success();
    }
}

/* Copies the kernels into "kernels", with a line added after the first one of a file. */
static void copy_kernels(const char *name, const char *line)
{
    const char *from = getenv("CLPOISSON_KERNELS");
    if (!from) cr_skip_test("CLPOISSON_KERNELS does not name the folder of the kernels");
    DIR *folder = opendir(from);
    cr_assert(folder, "%s", from);
    mkdir("kernels", 0700);
    for (struct dirent *found; (found = readdir(folder));) {
        if (!strstr(found->d_name, ".cl")) continue;
        size_t size;
        char *text = read_bytes(text_of("%s/%s", from, found->d_name), &size);
        cr_assert(text);
        char *rest = strchr(text, '\n') + 1;
        if (strcmp(found->d_name, name) == 0)
            text = text_of("%.*s%s\n%s", (int)(rest - text), text, line, rest);
        write_text(text_of("kernels/%s", found->d_name), text);
    }
    closedir(folder);
}

static outcome solve_with_kernels(void)
{
    return run_program(&(request){
        .arguments = LIST("solve", "plate.yaml", "--field", "u.npy", "--set", "solver.method=jacobi"),
        .environment = LIST(cache_setting,
                            text_of("CLPOISSON_KERNEL_PATH=%s", realpath("kernels", keep(malloc(4096)))))});
}

Test(program_cache, kernel_that_does_not_build_shows_the_log)
{
    copy_kernels("sweep_rows.cl", "this is no kernel;");
    outcome ran = solve_with_kernels();
    EXPECT_STATUS(ran, 1);
    EXPECT_HOLDS(ran.error, "the kernels do not build on ");
    EXPECT_HOLDS(ran.error, "sweep_rows.cl:2:");
    EXPECT_HOLDS(ran.error, "driver ");
    cr_expect_not(file_exists("u.npy"));
    /* The error is not kept: the whole kernels work again. */
    copy_kernels("none", "");
    ran = solve_with_kernels();
    EXPECT_STATUS(ran, 0);
}

Test(program_cache, kernels_that_are_not_there)
{
    mkdir("kernels", 0700);
    outcome ran = solve_with_kernels();
    EXPECT_STATUS(ran, 1);
    EXPECT_HOLDS(ran.error, "kernels/common.cl: cannot be read");
}

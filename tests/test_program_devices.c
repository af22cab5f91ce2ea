/* SPDX-License-Identifier: MIT */
/* Which devices the program finds, says and takes. */
#include "program.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(program_devices, .init = enter_folder, .fini = leave_folder, .timeout = 300);

/* A folder of .icd files as OCL_ICD_VENDORS takes it. */
static const char *vendors_in(const char *folder)
{
    mkdir(folder, 0700);
    char *whole = realpath(folder, keep(malloc(4096)));
    cr_assert(whole);
    return text_of("OCL_ICD_VENDORS=%s", whole);
}

static outcome run_in(const char *environment, const char *const *arguments)
{
    return run_program(&(request){.arguments = arguments, .environment = LIST(environment)});
}

Test(program_devices, without_opencl_says_what_to_install)
{
    const char *vendors = vendors_in("vendors");
    write_plate("plate.yaml", 9);
    outcome runs[] = {run_in(vendors, LIST("solve", "plate.yaml", "--field", "u.npy")),
                      run_in(vendors, LIST("devices")), run_in(vendors, LIST("check", "--device", "0"))};
    for (int i = 0; i < 3; i++) {
        EXPECT_STATUS(runs[i], 1);
        EXPECT_HOLDS(runs[i].error, "pocl-opencl-icd");
        EXPECT_HOLDS(runs[i].error, "--backend reference");
    }
    cr_expect_not(file_exists("u.npy"));
    outcome ran = run_in(
        vendors, LIST("solve", "plate.yaml", "--field", "u.npy", "--backend", "reference", "--threads", "1"));
    EXPECT_STATUS(ran, 0);
    cr_expect_str_empty(ran.error);
    npy u = read_npy("u.npy");
    cr_expect_float_eq(u.values[4 * 9 + 4], 56.25, 0.01);
    /* The reference backend is checked all the same. */
    ran = run_in(vendors, LIST("check"));
    EXPECT_STATUS(ran, 0);
    EXPECT_HOLDS(ran.output, "passed  the reference backend");
    EXPECT_HOLDS(ran.error, "pocl-opencl-icd");
}

/* Broken installations are told by `devices`, and do not keep the others from working. */
Test(program_devices, broken_icd_files_are_passed_over)
{
    const char *vendors = vendors_in("vendors");
    write_text("vendors/missing.icd", "libclpoisson-no-such-driver.so.7\n");
    write_text("vendors/empty.icd", "");
    outcome ran = run_in(vendors, LIST("devices"));
    EXPECT_STATUS(ran, 1);
    EXPECT_HOLDS(ran.error, "missing.icd is passed over: libclpoisson-no-such-driver.so.7");
    EXPECT_HOLDS(ran.error, "empty.icd names no library");
    size_t size;
    const char *pocl = read_bytes("/etc/OpenCL/vendors/pocl.icd", &size);
    if (!pocl) cr_skip_test("PoCL is not installed");
    write_text("vendors/pocl.icd", pocl);
    ran = run_in(vendors, LIST("devices"));
    EXPECT_STATUS(ran, 0);
    EXPECT_HOLDS(ran.error, "missing.icd is passed over");
    EXPECT_HOLDS(ran.output, "Portable Computing Language");
    ran = run_in(vendors, LIST("devices", "--json", "-"));
    EXPECT_STATUS(ran, 0);
    json_t *root = json_loads(ran.output, 0, NULL);
    cr_expect_eq(json_array_size(json_object_get(root, "notes")), 2, "%s", ran.output);
    json_decref(root);
    write_plate("plate.yaml", 9);
    ran = run_in(vendors, LIST("solve", "plate.yaml"));
    EXPECT_STATUS(ran, 0);
}

Test(program_devices, platforms_without_devices_are_told)
{
    if (access("/etc/OpenCL/vendors/mesa.icd", R_OK) != 0) cr_skip_test("Mesa's OpenCL is not installed");
    outcome ran = run_in("OCL_ICD_VENDORS=mesa.icd", LIST("devices"));
    if (!strstr(ran.error, "Clover")) cr_skip_test("Clover has devices here, or is not there");
    EXPECT_HOLDS(ran.error, "platform Clover has no devices");
    EXPECT_STATUS(ran, 1);
}

/* One device of the JSON list. */
static const char *device_name(void)
{
    outcome ran = RUN("devices", "--json", "-");
    json_t *root = json_loads(ran.output, 0, NULL);
    const json_t *first = json_array_get(json_object_get(root, "devices"), 0);
    const char *name = json_string_value(json_object_get(first, "name"));
    cr_assert(name, "%s%s", ran.output, ran.error);
    name = text_of("%s", name);
    json_decref(root);
    return name;
}

Test(program_devices, device_is_chosen_by_index_name_or_type)
{
    const char *name = device_name(), *part = text_of("%.7s", name);
    const char *const wanted[] = {"0", "cpu", "CPU", name, part, "portable computing"};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        outcome ran = RUN("devices", "--device", wanted[i]);
        EXPECT_STATUS(ran, 0);
        EXPECT_HOLDS(ran.output, text_of("solve takes device 0, %s: asked for", name));
    }
    write_plate("plate.yaml", 9);
    outcome ran = RUN("solve", "plate.yaml", "--device", part, "-v");
    EXPECT_STATUS(ran, 0);
    EXPECT_HOLDS(ran.error, name);
}

Test(program_devices, unknown_device_lists_the_candidates)
{
    static const char *const wanted[] = {"no such device", "7", "gpu", "-1"};
    const char *name = device_name();
    write_plate("plate.yaml", 9);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        outcome runs[] = {RUN("solve", "plate.yaml", "--device", wanted[i]),
                          RUN("devices", "--device", wanted[i]),
                          RUN("check", "--device", wanted[i]),
                          RUN("devices", "--json", "-", "--device", wanted[i]),
                          run_in(text_of("CLPOISSON_DEVICE=%s", wanted[i]), LIST("solve", "plate.yaml")),
                          run_in(text_of("CLPOISSON_DEVICE=%s", wanted[i]), LIST("devices"))};
        for (size_t k = 0; k < sizeof runs / sizeof *runs; k++) {
            cr_expect_eq(runs[k].status, 2, "run %zu with device %s: exit status %d: %s", k, wanted[i],
                         runs[k].status, runs[k].error);
            EXPECT_HOLDS(runs[k].error, wanted[i]);
            EXPECT_HOLDS(runs[k].error, text_of("0  %s", name));
        }
        EXPECT_HOLDS(runs[4].error, "CLPOISSON_DEVICE: ");
    }
    /* The command line wins over the environment. */
    outcome ran = run_in("CLPOISSON_DEVICE=no such device", LIST("solve", "plate.yaml", "--device", "0"));
    EXPECT_STATUS(ran, 0);
    ran = run_in("CLPOISSON_DEVICE=", LIST("solve", "plate.yaml"));
    EXPECT_STATUS(ran, 0);
}

Test(program_devices, name_that_fits_several_lists_them)
{
    static const char two[] = "POCL_DEVICES=pthread pthread";
    outcome ran = run_in(two, LIST("devices"));
    if (ran.status != 0 || !strstr(ran.output, "\n1  ")) cr_skip_test("this PoCL does not double its device");
    write_plate("plate.yaml", 9);
    ran = run_in(two, LIST("solve", "plate.yaml", "--device", "pthread"));
    EXPECT_STATUS(ran, 2);
    EXPECT_HOLDS(ran.error, "device 'pthread' fits 2 devices");
    EXPECT_HOLDS(ran.error, "\n  0  ");
    EXPECT_HOLDS(ran.error, "\n  1  ");
    ran = run_in(two, LIST("solve", "plate.yaml", "--device", "1"));
    EXPECT_STATUS(ran, 0);
    ran = run_in(two, LIST("solve", "plate.yaml", "--device", "cpu")); /* a type takes the best of it */
    EXPECT_STATUS(ran, 0);
}

/* rusticl's llvmpipe has no double precision: double is refused with the reason, single works, and mixed,
 * which auto takes, is as right as anywhere. */
Test(program_devices, device_without_double_precision)
{
    static const char *const rusticl[] = {"RUSTICL_ENABLE=llvmpipe", "OCL_ICD_VENDORS=rusticl.icd", NULL};
    outcome ran =
        run_program(&(request){.arguments = LIST("devices", "--json", "-"), .environment = rusticl});
    if (!strstr(ran.output, "\"fp64\": false")) cr_skip_test("no device without double precision here");
    write_plate("plate.yaml", 9);
    ran = run_program(&(request){
        .arguments = LIST("solve", "plate.yaml", "--set", "solver.precision=double", "--field", "u.npy"),
        .environment = rusticl});
    EXPECT_STATUS(ran, 1);
    EXPECT_HOLDS(ran.error, "has no double precision");
    EXPECT_HOLDS(ran.error, "precision: single");
    cr_expect_not(file_exists("u.npy"));
    for (int i = 0; i < 2; i++) {
        const char *precision = i ? "solver.precision=auto" : "solver.precision=single";
        const char *tolerance = i ? "solver.tolerance=1e-9" : "solver.tolerance=auto";
        ran = run_program(&(request){.arguments = LIST("solve", "plate.yaml", "--field", "u.npy", "--set",
                                                       precision, "--set", tolerance),
                                     .environment = rusticl});
        EXPECT_STATUS(ran, 0);
        npy u = read_npy("u.npy");
        cr_expect_eq(u.element_bytes, i ? sizeof(double) : sizeof(float));
        cr_expect_float_eq(u.values[4 * 9 + 4], 56.25, i ? 1e-9 : 0.02);
    }
}

/* A grid that the device cannot hold is refused before anything is allocated, with numbers to go by. */
Test(program_devices, grid_too_large_for_the_device)
{
    static const char small[] = "POCL_MEMORY_LIMIT=1";
    write_plate("plate.yaml", 9);
    outcome ran = run_in(
        small, LIST("solve", "plate.yaml", "--set", "domain.nodes=[30000, 30000]", "--field", "u.npy"));
    EXPECT_STATUS(ran, 1);
    EXPECT_HOLDS(ran.error, "30000 x 30000 nodes need 72");
    EXPECT_HOLDS(ran.error, "which has 268435456 bytes");
    cr_expect_not(file_exists("u.npy"));
    const char *fits = strstr(ran.error, "the largest grid of this shape that fits has ");
    unsigned long columns = 0, rows = 0;
    cr_assert(fits && sscanf(strstr(fits, "has "), "has %lu x %lu nodes", &columns, &rows) == 2, "%s",
              ran.error);
    cr_expect_eq(columns, rows);
    cr_expect(columns > 5000 && columns < 5793, "%lu", columns);
    /* What it calls the largest is accepted. */
    ran = run_in(small, LIST("solve", "plate.yaml", "--backend", "opencl", "--set", "solver.max_iterations=1",
                             "--set", text_of("domain.nodes=[%lu, %lu]", columns, rows)));
    EXPECT_STATUS(ran, 3);
}

/* SPDX-License-Identifier: MIT */
/* .vti files, byte by byte; check_vti.py has VTK read them. */
#include <clpoisson/output.h>

#include "base/file.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64], path[96], *text;
static size_t length;

static void enter(void)
{
    strcpy(folder, "/tmp/clpoisson-vti-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.vti", folder);
    text = NULL;
}

static void leave(void)
{
    free(text);
    unlink(path);
    cr_expect_eq(rmdir(folder), 0, "something was left in the folder");
}

TestSuite(vti, .init = enter, .fini = leave);

static const clp_grid flat = {.nodes = {4, 3}, .size = {3, 1}, .origin = {-1, 0.1}};
static const clp_grid box = {.nodes = {3, 4, 5}, .size = {1, 3, 0.4}, .origin = {1, 2, 3}};

static void write_file(const clp_grid *grid, const clp_vti_array *arrays, size_t count)
{
    cr_assert_eq(clp_field_write_vti(path, grid, arrays, count), CLP_OK, "%s", clp_error_message());
    free(text);
    cr_assert_eq(clp_read_file(path, 1 << 24, &text, &length), CLP_OK);
}

static void expect_text(const char *wanted)
{
    cr_expect(strstr(text, wanted), "%s is not in\n%.1500s", wanted, text);
}

/* Where the raw data begin; nothing in the XML before looks like it. */
static const unsigned char *data(void)
{
    const char *mark = "encoding=\"raw\">\n_", *found = strstr(text, mark);
    cr_assert_not_null(found);
    return (const unsigned char *)found + strlen(mark);
}

static uint64_t number(const unsigned char *bytes, int count)
{
    uint64_t value = 0;
    while (count-- > 0) value = value << 8 | bytes[count];
    return value;
}

static double float64(const unsigned char *bytes)
{
    uint64_t bits = number(bytes, 8);
    double value;
    memcpy(&value, &bits, 8);
    return value;
}

static double float32(const unsigned char *bytes)
{
    uint32_t bits = (uint32_t)number(bytes, 4);
    float value;
    memcpy(&value, &bits, 4);
    return (double)value;
}

Test(vti, describes_the_grid)
{
    write_file(&flat, NULL, 0);
    expect_text("WholeExtent=\"0 3 0 2 0 0\"");
    expect_text("Origin=\"-1 0.10000000000000001 0\" Spacing=\"1 0.5 1\"");
    expect_text("byte_order=\"LittleEndian\" header_type=\"UInt64\"");
    write_file(&box, NULL, 0);
    expect_text("WholeExtent=\"0 2 0 3 0 4\" Origin=\"1 2 3\" Spacing=\"0.5 1 0.10000000000000001\"");
    expect_text("<Piece Extent=\"0 2 0 3 0 4\">");
}

Test(vti, appends_nodes_cells_and_vectors)
{
    double u[12], k[6], flux[24];
    uint16_t regions[6];
    for (int i = 0; i < 12; i++) u[i] = 0.1 * i;
    for (int i = 0; i < 24; i++) flux[i] = i + 0.5;
    for (int i = 0; i < 6; i++) k[i] = 1.0 / (i + 1), regions[i] = (uint16_t)(65535 - i);
    const clp_vti_array arrays[] = {
        {.name = "u", .components = 1, .values = u},
        {.name = "region", .on_cells = true, .components = 1, .type = CLP_VTI_UINT16, .values = regions},
        {.name = "flux", .components = 2, .type = CLP_VTI_FLOAT32, .values = flux},
        {.name = "k", .on_cells = true, .components = 1, .type = CLP_VTI_FLOAT32, .values = k}};
    write_file(&flat, arrays, 4);
    expect_text("<PointData Scalars=\"u\" Vectors=\"flux\">");
    expect_text("<CellData Scalars=\"region\">");
    expect_text("type=\"Float64\" Name=\"u\" NumberOfComponents=\"1\" format=\"appended\" offset=\"0\"");
    expect_text(
        "type=\"UInt16\" Name=\"region\" NumberOfComponents=\"1\" format=\"appended\" offset=\"104\"");
    expect_text("type=\"Float32\" Name=\"flux\" NumberOfComponents=\"3\" format=\"appended\" offset=\"124\"");
    expect_text("type=\"Float32\" Name=\"k\" NumberOfComponents=\"1\" format=\"appended\" offset=\"276\"");
    const unsigned char *d = data();
    cr_expect_eq(number(d, 8), 96);
    for (int i = 0; i < 12; i++) cr_expect_eq(float64(d + 8 + 8 * i), u[i]);
    cr_expect_eq(number(d + 104, 8), 12);
    for (int i = 0; i < 6; i++) cr_expect_eq(number(d + 112 + 2 * i, 2), regions[i]);
    cr_expect_eq(number(d + 124, 8), 144);
    for (int i = 0; i < 36; i++)
        cr_expect_eq(float32(d + 132 + 4 * i), i % 3 == 2 ? 0 : flux[i / 3 * 2 + i % 3], "%d", i);
    cr_expect_eq(number(d + 276, 8), 24);
    for (int i = 0; i < 6; i++) cr_expect_eq(float32(d + 284 + 4 * i), (double)(float)k[i]);
    const char *end = "\n  </AppendedData>\n</VTKFile>\n";
    cr_expect_eq((size_t)((const char *)d + 308 - text) + strlen(end), length);
    cr_expect_str_eq((const char *)d + 308, end);
}

Test(vti, writes_fields_larger_than_a_block)
{
    clp_grid grid = {.nodes = {37, 41, 29}, .size = {1, 1, 1}};
    size_t count = 37 * 41 * 29;
    double *values = malloc(9 * count * sizeof *values);
    for (size_t i = 0; i < 9 * count; i++) values[i] = sin((double)i);
    write_file(&grid, &(clp_vti_array){.name = "tensor", .components = 9, .values = values}, 1);
    const unsigned char *d = data();
    cr_expect_eq(number(d, 8), 72 * count);
    for (size_t i = 0; i < 9 * count; i++) cr_assert_eq(float64(d + 8 + 8 * i), values[i], "%zu", i);
    free(values);
}

Test(vti, escapes_names)
{
    double values[60] = {0};
    const clp_vti_array array = {
        .name = "a<b> & \"c\"\n\xff \xef\xbf\xbf", .components = 1, .values = values};
    write_file(&box, &array, 1);
    expect_text("Name=\"a&lt;b&gt; &amp; &quot;c&quot; ? ?\"");
}

Test(vti, refuses_what_it_cannot_write_and_keeps_the_old_file)
{
    double values[12] = {0};
    const clp_vti_array good = {.name = "u", .components = 1, .values = values};
    write_file(&flat, &good, 1);
    clp_vti_array wrong[4] = {good, good, good, good};
    wrong[0].name = "";
    wrong[1].components = 0;
    wrong[2].components = 10;
    wrong[3].values = NULL;
    for (int i = 0; i < 4; i++)
        cr_expect_eq(clp_field_write_vti(path, &flat, &wrong[i], 1), CLP_ERROR_INPUT, "case %d", i);
    clp_grid thin = flat;
    thin.nodes[1] = 2;
    cr_expect_eq(clp_field_write_vti(path, &thin, &good, 1), CLP_ERROR_INPUT);
    char missing[160], *kept = NULL;
    size_t kept_length;
    snprintf(missing, sizeof missing, "%s/missing/a.vti", folder);
    cr_expect_eq(clp_field_write_vti(missing, &flat, &good, 1), CLP_ERROR_FILE);
    if (access("/dev/full", W_OK) == 0)
        cr_expect_eq(clp_field_write_vti("/dev/full", &flat, &good, 1), CLP_ERROR_FILE);
    cr_assert_eq(clp_read_file(path, 1 << 20, &kept, &kept_length), CLP_OK);
    cr_expect(kept_length == length && memcmp(kept, text, length) == 0);
    free(kept);
}

/* Not a test of its own: check_vti.py asks for files that VTK's reader then reads. */
Test(vti, makes_files_for_vtk)
{
    const char *target = getenv("CLPOISSON_VTI_FOLDER");
    if (!target) return;
    for (int d = 2; d <= 3; d++) {
        clp_grid grid = d == 2 ? flat : box;
        char name[4096];
        size_t nodes = clp_grid_node_count(&grid), cells = clp_grid_cell_count(&grid);
        double u[60], flux[180];
        uint16_t regions[60];
        for (size_t i = 0; i < nodes; i++) u[i] = 0.1 * (double)i;
        for (size_t i = 0; i < nodes * (size_t)d; i++) flux[i] = (double)i + 0.25;
        for (size_t i = 0; i < cells; i++) regions[i] = (uint16_t)(65535 - i);
        const clp_vti_array arrays[] = {
            {.name = "u", .components = 1, .values = u},
            {.name = "u < single & \"quoted\"", .components = 1, .type = CLP_VTI_FLOAT32, .values = u},
            {.name = "flux", .components = d, .values = flux},
            {.name = "region", .on_cells = true, .components = 1, .type = CLP_VTI_UINT16, .values = regions}};
        snprintf(name, sizeof name, "%s/%d.vti", target, d);
        cr_assert_eq(clp_field_write_vti(name, &grid, arrays, 4), CLP_OK, "%s", clp_error_message());
    }
}

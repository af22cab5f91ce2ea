/* SPDX-License-Identifier: MIT */
/* NumPy files that are right: types, orders, shapes, spellings. */
#include "npy_file.h"

#include <math.h>
#include <stdint.h>

TestSuite(npy_read, .init = enter, .fini = leave);

static void expect_values(const char *type, const void *data, size_t bytes, size_t count,
                          const double *values)
{
    char header[160];
    clp_array array;
    snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': False, 'shape': (%zu,), }  \n", type,
             count);
    cr_assert_eq(read_file(1, header, data, bytes, &array), CLP_OK, "%s: %s", type, clp_error_message());
    cr_expect(array.dimensions == 1 && array.shape[0] == count && array.shape[1] == 0);
    cr_expect_eq(array.integer, !strchr(type, 'f'), "%s", type);
    for (size_t i = 0; i < count; i++)
        cr_expect(array.values[i] == values[i] || (isnan(values[i]) && isnan(array.values[i])),
                  "%s [%zu]: %g not %g", type, i, array.values[i], values[i]);
    clp_array_finish(&array);
}

Test(npy_read, types_in_both_byte_orders)
{
    expect_values("<f8", "\0\0\0\0\0\0\xf8\x3f\0\0\0\0\0\0\xf8\x7f", 16, 2, (double[]){1.5, NAN});
    expect_values(">f8", "\xbf\xf8\0\0\0\0\0\0\x7f\xf0\0\0\0\0\0\0", 16, 2, (double[]){-1.5, INFINITY});
    expect_values("<f4", "\0\0\xc0\x3f\0\0\x80\xff", 8, 2, (double[]){1.5, -INFINITY});
    expect_values(">f4", "\x3f\xc0\0\0", 4, 1, (double[]){1.5});
    expect_values("<f2", "\0\x3c\x01\0\xff\x7b\0\xfc\x01\x7e\0\x80\xff\x03", 14, 7,
                  (double[]){1, 0x1p-24, 65504, -INFINITY, NAN, 0, 1023 * 0x1p-24});
    expect_values(">f2", "\xc1\0", 2, 1, (double[]){-2.5});
    expect_values("|i1", "\x80\x7f\xff", 3, 3, (double[]){-128, 127, -1});
    expect_values("|u1", "\x80\xff", 2, 2, (double[]){128, 255});
    expect_values("<i2", "\0\x80\x01\0", 4, 2, (double[]){-32768, 1});
    expect_values(">i2", "\x80\0\0\x01", 4, 2, (double[]){-32768, 1});
    expect_values("<u2", "\0\x80", 2, 1, (double[]){32768});
    expect_values(">i4", "\xff\xff\xff\xfe\x80\0\0\0", 8, 2, (double[]){-2, -2147483648.0});
    expect_values("<u4", "\xff\xff\xff\xff", 4, 1, (double[]){4294967295.0});
    expect_values("<i8", "\0\0\0\0\0\0\x20\0\0\0\0\0\0\0\xe0\xff", 16, 2, (double[]){0x1p53, -0x1p53});
    expect_values(">u8", "\0\0\0\0\0\0\x01\0", 8, 1, (double[]){256});
    expect_values("|b1", "\0\x01\x01", 3, 3, (double[]){0, 1, 1});
    float native = 0.1f;
    uint32_t whole = 123456789;
    expect_values("=f4", &native, 4, 1, (double[]){(double)native});
    expect_values("f4", &native, 4, 1, (double[]){(double)native});
    expect_values("=u4", &whole, 4, 1, (double[]){123456789});
}

Test(npy_read, fortran_order_becomes_c_order)
{
    unsigned char data[24];
    clp_array array;
    for (unsigned i = 0; i < 2; i++)
        for (unsigned j = 0; j < 3; j++)
            for (unsigned k = 0; k < 4; k++) data[i + 2 * j + 6 * k] = (unsigned char)(100 * i + 10 * j + k);
    cr_assert_eq(
        read_file(1, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 4)}", data, 24, &array),
        CLP_OK);
    cr_assert(array.dimensions == 3 && array.shape[0] == 2 && array.shape[1] == 3 && array.shape[2] == 4);
    for (unsigned n = 0; n < 24; n++)
        cr_expect_eq(array.values[n], 100 * (n / 12) + 10 * (n / 4 % 3) + n % 4, "%u", n);
    clp_array_finish(&array);
    cr_assert_eq(
        read_file(1, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3)}", "\1\4\2\5\3\6", 6, &array),
        CLP_OK);
    cr_assert(array.dimensions == 2 && array.shape[0] == 2 && array.shape[1] == 3);
    for (unsigned n = 0; n < 6; n++) cr_expect_eq(array.values[n], n + 1);
    clp_array_finish(&array);
}

Test(npy_read, values_beyond_one_block)
{
    enum { ROWS = 300, COLUMNS = 501, BYTES = 2 * ROWS * COLUMNS };
    for (int fortran = 0; fortran < 2; fortran++) {
        unsigned char *file = malloc(BYTES + 256), *data = malloc(BYTES);
        char header[128];
        for (unsigned n = 0; n < ROWS * COLUMNS; n++) {
            unsigned value = fortran ? n % ROWS * COLUMNS + n / ROWS : n;
            data[2 * n] = (unsigned char)(value % 65521 >> 8);
            data[2 * n + 1] = (unsigned char)(value % 65521);
        }
        snprintf(header, sizeof header, "{'descr': '>u2', 'fortran_order': %s, 'shape': (%d, %d)}",
                 fortran ? "True" : "False", ROWS, COLUMNS);
        write_bytes(file, make_file(file, 1, header, data, BYTES));
        clp_array array;
        cr_assert_eq(clp_npy_read(path, &array), CLP_OK, "%s", clp_error_message());
        for (unsigned n = 0; n < ROWS * COLUMNS; n++) cr_assert_eq(array.values[n], n % 65521);
        clp_array_finish(&array);
        free(file);
        free(data);
    }
}

Test(npy_read, headers_in_any_python_spelling)
{
    static const char *const headers[] = {
        "{'descr': '<u2', 'fortran_order': False, 'shape': (1, 2), }          \n",
        "{'descr':'<u2','fortran_order':False,'shape':(1,2)}",
        "{\"shape\": (1L, 2L,), \"descr\": \"<u2\", \"fortran_order\": False}\n",
        "  {\t'fortran_order' : True ,\n'shape' : ( 1 , 2 , ) , 'descr' : \"<u2\" , }\r\n ",
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        for (int version = 1; version <= 3; version++) {
            clp_array array;
            cr_assert_eq(read_file(version, headers[i], "\1\0\0\1", 4, &array), CLP_OK, "%s",
                         clp_error_message());
            cr_expect(array.dimensions == 2 && array.shape[0] == 1 && array.shape[1] == 2);
            cr_expect(array.values[0] == 1 && array.values[1] == 256);
            clp_array_finish(&array);
        }
}

/* Windows of arrays of every number of axes in both orders, also such that go round. */
static void expect_window(bool fortran, size_t dimensions, const size_t *shape, const clp_npy_window *window)
{
    unsigned char data[2 * 5 * 7 * 6];
    char header[160], text[80];
    clp_npy_file file;
    clp_array whole;
    double values[1000];
    size_t count = 1, wanted = 1;
    for (size_t d = 0; d < dimensions; d++) {
        count *= shape[d];
        wanted *= window->count[d];
    }
    for (size_t i = 0; i < count; i++) data[i] = (unsigned char)i;
    clp_shape_text(shape, dimensions, text, sizeof text);
    snprintf(header, sizeof header, "{'descr': '|u1', 'fortran_order': %s, 'shape': %s, }",
             fortran ? "True" : "False", text);
    cr_assert_eq(read_file(1, header, data, count, &whole), CLP_OK, "%s", clp_error_message());
    cr_assert_eq(clp_npy_open(path, &file), CLP_OK, "%s", clp_error_message());
    cr_assert_eq(clp_npy_read_window(&file, window, values), CLP_OK, "%s", clp_error_message());
    for (size_t i = 0; i < wanted; i++) {
        size_t rest = i, step = 1, from = 0;
        for (size_t d = dimensions; d-- > 0; rest /= window->count[d]) {
            size_t index = window->first[d] + rest % window->count[d];
            from += (window->period[d] ? index % window->period[d] : index) * step;
            step *= shape[d];
        }
        cr_assert_eq(values[i], whole.values[from], "%s: number %zu is %g, not %g", header, i, values[i],
                     whole.values[from]);
    }
    clp_npy_close(&file);
    clp_array_finish(&whole);
}

Test(npy_read, windows)
{
    static const size_t shape[] = {5, 7, 6};
    for (int fortran = 0; fortran < 2; fortran++) {
        expect_window(fortran, 1, shape, &(clp_npy_window){.first = {1}, .count = {3}});
        expect_window(fortran, 1, shape, &(clp_npy_window){.first = {3}, .count = {7}, .period = {4}});
        expect_window(fortran, 2, shape, &(clp_npy_window){.first = {1, 2}, .count = {3, 4}});
        expect_window(fortran, 2, shape,
                      &(clp_npy_window){.first = {0, 5}, .count = {5, 9}, .period = {0, 6}});
        expect_window(fortran, 3, shape, &(clp_npy_window){.first = {0, 0, 0}, .count = {5, 7, 6}});
        expect_window(fortran, 3, shape,
                      &(clp_npy_window){.first = {4, 1, 2}, .count = {6, 5, 3}, .period = {5, 0, 0}});
        expect_window(fortran, 3, shape,
                      &(clp_npy_window){.first = {2, 6, 5}, .count = {2, 8, 7}, .period = {0, 7, 6}});
    }
}

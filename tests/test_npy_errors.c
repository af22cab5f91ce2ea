/* SPDX-License-Identifier: MIT */
/* NumPy files that are damaged, of no use here, or none at all. */
#include "npy_file.h"

#include <stdint.h>
#include <sys/stat.h>

TestSuite(npy_errors, .init = enter, .fini = leave);

/* The message names the file, what is wrong, and what to do. */
static void expect_error(const char *header, size_t bytes, const char *what, const char *advice)
{
    static const unsigned char data[256];
    clp_array array;
    cr_expect_eq(read_file(1, header, data, bytes, &array), CLP_ERROR_INPUT, "%s", header);
    const char *message = clp_error_message();
    cr_expect(strncmp(message, path, strlen(path)) == 0, "%s", message);
    cr_expect(strstr(message, what) && strstr(message, advice), "%s\n    not \"%s\" and \"%s\"", message,
              what, advice);
    cr_expect_null(array.values);
    clp_array_finish(&array);
}

Test(npy_errors, damaged_headers_say_where)
{
    static const struct {
        const char *header, *what;
    } cases[] = {
        {"", "at its byte 0: it does not begin with a brace"},
        {"['descr', '<f8']", "brace"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (3,)", "closing brace"},
        {"{'descr': '<f8' 'fortran_order': False, 'shape': (3,)}", "byte 16: a comma"},
        {"{'descr' '<f8'}", "a colon"},
        {"{'descr': '<f8}", "a quote is not closed"},
        {"{'descr': <f8}", "a text in quotes"},
        {"{descr: '<f8'}", "a text in quotes"},
        {"{'des\\x63r': '<f8'}", "a backslash"},
        {"{'descr': '<f8', 'fortran_order': 0, 'shape': (3,)}", "True or False"},
        {"{'descr': '<f8', 'fortran_order': Falsehood, 'shape': (3,)}", "a comma"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': 3}", "must be a tuple"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (3)}", "written (3,)"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (-3,)}", "whole numbers"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (3.0,)}", "a comma"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (,)}", "whole numbers"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}",
         "larger than any array"},
        {"{'descr': '<f8', 'fortran_order': False}", "'shape' is missing"},
        {"{'descr': '<f8', 'shape': (3,)}", "'fortran_order' is missing"},
        {"{'fortran_order': False, 'shape': (3,)}", "'descr', the type, is missing"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (3,), 'order': 'C'}", "a key is none of"},
        {"{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (3,)}", "twice"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (3,)} x", "something follows"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_error(cases[i].header, 24, cases[i].what, "save the array again with numpy.save");
}

Test(npy_errors, types_that_are_no_numbers)
{
    static const struct {
        const char *type, *what, *advice;
    } cases[] = {
        {"'<c16'", "<c16 (complex numbers)", "a.real"},
        {"'|O'", "|O (Python objects)", "a.astype(float)"},
        {"'<U5'", "<U5 (text)", "a.astype(float)"},
        {"'|S12'", "|S12 (text)", "a.astype(float)"},
        {"'<M8[ns]'", "<M8[ns] (dates)", "a.astype(float)"},
        {"'|V8'", "|V8 (raw bytes)", "a['name'].astype(float)"},
        {"'<f16'", "<f16,", "a.astype(float)"},
        {"'<f3'", "<f3,", "a.astype(float)"},
        {"''", "of type ", "a.astype(float)"},
        {"'<'", "of type <,", "a.astype(float)"},
        {"[('a', '<f8'), ('b', '<i4')]", "[('a', '<f8'), ('b', '<i4')] (a structured type)",
         "a['name'].astype(float)"},
        {"[('a\n', '<f8', (2, 3))]", "[('a?', '<f8', (2, 3))]", "a['name'].astype(float)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char header[256];
        snprintf(header, sizeof header, "{'descr': %s, 'fortran_order': False, 'shape': (3,)}",
                 cases[i].type);
        expect_error(header, 24, cases[i].what, cases[i].advice);
    }
}

#define HEADER(shape) "{'descr': '<f8', 'fortran_order': False, 'shape': " shape "}"

Test(npy_errors, sizes_that_do_not_fit)
{
    expect_error(HEADER("()"), 8, "without dimensions", "give the number");
    expect_error(HEADER("(1, 1, 1, 2)"), 16, "4 dimensions", "a.squeeze()");
    expect_error(HEADER("(0,)"), 0, "empty, of shape (0,)", "save one that has values");
    expect_error(HEADER("(3, 0)"), 0, "empty, of shape (3, 0)", "save one that has values");
    expect_error(HEADER("(4,)"), 31, "cut off", "save or copy it again");
    expect_error(HEADER("(2, 2)"), 0, "(2, 2) has 32 bytes", "save or copy it again");
    expect_error(HEADER("(1000000, 1000000, 10)"), 24, "cut off", "save or copy it again");
    expect_error(HEADER("(4294967296, 4294967296, 3)"), 24, "larger than any memory", "save the array again");
    expect_error(HEADER("(3000000000000000000,)"), 24, "larger than any memory", "save the array again");
    expect_error(HEADER("(2,)"), 17, "1 bytes follow", "alone in its file");
}

Test(npy_errors, whole_numbers_beyond_2_to_53)
{
    clp_array array;
    const char *header = "{'descr': '<i8', 'fortran_order': True, 'shape': (1, 2)}";
    cr_assert_eq(read_file(1, header, "\0\0\0\0\0\0\x20\0\1\0\0\0\0\0\x20\0", 16, &array), CLP_ERROR_INPUT);
    cr_expect(strstr(clp_error_message(), "at (0, 1)"), "%s", clp_error_message());
    cr_expect(strstr(clp_error_message(), "a.astype(float)"));
    cr_expect_null(array.values);
    header = "{'descr': '>u8', 'fortran_order': False, 'shape': (1,)}";
    cr_expect_eq(read_file(1, header, "\xff\xff\xff\xff\xff\xff\xff\xff", 8, &array), CLP_ERROR_INPUT);
    header = "{'descr': '>i8', 'fortran_order': False, 'shape': (1,)}";
    cr_expect_eq(read_file(1, header, "\x80\0\0\0\0\0\0\0", 8, &array), CLP_ERROR_INPUT);
}

static void expect_kind(const char *bytes, size_t count, const char *what)
{
    clp_array array;
    write_bytes(bytes, count);
    cr_expect_eq(clp_npy_read(path, &array), CLP_ERROR_INPUT);
    cr_expect(strstr(clp_error_message(), what), "%s\n    not \"%s\"", clp_error_message(), what);
}

Test(npy_errors, files_that_are_something_else)
{
    expect_kind("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16,
                "it looks like a PNG picture; write one with numpy.save");
    expect_kind("PK\3\4\x14\0\0\0", 8, "a zip archive (.npz)");
    expect_kind("1 2 3\n4 5 6\n", 12, "looks like text");
    expect_kind("gr\xc3\xbc\xc3\x9f", 6, "looks like text");
    expect_kind("BM\x46\0\0\0\0\0\0\0\x36\0\0\0", 14, "a BMP picture");
    expect_kind("RIFF\x10\0\0\0WEBPVP8 ", 16, "a WebP picture");
    expect_kind("\x80\4\x95\0", 4, "a Python pickle");
    expect_kind("\1\2\3", 3, "is no NumPy array (.npy); write");
    expect_kind("", 0, "is empty");
    expect_kind("\x93NUMPY\1", 7, "ends within its header");
    expect_kind("\x93NUMPY\1\0\x76\0{'descr'", 18, "ends within its header");
    expect_kind("\x93NUMPY\2\0\xff\xff\xff\xff{'descr'", 20, "ends within its header");
    expect_kind("\x93NUMPY\4\0\2\0\0\0{}", 14, "version 4.0");
    expect_kind("\x93NUMPY\1\1\2\0\0\0{}", 14, "version 1.1");
}

Test(npy_errors, places_that_are_no_files)
{
    clp_array array;
    int next = next_descriptor();
    cr_expect_eq(clp_npy_read("/tmp/no such folder/a.npy", &array), CLP_ERROR_FILE);
    cr_expect_str_eq(clp_error_message(),
                     "/tmp/no such folder/a.npy: cannot be read: No such file or directory");
    cr_expect_eq(clp_npy_read("", &array), CLP_ERROR_FILE);
    cr_expect_eq(clp_npy_read(folder, &array), CLP_ERROR_INPUT);
    cr_expect(strstr(clp_error_message(), "is a folder"));
    cr_expect_eq(clp_npy_read("/dev/zero", &array), CLP_ERROR_INPUT);
    cr_expect(strstr(clp_error_message(), "is a device or a pipe"));
    cr_assert_eq(mkfifo(path, 0600), 0);
    cr_expect_eq(clp_npy_read(path, &array), CLP_ERROR_INPUT); /* without waiting for a writer */
    cr_expect_eq(next_descriptor(), next, "a file is left open");
    clp_array_finish(NULL);
}

Test(npy_errors, a_header_of_more_than_a_mebibyte)
{
    unsigned char start[12] = "\x93NUMPY\2\0\1\0\x10";
    clp_array array;
    write_bytes(start, sizeof start);
    cr_assert_eq(truncate(path, 1 << 21), 0);
    cr_expect_eq(clp_npy_read(path, &array), CLP_ERROR_INPUT);
    cr_expect(strstr(clp_error_message(), "has 1048577 bytes"), "%s", clp_error_message());
}

/* ---- any bytes ---- */

static uint32_t random_state = 12345;

static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % limit;
}

static size_t mutate(unsigned char *file, size_t size)
{
    static const char bytes[] = "{}()[],:'\"\\0198LTF <>|= \n\xff";
    for (uint32_t n = 1 + random_below(4); n--;) {
        uint32_t at = random_below((uint32_t)size);
        switch (random_below(4)) {
        case 0:
            file[at] ^= (unsigned char)(1U << random_below(8));
            break;
        case 1:
            file[at] = (unsigned char)bytes[random_below(sizeof bytes)];
            break;
        case 2:
            memmove(file + at, file + at + 1, size - at - 1);
            break;
        default:
            if (random_below(8) == 0) size = at + 1;
        }
    }
    return size;
}

Test(npy_errors, any_bytes_end_well)
{
    static const char *const headers[] = {
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }   \n",
        "{'descr': '>i8', 'fortran_order': True, 'shape': (3, 2), }\n",
        "{\"shape\": (1L, 6L, 1L), 'descr': '|f8', \"fortran_order\": False}",
        "{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': (6,), }\n",
    };
    static const double data[6] = {1, 2, 3, 4, 5, 6};
    size_t right = 0, wrong = 0;
    for (unsigned round = 0; round < 20000; round++) {
        unsigned char file[512];
        size_t size = make_file(file, 1 + (int)(round % 3), headers[round / 3 % 4], data, sizeof data);
        write_bytes(file, mutate(file, size));
        clp_array array;
        clp_status status = clp_npy_read(path, &array);
        if (status == CLP_OK) {
            size_t count = 1;
            for (size_t a = 0; a < array.dimensions; a++) count *= array.shape[a];
            cr_assert(count >= 1 && count <= sizeof data && array.values);
            right++;
        } else {
            cr_assert(status == CLP_ERROR_INPUT && !array.values && strstr(clp_error_message(), path));
            wrong++;
        }
        clp_array_finish(&array);
    }
    cr_expect(right > 2000 && wrong > 2000, "%zu right, %zu wrong", right, wrong);
}

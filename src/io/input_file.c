/* SPDX-License-Identifier: MIT */
#include "io/input_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

clp_status clp_input_open(const char *path, FILE **stream, uint64_t *size)
{
    *stream = NULL;
    *size = 0;
    if (!*path) return clp_fail(CLP_ERROR_FILE, "the name of a file to read is empty");
    /* Without O_NONBLOCK, opening a pipe would wait for whoever writes into it. */
    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (descriptor < 0) return clp_fail(CLP_ERROR_FILE, "%s: cannot be read: %s", path, strerror(errno));
    clp_status status = CLP_OK;
    struct stat info;
    if (fstat(descriptor, &info) != 0)
        status = clp_fail(CLP_ERROR_FILE, "%s: cannot be read: %s", path, strerror(errno));
    else if (S_ISDIR(info.st_mode))
        status = clp_fail(CLP_ERROR_INPUT, "%s: is a folder; name a file in it", path);
    else if (!S_ISREG(info.st_mode))
        status = clp_fail(CLP_ERROR_INPUT,
                          "%s: is a device or a pipe; write its content to a file and name that", path);
    else if (info.st_size <= 0)
        status = clp_fail(CLP_ERROR_INPUT, "%s: is empty; write the file again", path);
    else if (!(*stream = fdopen(descriptor, "rb")))
        status = clp_fail(CLP_ERROR_FILE, "%s: cannot be read: %s", path, strerror(errno));
    if (status != CLP_OK)
        close(descriptor);
    else
        *size = (uint64_t)info.st_size;
    return status;
}

/* Whether it is text: no control characters but white space, and valid beginnings of UTF-8. */
static bool is_text(const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        unsigned char c = bytes[i];
        if ((c < ' ' && !(c >= '\t' && c <= '\r')) || c == 0x7f || c == 0xc0 || c == 0xc1 || c > 0xf4)
            return false;
    }
    return count > 0;
}

const char *clp_input_kind(const unsigned char *bytes, size_t count)
{
    static const struct {
        const char *start;
        size_t length, at;
        const char *kind;
    } kinds[] = {
        {"\x89PNG\r\n\x1a\n", 8, 0, "a PNG picture"},
        {"\x89PNG", 4, 0, "a PNG picture that a transfer as text has damaged"},
        {"\x93NUMPY", 6, 0, "a NumPy array (.npy)"},
        {"PK\3\4", 4, 0, "a zip archive (.npz)"},
        {"PK\5\6", 4, 0, "an empty zip archive (.npz)"},
        {"\xff\xd8\xff", 3, 0, "a JPEG picture"},
        {"GIF8", 4, 0, "a GIF picture"},
        {"WEBP", 4, 8, "a WebP picture"},
        {"II*\0", 4, 0, "a TIFF picture"},
        {"MM\0*", 4, 0, "a TIFF picture"},
        {"\0\0\0\0", 4, 6, "a BMP picture"}, /* with the letters BM in front, see below */
        {"%PDF", 4, 0, "a PDF document"},
        {"\x89HDF", 4, 0, "an HDF5 file"},
        {"MATLAB ", 7, 0, "a MATLAB file"},
        {"\x1f\x8b", 2, 0, "a file compressed by gzip"},
        {"BZh", 3, 0, "a file compressed by bzip2"},
        {"\xfd\x37zXZ", 5, 0, "a file compressed by xz"},
        {"(\xb5/\xfd", 4, 0, "a file compressed by zstd"},
        {"\xff\xfe", 2, 0, "text in UTF-16"},
        {"\xfe\xff", 2, 0, "text in UTF-16"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].at + kinds[i].length > count) continue;
        if (memcmp(bytes + kinds[i].at, kinds[i].start, kinds[i].length) != 0) continue;
        if (kinds[i].at == 6 && memcmp(bytes, "BM", 2) != 0) continue;
        return kinds[i].kind;
    }
    if (count >= 2 && bytes[0] == 0x80 && bytes[1] >= 2 && bytes[1] <= 5) return "a Python pickle";
    return is_text(bytes, count) ? "text" : NULL;
}

clp_status clp_input_fail_kind(const char *path, const unsigned char *bytes, size_t count, const char *wanted,
                               const char *advice)
{
    const char *kind = clp_input_kind(bytes, count);
    return clp_fail(CLP_ERROR_INPUT, "%s: is no %s%s%s; %s", path, wanted, kind ? ", it looks like " : "",
                    kind ? kind : "", advice);
}

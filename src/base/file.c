/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static clp_status fail_errno(const char *what, const char *path)
{
    return clp_fail(CLP_ERROR_FILE, "%s: %s: %s", path, what, strerror(errno));
}

/* The folder of a path, as a new text; NULL without memory. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) return clp_copy_text(".");
    char *folder = clp_copy_text(path);
    if (folder) folder[slash == path ? 1 : slash - path] = '\0';
    return folder;
}

clp_status clp_output_writable(const char *path)
{
    if (strcmp(path, "-") == 0) return CLP_OK;
    if (!*path)
        return clp_fail(CLP_ERROR_FILE,
                        "an output has an empty name; give a file name, or - for standard output");
    struct stat info;
    if (stat(path, &info) == 0) {
        if (S_ISDIR(info.st_mode))
            return clp_fail(CLP_ERROR_FILE, "%s: is a folder; name a file in it", path);
        if (!S_ISREG(info.st_mode))
            return access(path, W_OK) == 0 ? CLP_OK : fail_errno("cannot be written", path);
    }
    char *folder = folder_of(path);
    if (!folder) return clp_fail_host_memory(strlen(path));
    clp_status status = CLP_OK;
    if (stat(folder, &info) != 0)
        status = clp_fail(CLP_ERROR_FILE, "%s: the folder %s does not exist; make it first", path, folder);
    else if (!S_ISDIR(info.st_mode))
        status = clp_fail(CLP_ERROR_FILE, "%s: %s is not a folder", path, folder);
    else if (access(folder, W_OK | X_OK) != 0)
        status = clp_fail(CLP_ERROR_FILE, "%s: the folder %s may not be written: %s", path, folder,
                          strerror(errno));
    free(folder);
    return status;
}

/* Opens a new file beside file->path; open() rather than mkstemp(), so that the umask decides who may read
 * it. */
static clp_status open_temporary(clp_output_file *file)
{
    size_t size = strlen(file->path) + 48;
    file->temporary = malloc(size);
    if (!file->temporary) return clp_fail_host_memory(size);
    int descriptor = -1;
    for (unsigned attempt = 0; attempt < 100 && descriptor < 0; attempt++) {
        snprintf(file->temporary, size, "%s.%ld-%u.tmp", file->path, (long)getpid(), attempt);
        descriptor = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor < 0 && errno != EEXIST) break;
    }
    if (descriptor >= 0) file->stream = fdopen(descriptor, "wb");
    if (file->stream) return CLP_OK;
    clp_status status = fail_errno("cannot be written", file->path);
    if (descriptor >= 0) {
        close(descriptor);
        unlink(file->temporary);
    }
    free(file->temporary);
    file->temporary = NULL;
    return status;
}

clp_status clp_output_begin(clp_output_file *file, const char *path)
{
    *file = (clp_output_file){.path = path};
    CLP_TRY(clp_output_writable(path));
    if (strcmp(path, "-") == 0) {
        /* A descriptor of our own, so that closing it tells whether everything arrived. */
        int descriptor = dup(STDOUT_FILENO);
        if (descriptor < 0) return clp_fail(CLP_ERROR_FILE, "standard output: %s", strerror(errno));
        file->stream = fdopen(descriptor, "wb");
        if (!file->stream) {
            close(descriptor);
            return clp_fail(CLP_ERROR_FILE, "standard output: %s", strerror(errno));
        }
        return CLP_OK;
    }
    struct stat info;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) { /* /dev/full and the like: no file to replace */
        file->stream = fopen(path, "wb");
        return file->stream ? CLP_OK : fail_errno("cannot be written", path);
    }
    return open_temporary(file);
}

clp_status clp_output_commit(clp_output_file *file)
{
    int failed = ferror(file->stream) || fflush(file->stream) != 0;
    int error = errno;
    if (fclose(file->stream) != 0 && !failed) {
        failed = 1;
        error = errno;
    }
    file->stream = NULL;
    if (!failed && file->temporary && rename(file->temporary, file->path) != 0) {
        failed = 1;
        error = errno;
    }
    if (!failed) {
        free(file->temporary);
        file->temporary = NULL;
        return CLP_OK;
    }
    clp_output_discard(file);
    return clp_fail(CLP_ERROR_FILE, "%s: could not be written whole: %s",
                    strcmp(file->path, "-") ? file->path : "standard output", strerror(error));
}

void clp_output_discard(clp_output_file *file)
{
    if (file->stream) fclose(file->stream);
    if (file->temporary) unlink(file->temporary);
    free(file->temporary);
    file->stream = NULL;
    file->temporary = NULL;
}

clp_status clp_read_file(const char *path, size_t limit, char **data, size_t *size)
{
    *data = NULL;
    if (!*path) return clp_fail(CLP_ERROR_FILE, "the name of a file to read is empty");
    FILE *stream = fopen(path, "rb");
    if (!stream) return fail_errno("cannot be read", path);
    clp_status status = CLP_OK;
    size_t capacity = 0, length = 0;
    char *buffer = NULL;
    struct stat info;
    if (fstat(fileno(stream), &info) == 0 && S_ISDIR(info.st_mode)) {
        status = clp_fail(CLP_ERROR_FILE, "%s: is a folder, not a file", path);
        goto cleanup;
    }
    do {
        if (capacity - length < 2) {
            capacity = capacity ? 2 * capacity : 16384;
            char *larger = realloc(buffer, capacity);
            if (!larger) {
                status = clp_fail_host_memory(capacity);
                goto cleanup;
            }
            buffer = larger;
        }
        size_t got = fread(buffer + length, 1, capacity - length - 1, stream);
        length += got;
        if (length > limit) {
            status = clp_fail(CLP_ERROR_INPUT, "%s: is larger than %zu bytes", path, limit);
            goto cleanup;
        }
        if (got == 0) break;
    } while (!feof(stream));
    if (ferror(stream)) {
        status = fail_errno("cannot be read", path);
        goto cleanup;
    }
    buffer[length] = '\0';
    *data = buffer;
    *size = length;
    buffer = NULL;
cleanup:
    free(buffer);
    fclose(stream);
    return status;
}

int clp_make_folder(const char *path)
{
    char *part = clp_copy_text(path);
    if (!part) return 0;
    for (char *slash = part + 1; *slash; slash++) {
        if (*slash != '/') continue;
        *slash = '\0';
        mkdir(part, 0700);
        *slash = '/';
    }
    int made = mkdir(part, 0700) == 0 || errno == EEXIST;
    free(part);
    return made;
}

bool clp_user_folder(const char *variable, const char *below_home, char *path, size_t size)
{
    const char *named = getenv(variable), *home = getenv("HOME");
    int length = -1;
    if (named && *named == '/')
        length = snprintf(path, size, "%s/clpoisson", named);
    else if (home && *home == '/')
        length = snprintf(path, size, "%s/%s/clpoisson", home, below_home);
    return length > 0 && (size_t)length < size;
}

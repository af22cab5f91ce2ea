/* SPDX-License-Identifier: MIT */
/* From kernel files to a built program, by way of the disk cache. */
#include "backend/opencl/opencl.h"
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KERNEL_FILE_LIMIT = 1 << 20 };

/* "#line" makes compilers name the kernel's file and line. */
static clp_status append_file(const char *name, char **text, size_t *length)
{
    const char *folder = getenv("CLPOISSON_KERNEL_PATH");
    const char *source = NULL;
    char *loaded = NULL;
    if (folder && *folder) {
        char path[1024];
        size_t size;
        snprintf(path, sizeof path, "%s/%s", folder, name);
        CLP_TRY(clp_read_file(path, KERNEL_FILE_LIMIT, &loaded, &size));
        source = loaded;
    } else {
        for (const clp_kernel_file *file = clp_kernel_files; file->name; file++)
            if (strcmp(file->name, name) == 0) source = file->text;
    }
    if (!source) return clp_fail(CLP_ERROR_DEVICE, "kernel file %s is not embedded in this build", name);
    size_t size = *length + strlen(source) + strlen(name) + 32;
    char *larger = realloc(*text, size);
    if (larger) {
        *text = larger;
        *length += (size_t)snprintf(larger + *length, size - *length, "#line 1 \"%s\"\n%s\n", name, source);
    }
    free(loaded);
    return larger ? CLP_OK : clp_fail_host_memory(size);
}

static clp_status fail_build(opencl_device *device, cl_program program, cl_int code)
{
    const clp_device_info *info = &device->base.info;
    char *log = NULL;
    size_t size = 0;
    clGetProgramBuildInfo(program, device->id, CL_PROGRAM_BUILD_LOG, 0, NULL, &size);
    if (size) log = calloc(1, size + 1);
    if (log) clGetProgramBuildInfo(program, device->id, CL_PROGRAM_BUILD_LOG, size, log, NULL);
    clp_status status = clp_fail(
        CLP_ERROR_DEVICE, "the kernels do not build on %s (%s, driver %s): clBuildProgram: %s (%d)\n%s",
        info->name, info->platform, info->driver, clp_opencl_error_name(code), (int)code, log ? log : "");
    free(log);
    return status;
}

static clp_status build_source(opencl_device *device, const char *source, const char *options,
                               cl_program *program)
{
    cl_int code;
    cl_program created = clCreateProgramWithSource(device->context, 1, &source, NULL, &code);
    CLP_TRY(clp_opencl_check(&device->base.info, "clCreateProgramWithSource", code));
    code = clBuildProgram(created, 1, &device->id, options, NULL, NULL);
    if (code != CL_SUCCESS) {
        clp_status status = fail_build(device, created, code);
        clReleaseProgram(created);
        return status;
    }
    *program = created;
    return CLP_OK;
}

/* Builds from a cached binary; NULL if it is not there or no longer good. */
static cl_program build_cached(opencl_device *device, const clp_cache_key *key, const char *options)
{
    size_t size;
    unsigned char *data = clp_cache_load(key, &size);
    if (!data) return NULL;
    cl_int loaded, code;
    const unsigned char *binary = data;
    cl_program program =
        clCreateProgramWithBinary(device->context, 1, &device->id, &size, &binary, &loaded, &code);
    free(data);
    if (code == CL_SUCCESS && loaded == CL_SUCCESS &&
        clBuildProgram(program, 1, &device->id, options, NULL, NULL) == CL_SUCCESS)
        return program;
    if (code == CL_SUCCESS) clReleaseProgram(program);
    clp_cache_remove(key);
    return NULL;
}

static void store(cl_program program, const clp_cache_key *key)
{
    if (!clp_cache_can_store()) return; /* PoCL builds every kernel once more when asked for binaries */
    size_t size = 0;
    if (clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof size, &size, NULL) != CL_SUCCESS || !size)
        return;
    unsigned char *data = malloc(size);
    if (data && clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof data, &data, NULL) == CL_SUCCESS)
        clp_cache_store(key, data, size);
    free(data);
}

/* Text that is in no file. */
static clp_status append_text(const char *added, char **text, size_t *length)
{
    size_t size = *length + strlen(added) + 1;
    char *larger = realloc(*text, size);
    if (!larger) return clp_fail_host_memory(size);
    *text = larger;
    memcpy(larger + *length, added, strlen(added) + 1);
    *length = size - 1;
    return CLP_OK;
}

clp_status clp_opencl_program(opencl_device *device, const char *const *files, const char *appended,
                              const char *options, cl_program *program)
{
    char *source = NULL;
    size_t length = 0;
    clp_status status = append_file("common.cl", &source, &length);
    for (; status == CLP_OK && *files; files++) status = append_file(*files, &source, &length);
    if (status == CLP_OK && appended) status = append_text(appended, &source, &length);
    if (status == CLP_OK) {
        const clp_device_info *info = &device->base.info;
        const char *texts[] = {source,        options,      info->name,     info->vendor,
                               info->version, info->driver, info->platform, clp_version()};
        clp_cache_key key = clp_cache_key_of(texts, sizeof texts / sizeof *texts);
        *program = build_cached(device, &key, options);
        if (!*program) {
            status = build_source(device, source, options, program);
            if (status == CLP_OK) store(*program, &key);
        }
    }
    free(source);
    return status;
}

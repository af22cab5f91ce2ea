/* SPDX-License-Identifier: MIT */
/* The loader passes silently over an .icd file whose library is missing. Users should hear of it. */
#include "backend/opencl/opencl.h"

#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text), tail = strlen(ending);
    return length >= tail && strcmp(text + length - tail, ending) == 0;
}

static void note_if_broken(clp_device_list *list, const char *path)
{
    char line[512];
    FILE *stream = fopen(path, "r");
    if (!stream) {
        clp_device_list_add_note(list, "%s cannot be read", path);
        return;
    }
    bool named = fgets(line, sizeof line, stream) != NULL;
    fclose(stream);
    if (named) line[strcspn(line, "\r\n")] = '\0';
    if (!named || !*line) {
        clp_device_list_add_note(list, "%s names no library", path);
        return;
    }
    void *library = dlopen(line, RTLD_LAZY | RTLD_NOLOAD);
    if (!library) library = dlopen(line, RTLD_LAZY);
    if (library) {
        dlclose(library);
        return;
    }
    const char *why = dlerror();
    clp_device_list_add_note(list, "%s is passed over: %s", path, why ? why : "its library cannot be loaded");
}

void clp_opencl_note_broken_icds(clp_device_list *list)
{
    const char *vendors = getenv("OCL_ICD_VENDORS");
    if (!vendors || !*vendors) vendors = "/etc/OpenCL/vendors";
    char path[1024];
    struct stat info;
    /* Like the loader: a folder, an .icd file, or the name of one in the usual folder; a library is its own
     * matter. */
    if (stat(vendors, &info) == 0 && S_ISDIR(info.st_mode)) {
        DIR *folder = opendir(vendors);
        if (!folder) return;
        for (struct dirent *entry; (entry = readdir(folder));) {
            if (!ends_with(entry->d_name, ".icd")) continue;
            snprintf(path, sizeof path, "%s/%s", vendors, entry->d_name);
            note_if_broken(list, path);
        }
        closedir(folder);
    } else if (ends_with(vendors, ".icd")) {
        if (!strchr(vendors, '/'))
            snprintf(path, sizeof path, "/etc/OpenCL/vendors/%s", vendors);
        else
            snprintf(path, sizeof path, "%s", vendors);
        note_if_broken(list, path);
    }
}

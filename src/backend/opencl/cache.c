/* SPDX-License-Identifier: MIT */
/*
 * Built programs on disk: one file per key in the XDG cache folder. A file is written under another name and
 * renamed, so two processes never see half of one; a damaged one does not match its own checksum and counts
 * as missing.
 */
#include "backend/opencl/opencl.h"
#include "base/file.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct header {
    char magic[8];
    clp_cache_key key;
    uint64_t size, checksum;
} header;

static const char magic[8] = "clpk 1\n";

enum { ENTRY_LIMIT = 64 << 20, ENTRIES_MAX = 256 };

/* CLPOISSON_CACHE=none: there is none. */
static bool cache_folder(char *path, size_t size)
{
    const char *wanted = getenv("CLPOISSON_CACHE");
    if (wanted && strcmp(wanted, "none") == 0) return false;
    return clp_user_folder("XDG_CACHE_HOME", ".cache", path, size);
}

static bool entry_path(const clp_cache_key *key, char *path, size_t size)
{
    char folder[900];
    if (!cache_folder(folder, sizeof folder)) return false;
    int length = snprintf(path, size, "%s/", folder);
    for (size_t i = 0; i < sizeof key->bytes; i++)
        length += snprintf(path + length, size - (size_t)length, "%02x", key->bytes[i]);
    snprintf(path + length, size - (size_t)length, ".bin");
    return true;
}

clp_cache_key clp_cache_key_of(const char *const *texts, size_t count)
{
    XXH3_state_t state;
    XXH128_canonical_t canonical;
    clp_cache_key key;
    XXH3_128bits_reset(&state);
    for (size_t i = 0; i < count; i++) XXH3_128bits_update(&state, texts[i], strlen(texts[i]) + 1);
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(&state));
    memcpy(key.bytes, canonical.digest, sizeof key.bytes);
    return key;
}

unsigned char *clp_cache_load(const clp_cache_key *key, size_t *size)
{
    char path[1024], *data;
    size_t length;
    header head;
    if (!entry_path(key, path, sizeof path) || access(path, R_OK) != 0) return NULL;
    if (clp_read_file(path, ENTRY_LIMIT, &data, &length) != CLP_OK) return NULL;
    if (length >= sizeof head) {
        memcpy(&head, data, sizeof head);
        *size = length - sizeof head;
        if (memcmp(head.magic, magic, sizeof magic) == 0 && memcmp(&head.key, key, sizeof *key) == 0 &&
            head.size == *size && head.checksum == XXH3_64bits(data + sizeof head, *size)) {
            memmove(data, data + sizeof head, *size);
            return (unsigned char *)data;
        }
    }
    free(data);
    return NULL;
}

/* Every grid width has its own kernels: past ENTRIES_MAX files, the oldest goes. */
static void make_room(const char *folder)
{
    DIR *stream = opendir(folder);
    if (!stream) return;
    char path[1200], oldest[1200] = "";
    time_t oldest_time = 0;
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(stream));) {
        struct stat info;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (stat(path, &info) != 0 || !S_ISREG(info.st_mode)) continue;
        if (count++ == 0 || info.st_mtime < oldest_time) {
            oldest_time = info.st_mtime;
            memcpy(oldest, path, sizeof oldest);
        }
    }
    closedir(stream);
    if (count >= ENTRIES_MAX) unlink(oldest);
}

bool clp_cache_can_store(void)
{
    char folder[900];
    return cache_folder(folder, sizeof folder) && clp_make_folder(folder) && access(folder, W_OK | X_OK) == 0;
}

void clp_cache_store(const clp_cache_key *key, const unsigned char *data, size_t size)
{
    char folder[900], path[1024];
    if (size > ENTRY_LIMIT - sizeof(header) || !entry_path(key, path, sizeof path)) return;
    if (!clp_cache_can_store() || !cache_folder(folder, sizeof folder)) return;
    make_room(folder);
    header head = {.key = *key, .size = size, .checksum = XXH3_64bits(data, size)};
    memcpy(head.magic, magic, sizeof magic);
    clp_output_file file;
    if (clp_output_begin(&file, path) != CLP_OK) return;
    bool written =
        fwrite(&head, sizeof head, 1, file.stream) == 1 && fwrite(data, 1, size, file.stream) == size;
    if (!written || clp_output_commit(&file) != CLP_OK) clp_output_discard(&file);
}

void clp_cache_remove(const clp_cache_key *key)
{
    char path[1024];
    if (entry_path(key, path, sizeof path)) unlink(path);
}

/* SPDX-License-Identifier: MIT */
/* PNG pictures that are damaged, that lie, or are none. */
#include "png_file.h"

#include <criterion/redirect.h>

TestSuite(png_errors, .init = enter, .fini = leave);

static png_file file;

static uint32_t get_number(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void put_number(unsigned char *bytes, uint32_t number)
{
    for (int i = 0; i < 4; i++) bytes[i] = (unsigned char)(number >> (24 - 8 * i));
}

/* Makes the sum of the chunk that begins there right again. Source: the PNG specification, annex D. */
static void mend_sum(unsigned char *chunk)
{
    uint32_t length = get_number(chunk), sum = 0xffffffff;
    for (uint32_t i = 4; i < 8 + length; i++) {
        sum ^= chunk[i];
        for (int bit = 0; bit < 8; bit++) sum = sum >> 1 ^ (sum & 1 ? 0xedb88320 : 0);
    }
    put_number(chunk + 8 + length, ~sum);
}

static unsigned char *find_chunk(const char *name)
{
    for (size_t at = 8; at + 12 <= file.size; at += 12 + get_number(file.bytes + at))
        if (memcmp(file.bytes + at + 4, name, 4) == 0) return file.bytes + at;
    cr_assert_fail("no chunk %s", name);
    return NULL;
}

/* Puts a chunk before another one. */
static void insert_chunk(const char *before, const char *name, const void *data, uint32_t length)
{
    unsigned char *place = find_chunk(before);
    memmove(place + 12 + length, place, (size_t)(file.bytes + file.size - place));
    put_number(place, length);
    memcpy(place + 4, name, 4);
    memcpy(place + 8, data, length);
    mend_sum(place);
    file.size += 12 + length;
}

static void expect_error(const char *what)
{
    clp_pixels pixels;
    write_bytes(file.bytes, file.size);
    cr_expect_eq(clp_png_read(path, &pixels), CLP_ERROR_INPUT, "no error: %s", what);
    cr_expect(strncmp(clp_error_message(), path, strlen(path)) == 0, "%s", clp_error_message());
    cr_expect(strstr(clp_error_message(), what), "%s\n    not \"%s\"", clp_error_message(), what);
    cr_expect_null(pixels.values);
}

static void expect_success(void)
{
    clp_pixels pixels;
    write_bytes(file.bytes, file.size);
    cr_expect_eq(clp_png_read(path, &pixels), CLP_OK, "%s", clp_error_message());
    cr_expect_eq(pixels.values[1], 0x94b9de03, "%08x", (unsigned)pixels.values[1]);
    clp_pixels_finish(&pixels);
}

Test(png_errors, damage_is_told_in_the_words_of_libpng)
{
    cr_redirect_stderr();
    make_plain_png(&file, 20, 20);
    size_t size = file.size;
    for (file.size = 8; file.size < size; file.size++) expect_error("the file ends too early");
    find_chunk("IDAT")[8 + 30] ^= 1;
    expect_error("the PNG picture is damaged: ");
    make_plain_png(&file, 20, 20);
    find_chunk("IDAT")[get_number(find_chunk("IDAT")) + 8] ^= 1; /* the sum alone */
    expect_error("IDAT: CRC error; copy it again, or open it and save it anew");
    make_plain_png(&file, 20, 20);
    put_number(find_chunk("IHDR") + 8 + 4, 21); /* one row more than there is */
    mend_sum(find_chunk("IHDR"));
    expect_error("the PNG picture is damaged: ");
    put_number(find_chunk("IHDR") + 8 + 4, 19); /* one row less */
    mend_sum(find_chunk("IHDR"));
    expect_error("the PNG picture is damaged: ");
    put_number(find_chunk("IHDR") + 8 + 4, 0);
    mend_sum(find_chunk("IHDR"));
    expect_error("(Image height is zero in IHDR)");
    make_plain_png(&file, 20, 20);
    memcpy(find_chunk("IHDR") + 4, "IHxR", 4);
    mend_sum(file.bytes + 8);
    expect_error("the PNG picture is damaged: ");
    cr_assert_stderr_eq_str("");
}

Test(png_errors, a_palette_that_is_too_short)
{
    png_color palette[2] = {{1, 2, 3}, {4, 5, 6}};
    static const uint16_t samples[] = {0, 1, 3, 1};
    make_png(&file, &(png_request){.width = 4,
                                   .height = 1,
                                   .depth = 2,
                                   .type = PNG_COLOR_TYPE_PALETTE,
                                   .samples = samples,
                                   .palette = palette,
                                   .palette_size = 2});
    expect_error("a pixel has a colour beyond the palette");
}

Test(png_errors, what_does_not_count_may_be_odd)
{
    cr_redirect_stderr();
    make_plain_png(&file, 20, 20);
    expect_success();
    insert_chunk("IDAT", "gAMA", "\0\0\0\0", 4);
    insert_chunk("IDAT", "iCCP", "icc\0\0not a profile", 18);
    insert_chunk("IDAT", "tEXt", "Comment\0what", 12);
    insert_chunk("IEND", "prVt", "anything", 8);
    expect_success();
    file.bytes[file.size++] = 'x'; /* after the end */
    expect_success();
    find_chunk("tEXt")[8] ^= 1; /* but not damaged */
    expect_error("tEXt: CRC error");
    make_plain_png(&file, 20, 20);
    insert_chunk("IDAT", "PrVt", "anything", 8); /* a capital: it must be understood */
    expect_error("PrVt");
    cr_assert_stderr_eq_str("");
}

static void set_size(uint32_t width, uint32_t height)
{
    put_number(find_chunk("IHDR") + 8, width);
    put_number(find_chunk("IHDR") + 8 + 4, height);
    mend_sum(find_chunk("IHDR"));
}

Test(png_errors, pictures_larger_than_their_file_can_hold)
{
    make_plain_png(&file, 20, 20);
    set_size(16384, 16385);
    expect_error("16384 x 16385 pixels; up to 2^28 are read");
    set_size(0x7fffffff, 0x7fffffff);
    expect_error("2147483647 x 2147483647 pixels; up to 2^28 are read");
    set_size(0x80000000, 1);
    expect_error("the PNG picture is damaged: ");
    set_size(16384, 16384);
    expect_error("more than a PNG of ");
    /* Just within and just beyond: 4 bytes per pixel against 1040 for each byte of the file and 2^20. */
    uint32_t most = (uint32_t)((1040 * file.size + (1 << 20)) / 4);
    set_size(most, 1);
    expect_error("the PNG picture is damaged: ");
    set_size(most + 1, 1);
    expect_error("more than a PNG of ");
}

Test(png_errors, files_that_are_something_else)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *what;
    } cases[] = {
        {"\xff\xd8\xff\xe0\0\x10JFIF", 10,
         "is no PNG picture, it looks like a JPEG picture; save the picture as PNG"},
        {"GIF89a\1\0\1\0", 10, "a GIF picture"},
        {"II*\0\x08\0\0\0", 8, "a TIFF picture"},
        {"<svg xmlns=\"http://www.w3.org/2000/svg\">", 40, "looks like text"},
        {"\x93NUMPY\1\0", 8, "a NumPy array (.npy)"},
        {"\x89PNG\n\x1a\n\0\0\0\rIHDR", 15, "that a transfer as text has damaged"},
        {"\0\1\2", 3, "is no PNG picture; save"},
        {"", 0, "is empty"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        file.size = cases[i].size;
        memcpy(file.bytes, cases[i].bytes, file.size);
        expect_error(cases[i].what);
    }
    clp_pixels pixels;
    cr_expect_eq(clp_png_read(folder, &pixels), CLP_ERROR_INPUT);
    cr_expect_eq(clp_png_read("/dev/zero", &pixels), CLP_ERROR_INPUT);
    cr_expect_eq(clp_png_read("/tmp/no such folder/a.png", &pixels), CLP_ERROR_FILE);
    cr_expect(strstr(clp_error_message(), "No such file or directory"));
    clp_pixels_finish(&pixels);
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

static void make_any(unsigned round)
{
    static const struct {
        int type, depth;
    } kinds[] = {{PNG_COLOR_TYPE_GRAY, 1},    {PNG_COLOR_TYPE_GRAY, 16},      {PNG_COLOR_TYPE_PALETTE, 4},
                 {PNG_COLOR_TYPE_RGBA, 8},    {PNG_COLOR_TYPE_GRAY_ALPHA, 8}, {PNG_COLOR_TYPE_RGB, 16},
                 {PNG_COLOR_TYPE_PALETTE, 8}, {PNG_COLOR_TYPE_RGBA, 16}};
    static png_color palette[16];
    static png_byte alphas[16];
    static uint16_t samples[12 * 9 * 4];
    int type = kinds[round % 8].type, depth = kinds[round % 8].depth;
    bool colors = type == PNG_COLOR_TYPE_PALETTE;
    for (size_t i = 0; i < 12 * 9 * 4; i++) samples[i] = (uint16_t)random_below(colors ? 16 : 1U << depth);
    make_png(&file, &(png_request){.width = 12,
                                   .height = 9,
                                   .depth = depth,
                                   .type = type,
                                   .samples = samples,
                                   .interlaced = round / 8 % 2,
                                   .palette = colors ? palette : NULL,
                                   .palette_size = 16,
                                   .alphas = colors ? alphas : NULL,
                                   .alpha_count = 9});
}

/* Right sums let the damage through to what lies behind them. */
static void mend_sums(void)
{
    for (size_t at = 8; at + 12 <= file.size;) {
        uint32_t length = get_number(file.bytes + at);
        if (length > file.size - at - 12) return;
        mend_sum(file.bytes + at);
        at += 12 + length;
    }
}

Test(png_errors, any_bytes_end_well)
{
    size_t right = 0, wrong = 0;
    cr_redirect_stderr();
    int next = next_descriptor();
    for (unsigned round = 0; round < 2000; round++) {
        make_any(round);
        for (uint32_t n = 1 + random_below(3); n--;)
            file.bytes[8 + random_below((uint32_t)file.size - 8)] ^= (unsigned char)(1U << random_below(8));
        if (random_below(8) == 0) file.size = 1 + random_below((uint32_t)file.size);
        if (random_below(4)) mend_sums();
        write_bytes(file.bytes, file.size);
        clp_pixels pixels;
        clp_status status = clp_png_read(path, &pixels);
        if (status == CLP_OK) {
            cr_assert(pixels.width * pixels.height >= 1 && pixels.values);
            right++;
        } else {
            cr_assert(status == CLP_ERROR_INPUT && !pixels.values && strstr(clp_error_message(), path));
            wrong++;
        }
        clp_pixels_finish(&pixels);
    }
    cr_expect_eq(next_descriptor(), next, "a file is left open");
    cr_assert_stderr_eq_str("");
    cr_expect(right > 50 && wrong > 500, "%zu right, %zu wrong", right, wrong);
}

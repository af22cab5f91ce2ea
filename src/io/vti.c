/* SPDX-License-Identifier: MIT */
/* VTK's ImageData: XML that describes the arrays, then "_" and for each array its size in bytes (UInt64) and
 * its numbers. After https://docs.vtk.org/en/latest/design_documents/VTKFileFormats.html */
#include <clpoisson/output.h>

#include "base/checked.h"
#include "base/file.h"
#include "base/text.h"
#include "grid/extent.h"
#include "io/utf8.h"
#include "io/vti.h"
#include "io/xml.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_MOST = 256, BLOCK = 8192 };

static size_t type_bytes(clp_vti_type type)
{
    return type == CLP_VTI_FLOAT64 ? 8 : type == CLP_VTI_FLOAT32 ? 4 : 2;
}

static const char *type_name(clp_vti_type type)
{
    return type == CLP_VTI_FLOAT64 ? "Float64" : type == CLP_VTI_FLOAT32 ? "Float32" : "UInt16";
}

/* As VTK wants them: a vector of two components is none there. */
static int written_components(const clp_vti_array *array)
{
    return array->components == 2 ? 3 : array->components;
}

size_t clp_vti_entry_bytes(const clp_vti_array *array)
{
    return (size_t)written_components(array) * type_bytes(array->type);
}

static size_t entries_of(const clp_grid *grid, const clp_vti_array *array)
{
    return array->on_cells ? clp_grid_cell_count(grid) : clp_grid_node_count(grid);
}

uint64_t clp_vti_data_bytes(const clp_grid *grid, const clp_vti_array *array)
{
    return (uint64_t)entries_of(grid, array) * clp_vti_entry_bytes(array);
}

static clp_status check_array(const clp_vti_array *array, size_t index)
{
    if (!array->name || !*array->name)
        return clp_fail(CLP_ERROR_INPUT, "array %zu for the .vti file has no name; give it one", index);
    if (array->components < 1 || array->components > CLP_VTI_COMPONENTS)
        return clp_fail(CLP_ERROR_INPUT, "the array '%s' has %d components; a .vti file takes 1 to %d",
                        array->name, array->components, CLP_VTI_COMPONENTS);
    if ((unsigned)array->type > CLP_VTI_UINT16)
        return clp_fail(CLP_ERROR_INPUT, "the array '%s' has the unknown type %d", array->name,
                        (int)array->type);
    if (!array->values) return clp_fail(CLP_ERROR_INPUT, "the array '%s' has no values", array->name);
    return CLP_OK;
}

/* Writes a name between quotes. U+FFFE and U+FFFF are no characters to XML. */
static void write_name(FILE *stream, const char *name)
{
    char clean[NAME_MOST];
    clp_utf8_clean(clean, sizeof clean, name);
    fputc('"', stream);
    clp_xml_write(stream, clean);
    fputc('"', stream);
}

/* Names the first array with so many components as the one to show. */
static void write_shown(FILE *stream, const char *attribute, const clp_vti_array *arrays, size_t count,
                        bool on_cells, int components)
{
    for (size_t i = 0; i < count; i++) {
        if (arrays[i].on_cells != on_cells || written_components(&arrays[i]) != components) continue;
        fprintf(stream, " %s=", attribute);
        write_name(stream, arrays[i].name);
        return;
    }
}

/* Describes the arrays on nodes, or those on cells. Their data follow in the order of `arrays`. */
static void write_section(FILE *stream, const clp_grid *grid, const clp_vti_array *arrays, size_t count,
                          bool on_cells)
{
    const char *section = on_cells ? "CellData" : "PointData";
    uint64_t offset = 0;
    fprintf(stream, "      <%s", section);
    write_shown(stream, "Scalars", arrays, count, on_cells, 1);
    write_shown(stream, "Vectors", arrays, count, on_cells, 3);
    fprintf(stream, ">\n");
    for (size_t i = 0; i < count; i++) {
        if (arrays[i].on_cells == on_cells) {
            fprintf(stream, "        <DataArray type=\"%s\" Name=", type_name(arrays[i].type));
            write_name(stream, arrays[i].name);
            fprintf(stream, " NumberOfComponents=\"%d\" format=\"appended\" offset=\"%llu\"/>\n",
                    written_components(&arrays[i]), (unsigned long long)offset);
        }
        offset += sizeof offset + clp_vti_data_bytes(grid, &arrays[i]);
    }
    fprintf(stream, "      </%s>\n", section);
}

void clp_vti_write_start(FILE *stream, const clp_grid *grid, const clp_vti_array *arrays, size_t count)
{
    char extent[96];
    clp_locale locale;
    bool flat = clp_grid_dimensions(grid) == 2;
    snprintf(extent, sizeof extent, "0 %zu 0 %zu 0 %zu", grid->nodes[0] - 1, grid->nodes[1] - 1,
             clp_planes(grid) - 1);
    clp_locale_enter(&locale); /* numbers with a point */
    fprintf(stream,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<VTKFile type=\"ImageData\" version=\"1.0\" byte_order=\"LittleEndian\" "
            "header_type=\"UInt64\">\n"
            "  <ImageData WholeExtent=\"%s\" Origin=\"%.17g %.17g %.17g\" Spacing=\"%.17g %.17g %.17g\">\n"
            "    <Piece Extent=\"%s\">\n",
            extent, grid->origin[0], grid->origin[1], flat ? 0 : grid->origin[2], clp_grid_spacing(grid, 0),
            clp_grid_spacing(grid, 1), clp_grid_spacing(grid, 2), extent);
    write_section(stream, grid, arrays, count, false);
    write_section(stream, grid, arrays, count, true);
    fprintf(stream, "    </Piece>\n  </ImageData>\n  <AppendedData encoding=\"raw\">\n_");
    clp_locale_leave(&locale);
}

/* The lowest bytes of a number, least significant first, whatever the machine's order. */
static unsigned char *put_bits(unsigned char *out, uint64_t bits, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) *out++ = (unsigned char)(bits >> 8 * i);
    return out;
}

static unsigned char *put_number(unsigned char *out, const clp_vti_array *array, size_t index)
{
    uint64_t bits = 0;
    if (array->type == CLP_VTI_UINT16) return put_bits(out, ((const uint16_t *)array->values)[index], 2);
    double value = ((const double *)array->values)[index];
    if (array->type == CLP_VTI_FLOAT64) {
        memcpy(&bits, &value, sizeof value);
        return put_bits(out, bits, 8);
    }
    float narrow = (float)value;
    uint32_t narrow_bits;
    memcpy(&narrow_bits, &narrow, sizeof narrow);
    return put_bits(out, narrow_bits, 4);
}

void clp_vti_put_size(unsigned char *out, const clp_grid *grid, const clp_vti_array *array)
{
    put_bits(out, clp_vti_data_bytes(grid, array), CLP_VTI_SIZE);
}

unsigned char *clp_vti_put_entry(unsigned char *out, const clp_vti_array *array, size_t index)
{
    size_t components = (size_t)array->components, bytes = type_bytes(array->type);
    for (size_t k = 0; k < components; k++) out = put_number(out, array, index * components + k);
    return put_bits(out, 0, ((size_t)written_components(array) - components) * bytes);
}

/* Writes the numbers of an array through a block, so that a large field needs no second copy. */
static void write_data(FILE *stream, const clp_grid *grid, const clp_vti_array *array, unsigned char *block)
{
    size_t entries = entries_of(grid, array);
    unsigned char *out = block + CLP_VTI_SIZE;
    clp_vti_put_size(block, grid, array);
    for (size_t i = 0; i < entries && !ferror(stream); i++) {
        out = clp_vti_put_entry(out, array, i);
        if ((size_t)(out - block) < BLOCK - CLP_VTI_COMPONENTS * 8 && i + 1 < entries) continue;
        fwrite(block, 1, (size_t)(out - block), stream);
        out = block;
    }
}

clp_status clp_vti_check(const clp_grid *grid, const clp_vti_array *arrays, size_t count)
{
    CLP_TRY(clp_grid_check(grid));
    for (size_t i = 0; i < count; i++) CLP_TRY(check_array(&arrays[i], i));
    return CLP_OK;
}

void clp_vti_write_end(FILE *stream)
{
    fprintf(stream, "\n  </AppendedData>\n</VTKFile>\n");
}

clp_status clp_field_write_vti(const char *path, const clp_grid *grid, const clp_vti_array *arrays,
                               size_t count)
{
    unsigned char block[BLOCK];
    clp_output_file file;
    CLP_TRY(clp_vti_check(grid, arrays, count));
    CLP_TRY(clp_output_begin(&file, path));
    clp_vti_write_start(file.stream, grid, arrays, count);
    for (size_t i = 0; i < count; i++) write_data(file.stream, grid, &arrays[i], block);
    clp_vti_write_end(file.stream);
    return clp_output_commit(&file);
}

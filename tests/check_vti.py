# SPDX-License-Identifier: MIT
"""Has VTK's own reader read .vti files. Arguments: the unit tests, which write them."""
import os
import subprocess
import sys
import tempfile

try:
    import vtk
    from vtk.util.numpy_support import vtk_to_numpy
except ImportError as error:
    print(f"skipped: {error}; python3-vtk9 has it")
    sys.exit(77)
import numpy

GRIDS = {2: ((4, 3, 1), (1, 0.5, 1), (-1, 0.1, 0)), 3: ((3, 4, 5), (0.5, 1, 0.1), (1, 2, 3))}


def check(path, dimensions):
    nodes, spacing, origin = GRIDS[dimensions]
    reader = vtk.vtkXMLImageDataReader()
    errors = []
    reader.AddObserver("ErrorEvent", lambda *_: errors.append("VTK reports an error"))
    reader.SetFileName(path)
    reader.Update()
    image = reader.GetOutput()
    assert not errors, errors
    assert image.GetDimensions() == nodes, image.GetDimensions()
    assert numpy.allclose(image.GetSpacing(), spacing, rtol=1e-15), image.GetSpacing()
    assert numpy.allclose(image.GetOrigin(), origin, rtol=1e-15), image.GetOrigin()
    points, cells = image.GetPointData(), image.GetCellData()
    assert points.GetNumberOfArrays() == 3 and cells.GetNumberOfArrays() == 1
    count = nodes[0] * nodes[1] * nodes[2]
    u = 0.1 * numpy.arange(count)
    assert points.GetScalars().GetName() == "u" and points.GetVectors().GetName() == "flux"
    assert numpy.array_equal(vtk_to_numpy(points.GetArray("u")), u)
    single = vtk_to_numpy(points.GetArray('u < single & "quoted"'))
    assert single.dtype == numpy.float32 and numpy.array_equal(single, u.astype("f4"))
    flux = numpy.zeros((count, 3))
    flux[:, :dimensions] = numpy.arange(count * dimensions).reshape(count, dimensions) + 0.25
    assert numpy.array_equal(vtk_to_numpy(points.GetArray("flux")), flux)
    regions = vtk_to_numpy(cells.GetArray("region"))
    assert regions.dtype == numpy.uint16 and len(regions) == image.GetNumberOfCells()
    assert numpy.array_equal(regions, 65535 - numpy.arange(len(regions)))
    # A node's number is its place: x fastest.
    assert image.GetPoint(1)[0] > image.GetPoint(0)[0]


with tempfile.TemporaryDirectory() as folder:
    environment = dict(os.environ, CLPOISSON_VTI_FOLDER=folder)
    subprocess.run([sys.argv[1], "--filter", "vti/makes_files_for_vtk"], env=environment, check=True)
    for dimensions in GRIDS:
        check(os.path.join(folder, f"{dimensions}.vti"), dimensions)
print("VTK reads what was written")

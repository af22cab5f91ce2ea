# SPDX-License-Identifier: MIT
# What run.sh and test.sh share: which Debian packages are needed, installing them, building.

CLP_RUN_PACKAGES="gcc libc6-dev meson ninja-build pkg-config python3 ocl-icd-opencl-dev opencl-headers
    pocl-opencl-icd libyaml-dev libjansson-dev libcairo2-dev libpng-dev
    libxxhash-dev libwebp-dev"
CLP_TEST_PACKAGES="$CLP_RUN_PACKAGES g++ clang libcriterion-dev mesa-opencl-icd oclgrind
    python3-numpy python3-vtk9 locales chromium libopenmpi-dev openmpi-bin procps
    libglobalarrays-dev libarmci-mpi-dev libscalapack-openmpi-dev liblapack-dev mpich libmpich-dev iproute2"

# Installs those of the packages that are missing; quiet where none is.
clp_install() {
    missing=
    for package in "$@"; do
        case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
        "install ok installed") ;;
        *) missing="$missing $package" ;;
        esac
    done
    [ -n "$missing" ] || return 0
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || {
            echo "These packages are missing; install them as root: apt-get install$missing" >&2
            return 1
        }
        as_root=sudo
    fi
    echo "Installing$missing" >&2
    log=$(mktemp)
    if $as_root apt-get update -qq >"$log" 2>&1 &&
        DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >>"$log" 2>&1
    then
        rm -f "$log"
    else
        cat "$log" >&2
        rm -f "$log"
        return 1
    fi
}

# clp_build SOURCE BUILD [meson options]: sets up once, then builds what has changed; quiet where nothing has.
clp_build() {
    source=$1 build=$2
    shift 2
    log=$(mktemp)
    [ -f "$build/build.ninja" ] || {
        echo "Building in $build, which takes about a minute" >&2
        meson setup "$build" "$source" "$@" >"$log" 2>&1 || {
            cat "$log" >&2
            rm -f "$log"
            return 1
        }
    }
    ninja -C "$build" >"$log" 2>&1 || {
        cat "$log" >&2
        rm -f "$log"
        return 1
    }
    rm -f "$log"
}

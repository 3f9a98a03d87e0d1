# shellcheck shell=bash
# What scripts/serve and scripts/test share. Sourced, never run.

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
scratch=${GLOVEBOX_SCRATCH:-$repo/.build}
swift_minimum=6.3

# One set of flags for every debug build and one for every release build: another set would build
# all dependencies again. lld comes with the toolchain, the default linker (gold) does not.
debug_flags=(--build-tests -Xswiftc -use-ld=lld)
release_flags=(-c release --static-swift-stdlib -Xswiftc -use-ld=lld)

# What a fresh Debian 12 lacks beside the toolchain: what the toolchain loads, what it links with,
# the C libraries that Package.swift names, what fetches the pinned libvips and speaks HTTP, what
# makes certificates for tests, and readers of metrics, YAML and JSON schemas that are not ours.
packages=(
    ca-certificates git libncurses6 libcurl4 libxml2 libsqlite3-0
    binutils libc6-dev libgcc-12-dev libstdc++-12-dev zlib1g-dev pkg-config
    libvips-dev libseccomp-dev libmagic-dev libsqlite3-dev
    python3 python3-pip python3-prometheus-client python3-jsonschema python3-yaml libimage-exiftool-perl curl openssl
)

say() { printf '%s\n' "$*"; }
headline() { printf '\n== %s\n' "$*"; }
fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# missing_packages: those of `packages` that dpkg does not know as installed, one a line.
missing_packages() {
    local name
    for name in "${packages[@]}"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] ||
            printf '%s\n' "$name"
    done
}

# install_packages NAME...: as root installs them, otherwise prints the line that does and stops.
install_packages() {
    [ $# -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        say "Debian packages are missing, and installing them needs root. Run this, then start again:"
        say "  sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
        exit 1
    fi
    headline "Installing Debian packages: $*"
    apt-get update -q || say "apt-get update failed; trying with the package lists that are here."
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" ||
        fail "apt-get could not install the packages above; its own message says why."
}

where_swift_is="https://www.swift.org/install/linux/ has it for Debian 12: unpack it and put its usr/bin into PATH."

# find_swift: stops unless there is a toolchain at all.
find_swift() {
    command -v swift >/dev/null ||
        fail "there is no 'swift' in PATH; Swift $swift_minimum or newer is needed. $where_swift_is"
}

# check_swift: stops unless the toolchain runs and is at least `swift_minimum`.
check_swift() {
    local answer version
    answer=$(swift --version 2>&1)
    version=$(sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' <<<"$answer" | head -n 1)
    [ -n "$version" ] ||
        fail "'swift --version' names no version; it says: $(head -n 1 <<<"$answer")"
    printf '%s\n%s\n' "$swift_minimum" "$version" | sort -C -V ||
        fail "this is Swift $version, and $swift_minimum or newer is needed. $where_swift_is"
}

# prepare WHAT: says what will happen, then makes the machine ready to build.
prepare() {
    [ "$(uname -s)" = Linux ] || fail "Glovebox confines processes with Linux's means; this is $(uname -s)."
    find_swift
    local missing=()
    if command -v apt-get >/dev/null; then
        mapfile -t missing < <(missing_packages)
    else
        say "There is no apt-get here. Install what your system calls these Debian packages: ${packages[*]}"
    fi
    say "$1"
    if [ ${#missing[@]} -gt 0 ]; then
        say "  - install these Debian packages: ${missing[*]}"
    else
        say "  - install nothing: every Debian package it needs is here"
    fi
    if [ -n "${GLOVEBOX_VIPS_DIR:-}" ]; then
        say "  - use the libvips that GLOVEBOX_VIPS_DIR names: $GLOVEBOX_VIPS_DIR"
    elif "$repo/scripts/fetch-vips" --present; then
        say "  - use libvips from $("$repo/scripts/fetch-vips" --dir)"
    else
        say "  - download libvips (8 MB, checked by its hash) into $repo/.vips"
    fi
    say "  - build with Swift into $scratch"
    install_packages "${missing[@]}"
    # After the packages: the toolchain itself needs some of them before it can run.
    check_swift
    choose_vips
}

# choose_vips: GLOVEBOX_VIPS_DIR names the folder with the run-time libvips. A value that is
# already there wins; "system" asks for Debian's library.
choose_vips() {
    [ -z "${GLOVEBOX_VIPS_DIR:-}" ] || return 0
    if "$repo/scripts/fetch-vips"; then
        GLOVEBOX_VIPS_DIR=$("$repo/scripts/fetch-vips" --dir)
        export GLOVEBOX_VIPS_DIR
    fi
}

# make_test_tools: the Python packages of Tests/tools.txt in a folder of their own, installed again
# when the list has changed. GLOVEBOX_TEST_PYTHON names the interpreter that has them.
make_test_tools() {
    local folder=$scratch/tools list=$repo/Tests/tools.txt
    if ! cmp -s "$list" "$folder/tools.txt"; then
        rm -rf "$folder"
        python3 -m venv --without-pip "$folder" &&
            python3 -m pip --disable-pip-version-check --no-input --quiet \
                --python "$folder/bin/python" install --only-binary :all: --requirement "$list" &&
            cp "$list" "$folder/" || return 1
    fi
    # Absolute: tests run wherever they like.
    GLOVEBOX_TEST_PYTHON=$(cd "$folder/bin" && pwd)/python
    export GLOVEBOX_TEST_PYTHON
}

# build_programs: the two programs, release build, the fetched libvips beside them, where they find
# it by themselves. Prints the build's progress.
build_programs() {
    local product folder
    for product in glovebox glovebox-sandbox; do
        swift build --package-path "$repo" --scratch-path "$scratch" "${release_flags[@]}" \
            --product "$product" || return 1
    done
    folder=$(programs_dir) || return 1
    if "$repo/scripts/fetch-vips" --present; then
        ln -sfn "$("$repo/scripts/fetch-vips" --dir)" "$folder/vips"
    fi
}

# programs_dir: the folder that build_programs filled.
programs_dir() {
    swift build --package-path "$repo" --scratch-path "$scratch" "${release_flags[@]}" \
        --show-bin-path
}

# answers HOST PORT: whether something accepts connections there.
answers() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }

# wait_for_health URL PID: until the service answers there; fails when the process has ended.
wait_for_health() {
    until curl -fs -o /dev/null --max-time 2 "$1/health"; do
        kill -0 "$2" 2>/dev/null || return 1
        sleep 0.2
    done
}

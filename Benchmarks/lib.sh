# shellcheck shell=bash
# What Benchmarks/run and Benchmarks/soak share. Sourced, after scripts/lib.sh.

# built_programs: release builds of the two programs, built when missing or old; `programs` is their
# folder afterwards.
built_programs() {
    programs=$(programs_dir) || fail "the build's folder is not known."
    if [ ! -x "$programs/glovebox" ] || [ ! -x "$programs/glovebox-sandbox" ] ||
        [ -n "$(find "$repo/Sources" "$repo/Package.swift" -newer "$programs/glovebox" -print -quit)" ]; then
        headline "Building the two programs (a first build takes some minutes)"
        build_programs || fail "the build failed; the compiler's messages are above."
    fi
}

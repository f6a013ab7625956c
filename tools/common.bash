# What the scripts of this folder share; sourced, not run.

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

# The packages that PyPI gives the tests and tools/read_log.py.
python_packages=(lmdb xxhash jsonschema)

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

# Puts Swift on the path: where it is already, else in the usual places.
find_swift() {
    local folder home=${HOME:-/root}
    command -v swift > /dev/null && return 0
    for folder in {/opt,/usr/local}/swift/usr/bin "$home/.local/share/swiftly/bin"; do
        if [[ -x $folder/swift ]]; then
            PATH=$folder:$PATH
            return 0
        fi
    done
    return 1
}
find_swift || true

# A Python with `python_packages`, once tools/setup --tests has run.
python=$root/.venv/bin/python

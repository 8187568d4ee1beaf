# shellcheck shell=bash
# Set-up on a machine where nobody installed anything: a virtual environment as the lock file says, and the servers.

say() { printf 'aarring: %s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3 python3.11 python3.12 python3.13 python3.14; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer is needed and was not found; install it, or name it: PYTHON=/path/to/python3"
}

# A pip to fetch uv with. Debian ships Python without ensurepip, others without pip; either will do.
find_pip() {
    local python=$1
    if "$python" -m pip --version >/dev/null 2>&1; then
        echo "$python"
    elif "$python" -m venv var/tools/pip >/dev/null 2>&1; then
        echo var/tools/pip/bin/python
    else
        fail "this Python has no pip to fetch uv with: apt-get install python3-pip, or put uv on PATH"
    fi
}

find_uv() {
    local python=$1 wanted folder
    wanted=$(sed -nE 's/^uv==([0-9.]+).*/\1/p' deploy/uv.txt)
    folder=var/tools/uv-$wanted
    if [ -x "$folder/bin/uv" ]; then
        echo "$folder/bin/uv"
    elif [ "$(uv --version 2>/dev/null | cut -d' ' -f2)" = "$wanted" ]; then
        command -v uv
    else
        say "fetching uv $wanted"
        local pip
        pip=$(find_pip "$python") || exit 1
        rm -rf "$folder" "$folder.new"
        # --target leaves the system's Python alone, also where PEP 668 marks it as managed by others.
        "$pip" -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
            --require-hashes --no-deps --target "$folder.new" --requirement deploy/uv.txt >&2 ||
            fail "uv could not be fetched from the Python package index; see pip's message above"
        mv "$folder.new" "$folder"
        echo "$folder/bin/uv"
    fi
}

pip_setting() { "$1" -m pip config get "global.$2" 2>/dev/null || "$1" -m pip config get "install.$2" 2>/dev/null || true; }

# uv does not read pip's configuration: where pip was told of another index, uv is told of the same.
follow_pips_index() {
    local python=$1 index
    index=${PIP_INDEX_URL:-$(pip_setting "$python" index-url)}
    if [ -n "$index" ] && [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then export UV_DEFAULT_INDEX=$index; fi
    if [ -n "${PIP_CERT:-}" ] && [ -z "${SSL_CERT_FILE:-}" ]; then export SSL_CERT_FILE=$PIP_CERT; fi
}

# pip trusts the certificates of the system, uv by itself only those it brings along.
trust_systems_certificates() { export UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-true}; }

# Also pip's additional places. The hashes in the lock file decide what is accepted, so any of them may answer.
follow_pips_other_places() {
    local python=$1 more links
    more=${PIP_EXTRA_INDEX_URL:-$(pip_setting "$python" extra-index-url)}
    links=${PIP_FIND_LINKS:-$(pip_setting "$python" find-links)}
    if [ -n "$more" ]; then export UV_INDEX=${UV_INDEX:-$(xargs <<<"$more")}; fi
    if [ -n "$links" ]; then export UV_FIND_LINKS=${UV_FIND_LINKS:-$(xargs <<<"$links" | tr ' ' ',')}; fi
    export UV_INDEX_STRATEGY=${UV_INDEX_STRATEGY:-unsafe-best-match}
}

# Run uv as it comes, and then ever more as pip is set up on this machine, until it finds what it needs.
as_pip_would() {
    local python=$1 widen
    for widen in follow_pips_index trust_systems_certificates follow_pips_other_places; do
        "$widen" "$python"
        "${@:2}" 2>var/tools/uv.log && return
    done
    cat var/tools/uv.log >&2
    return 1
}

sync_packages() {
    local uv=$1 python=$2
    # Compiled once, here: where Python may not keep what it compiles, every start of a program would do it anew.
    as_pip_would "$python" "$uv" pip sync --quiet --require-hashes --compile-bytecode \
        --python .venv/bin/python requirements.lock ||
        fail "the packages of requirements.lock could not be installed; see uv's message above"
}

# The checkout's own packages and its command, without a build step.
link_checkout() {
    local packages
    packages=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    pwd >"$packages/aarring.pth"
    printf '#!%s/.venv/bin/python\nfrom deploy.cli import main\n\nmain()\n' "$PWD" >.venv/bin/aarring
    chmod +x .venv/bin/aarring
}

# Whether what was made still is as it should be: a system that took another Python leaves an environment without one.
is_made() {
    local stamp=$1 python=$2 wanted=$3
    [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && "$python" -c '' 2>/dev/null
}

# What the environment was made from: the same again means there is nothing to do.
fingerprint() {
    { pwd; cat requirements.lock deploy/uv.txt deploy/setup.sh; } | { sha256sum 2>/dev/null || shasum -a 256; } | cut -d' ' -f1
}

set_up() {
    local stamp=.venv/made-from
    is_made "$stamp" .venv/bin/python "$(fingerprint)" && return
    mkdir -p var/tools
    if command -v flock >/dev/null; then
        exec 9>var/tools/setup.lock
        flock 9
        is_made "$stamp" .venv/bin/python "$(fingerprint)" && { exec 9>&-; return; }
    fi
    local python uv
    python=$(find_python) || exit 1
    uv=$(find_uv "$python") || exit 1
    if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        "$uv" venv --quiet --clear --no-python-downloads --python "$python" .venv
    fi
    say "installing the packages of requirements.lock into .venv"
    sync_packages "$uv" "$python"
    link_checkout
    fingerprint >"$stamp"
    if command -v flock >/dev/null; then exec 9>&-; fi
}

servers() { .venv/bin/python -m deploy.binaries "$@"; }
# What the pages are made of, and what the tests take from npm beside it.
assets() { .venv/bin/python -m deploy.assets "$@"; }
# For tests: where it cannot be had, the others are run.
assets_if_any() { assets --or-blank; }
browser_if_any() { servers chromium || say "no story is told in a browser"; }

lock() {
    local python uv
    python=$(find_python)
    uv=$(find_uv "$python")
    local compile=("$uv" pip compile --quiet --universal --generate-hashes --python-version 3.11
        --custom-compile-command "make lock" "$@")
    as_pip_would "$python" "${compile[@]}" pyproject.toml --extra dev --output-file requirements.lock
    sed -n 's/^\(uv==[0-9.]*\).*/\1/p' deploy/uv.txt >var/tools/uv.in
    as_pip_would "$python" "${compile[@]}" --no-annotate var/tools/uv.in --output-file deploy/uv.txt
    if grep -nE '://|^--' requirements.lock deploy/uv.txt; then fail "a lock file must not name a registry"; fi
    .venv/bin/python -m deploy.npm install --package-lock-only --ignore-scripts --no-audit --no-fund
    if grep -n '"resolved"' package-lock.json; then fail "a lock file must not name a registry"; fi
}

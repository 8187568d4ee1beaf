# shellcheck shell=bash
# The peers' packages: beside the suite's own, in an environment of the measurements' own, which tests do not need.

bench_python=var/bench/venv/bin/python

bench_fingerprint() {
    { pwd; cat requirements.lock bench/requirements.lock deploy/uv.txt bench/setup.sh; } |
        { sha256sum 2>/dev/null || shasum -a 256; } | cut -d' ' -f1
}

bench_set_up() {
    local stamp=var/bench/venv/made-from python uv
    is_made "$stamp" "$bench_python" "$(bench_fingerprint)" && return
    python=$(find_python) || exit 1
    uv=$(find_uv "$python") || exit 1
    mkdir -p var/bench var/tools
    "$uv" venv --quiet --clear --no-python-downloads --python "$python" var/bench/venv
    say "installing the peers' packages of bench/requirements.lock into var/bench/venv"
    as_pip_would "$python" "$uv" pip sync --quiet --require-hashes --compile-bytecode \
        --python "$bench_python" requirements.lock bench/requirements.lock ||
        fail "the packages of bench/requirements.lock could not be installed; see uv's message above"
    bench_fingerprint >"$stamp"
}

# Lighthouse judges the portal's pages, as bench/lighthouse's own lock file has it. Without it all else is measured.
lighthouse_set_up() {
    local folder=var/bench/lighthouse wanted
    servers chromium || say "there is no browser for Lighthouse; its figures will be missing"
    wanted=$(cat bench/lighthouse/package-lock.json .npmrc | { sha256sum 2>/dev/null || shasum -a 256; } | cut -d' ' -f1)
    if [ "$(cat "$folder/made-from" 2>/dev/null)" = "$wanted" ]; then return; fi
    rm -rf "$folder"
    mkdir -p "$folder"
    cp bench/lighthouse/package.json bench/lighthouse/package-lock.json .npmrc "$folder"
    say "fetching the packages of bench/lighthouse/package-lock.json into $folder"
    if npm_in "$folder" ci --ignore-scripts --no-audit --no-fund; then
        echo "$wanted" >"$folder/made-from"
    else
        rm -rf "$folder"
        say "Lighthouse could not be fetched from npm's registry, see npm's message above; its figures will be missing"
    fi
}

npm_in() {
    (cd "$1" && PYTHONPATH="$OLDPWD" "$OLDPWD/$bench_python" -m deploy.npm "${@:2}")
}

# The versions of requirements.lock where both need the same package: ours must run as it does elsewhere.
lock_bench() {
    local python uv
    python=$(find_python)
    uv=$(find_uv "$python")
    as_pip_would "$python" "$uv" pip compile --quiet --universal --generate-hashes --python-version 3.11 \
        --custom-compile-command "make lock" --constraint requirements.lock "$@" \
        bench/requirements.in --output-file bench/requirements.lock
    if grep -nE '://|^--' bench/requirements.lock; then fail "a lock file must not name a registry"; fi
    cp .npmrc bench/lighthouse/.npmrc
    npm_in bench/lighthouse install --package-lock-only --ignore-scripts --no-audit --no-fund
    rm bench/lighthouse/.npmrc
    if grep -n '"resolved"' bench/lighthouse/package-lock.json; then fail "a lock file must not name a registry"; fi
}

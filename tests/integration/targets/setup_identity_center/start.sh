# shellcheck shell=bash
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Sourced by runme.sh, because the plugins of the controller take the addresses of AWS from its environment.
# While the script runs there is an emulator of AWS, a home without a trace of the tester's own, and a browser whose
# user signs in.

tests=${ANSIBLE_COLLECTIONS_PATH##*:}/ansible_collections/workstation/aws_sso/tests
await() {  # FILE PROCESS LOG: wait until PROCESS has written FILE; if it ends before, show its LOG and give up
    until [ -s "$1" ]; do
        kill -0 "$2" || { cat "$3"; exit 1; }
        sleep 0.1
    done
}

log=$OUTPUT_DIR/identity-center.log
environment=$OUTPUT_DIR/identity-center.env

(cd "$tests" && exec python -m identity_center --environment-file "$environment") >"$log" 2>&1 &
identity_center=$!
trap 'kill "$identity_center"' EXIT
await "$environment" "$identity_center" "$log"
# shellcheck source=/dev/null
source "$environment"

export HOME=$OUTPUT_DIR/home
mkdir -m 0700 "$HOME"

export BROWSER=$OUTPUT_DIR/browser
python "$tests/identity_center/browser_user.py" --write-browser "$BROWSER"

export PATH=$PWD/../setup_identity_center/files:$PATH
export ANSIBLE_ROLES_PATH=$PWD/..

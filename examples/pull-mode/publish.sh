#!/bin/sh
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: ./publish.sh VERSION [OPTION...]      make a version of the bundle, sign it and publish it
#        ./publish.sh sign-only [OPTION...]    sign the published version again, which prolongs it
# The options are those of ansible-playbook, such as -e @rings.yml.

set -eu
: "${BUCKET:=s3://acme-laptops}"
directory=$HOME/acme-bundle  # that of bundle.yml

[ $# -gt 0 ] || { sed -n 's/^# //; /^usage/,/^The/p' "$0" >&2; exit 2; }
case $1 in
    sign-only) wanted=workstation_bundle_sign_only=true ;;
    *) wanted=workstation_bundle_version=$1 ;;
esac
shift

# What is published is the state: a version is never changed, and wheels that laptops have are not made again.
aws s3 sync --only-show-errors "$BUCKET" "$directory"
ansible-playbook workstation.aws_sso.company_bundle -e @company.yml -e @bundle.yml -e "$wanted" "$@"

# The manifest is the last file, so no laptop sees one whose files are missing.
aws s3 sync --only-show-errors "$directory" "$BUCKET" --exclude 'manifest.json*'
aws s3 cp --only-show-errors "$directory/manifest.json.sig" "$BUCKET/"
aws s3 cp --only-show-errors "$directory/manifest.json" "$BUCKET/"

#!/usr/bin/env bash

# Uses each plugin and role of the collection once, with the warnings that ansible-test silences, and fails on any of
# deprecation. tests/unit/test_documentation.py checks that none is missing.

set -eu -o pipefail

source ../setup_identity_center/start.sh

organization=$OUTPUT_DIR/organization.env
PYTHONPATH=$tests python ../lookup_sso_assignments/company.py "$organization" >"$OUTPUT_DIR/organization.log" 2>&1 &
company=$!
trap 'kill "$identity_center" "$company"' EXIT
await "$organization" "$company" "$OUTPUT_DIR/organization.log"
# shellcheck source=/dev/null
source "$organization"

export ANSIBLE_DEPRECATION_WARNINGS=true
export ANSIBLE_CALLBACKS_ENABLED=workstation.aws_sso.fleet_report
export WORKSTATION_FLEET_REPORT_HTML=$OUTPUT_DIR/fleet.html
export WORKSTATION_FLEET_REPORT_JSON=$OUTPUT_DIR/fleet.json
export ANSIBLE_ASYNC_DIR=$OUTPUT_DIR/async  # its default is the home of the user, not that of the environment

{
    ansible-playbook -i "$INVENTORY_PATH" playbook.yml "$@"
    ansible-inventory -i accounts.sso_accounts.yml --graph
    ansible-inventory -i instances.sso_ec2.yml --graph
    ansible -i "$INVENTORY_PATH" testhost -m workstation.aws_sso.sso_logout
} 2>&1 | tee "$OUTPUT_DIR/plugins.log"
grep -F "@sso_accounts:" "$OUTPUT_DIR/plugins.log"
# Here, amazon.aws is not installed; tests/unit/plugins/inventory/test_sso_ec2.py runs it.
tr -d '\n ' <"$OUTPUT_DIR/plugins.log" | grep -F "ansible-galaxycollectioninstallamazon.aws"
[ -s "$WORKSTATION_FLEET_REPORT_HTML" ]
if grep -F "[DEPRECATION WARNING]" "$OUTPUT_DIR/plugins.log"; then
    exit 1
fi

for kind in module lookup inventory callback role; do
    ansible-doc -t "$kind" -l workstation.aws_sso --json |
        python -c 'import json, sys; print(*json.load(sys.stdin))' >"$OUTPUT_DIR/names"
    read -r -a names <"$OUTPUT_DIR/names"
    ansible-doc -t "$kind" "${names[@]}" >"$OUTPUT_DIR/$kind.txt" 2> >(tee -a "$OUTPUT_DIR/documentation.log" >&2)
    [ -s "$OUTPUT_DIR/$kind.txt" ]
done
# A collection inside of ansible-core has no version, of which ansible-core itself warns under ansible-test.
if grep -v "/ansible/_protomatter'" "$OUTPUT_DIR/documentation.log"; then
    exit 1
fi

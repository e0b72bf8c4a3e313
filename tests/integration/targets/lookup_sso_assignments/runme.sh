#!/usr/bin/env bash

set -eu -o pipefail

source ../setup_identity_center/start.sh

organization=$OUTPUT_DIR/organization.env
PYTHONPATH=$tests python company.py "$organization" >"$OUTPUT_DIR/organization.log" 2>&1 &
company=$!
trap 'kill "$identity_center" "$company"' EXIT
await "$organization" "$company" "$OUTPUT_DIR/organization.log"
# shellcheck source=/dev/null
source "$organization"

ansible-playbook -i "$INVENTORY_PATH" playbook.yml "$@"

# The second play of the examples; the first, which writes to hosts, is played by a unit test.
ansible-doc -t lookup workstation.aws_sso.sso_assignments --json | python -c '
import json, sys, yaml
(plugin,) = json.load(sys.stdin).values()
yaml.safe_dump(yaml.safe_load(plugin["examples"])[1:], sys.stdout)' >"$OUTPUT_DIR/examples.yml"
AWS_PROFILE=identity-admin ansible-playbook "$OUTPUT_DIR/examples.yml" "$@" | tee "$OUTPUT_DIR/examples.log"
grep "jane@example.com in prod-payments by direct, group Operators" "$OUTPUT_DIR/examples.log"
grep -E '"msg": "?3"?$' "$OUTPUT_DIR/examples.log"

#!/usr/bin/env bash

set -eu -o pipefail

source ../setup_identity_center/start.sh

echo "PATH='$PATH'" >"$HOME/.profile"
ansible-doc -t module workstation.aws_sso.workstation_info --json | python -c '
import json, sys
(plugin,) = json.load(sys.stdin).values()
print(plugin["examples"])' >"$OUTPUT_DIR/examples.yml"

ansible-playbook -i "$INVENTORY_PATH" playbook.yml "$@"

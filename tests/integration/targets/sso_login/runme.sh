#!/usr/bin/env bash

set -eu

source ../setup_identity_center/start.sh

ansible-playbook -i "$INVENTORY_PATH" playbook.yml "$@"

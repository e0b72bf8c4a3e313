#!/usr/bin/env bash

set -eu -o pipefail

source ../setup_identity_center/start.sh

ansible -i "$INVENTORY_PATH" testhost -m ansible.builtin.include_role -a name=setup_identity_center

ansible-playbook -i roles.sso_accounts.yml playbook.yml "$@"
ansible-inventory -i accounts.sso_accounts.yml --graph | diff accounts.graph -

ansible -i "$INVENTORY_PATH" testhost -m workstation.aws_sso.sso_logout
ansible-inventory -i roles.sso_accounts.yml --graph 2>&1 | tr '\n' ' ' | grep "ansible-playbook workstation.aws_sso.login .*-e workstation_session=acme"

#!/usr/bin/env bash

set -eu -o pipefail

export HOME=$OUTPUT_DIR/home
mkdir -m 0700 "$HOME"
ssh-keygen -q -t ed25519 -N '' -C company-bundle -f "$OUTPUT_DIR/key"
: >"$OUTPUT_DIR/requirements.txt"

ansible-playbook -i "$INVENTORY_PATH" playbook.yml "$@"

# What laptops verify
echo "company namespaces=\"company-bundle@workstation.aws_sso\" $(cat "$OUTPUT_DIR/key.pub")" >"$OUTPUT_DIR/signers"
ssh-keygen -Y verify -f "$OUTPUT_DIR/signers" -I company -n company-bundle@workstation.aws_sso \
    -s "$OUTPUT_DIR/laptops/manifest.json.sig" <"$OUTPUT_DIR/laptops/manifest.json"
sh -n "$OUTPUT_DIR/laptops/setup.sh"

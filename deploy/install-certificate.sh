#!/bin/sh
# What certbot runs when it has a certificate (--deploy-hook, which says in RENEWED_LINEAGE where it is):
# copies it to where nginx reads it, for its user and group 101, and has it read again.
set -eu
cd "$(dirname "$0")/.."
folder="$(sed -n 's/^SITE_CERTIFICATE_DIR=//p' .env)"
folder="${folder:-./deploy/certificate}"
install -D -m 0644 "$RENEWED_LINEAGE/fullchain.pem" "$folder/fullchain.pem"
install -D -m 0640 -g 101 "$RENEWED_LINEAGE/privkey.pem" "$folder/privkey.pem"
docker compose exec -T nginx nginx -s reload -c /tmp/nginx.conf

#!/bin/sh
# Makes the secrets that docker-compose.yml reads, random where nobody else has to know them. What is
# there already is left alone, so it can be run again. Usage: sh deploy/make-secrets.sh [folder]
set -eu
folder="${1:-$(dirname "$0")/secrets}"
umask 077
mkdir -p "$folder"
chmod 700 "$folder"

random() { head -c "$1" /dev/urandom; }
hex() { random "$1" | od -An -v -tx1 | tr -d ' \n'; }

# The folder keeps others out; the containers, each with a user of its own, read the single files.
keep() {
  [ -e "$folder/$1" ] || { cat >"$folder/$1.new" && chmod 644 "$folder/$1.new" && mv "$folder/$1.new" "$folder/$1" && echo "made $folder/$1"; }
}

hex 24 | keep postgres_password
hex 24 | keep redis_password
hex 16 | keep grafana_password
hex 12 | keep admin_password
hex 32 | keep jwt_secret
random 32 | base64 | keep encryption_key
printf 'postgres://guoxue:%s@postgres:5432/guoxue' "$(cat "$folder/postgres_password")" | keep database_url
printf 'redis://:%s@redis:6379' "$(cat "$folder/redis_password")" | keep redis_url
# To be filled in; a blank file leaves the setting out.
printf '' | keep deepseek_api_key
printf '' | keep smtp_url

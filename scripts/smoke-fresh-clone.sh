#!/usr/bin/env bash
# Clones HEAD into an empty folder, starts it with the one command, asks a question, stops it, starts it
# again, and runs its unit tests there.
set -euo pipefail
source_folder="$(cd "$(dirname "$0")/.." && pwd)"
folder="$(mktemp -d)"
port="$(node -e 'require("net").createServer().listen(0, "127.0.0.1", function () { console.log(this.address().port); this.close(); })')"
server=''

finish() {
  if [ -n "$server" ]; then kill -KILL -- "-$server" 2>/dev/null || true; fi
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM

git clone -q "$source_folder" "$folder/clone"
cd "$folder/clone"

start_and_wait() {
  # A group of its own, so that the signal below reaches npm and the server as Ctrl-C would.
  PORT="$port" setsid npm start >"$folder/start.log" 2>&1 &
  server=$!
  for _ in $(seq 600); do
    if grep -q '国学导师已就绪' "$folder/start.log"; then return; fi
    if ! kill -0 "$server" 2>/dev/null; then break; fi
    sleep 0.5
  done
  cat "$folder/start.log"
  echo 'npm start did not get ready'
  exit 1
}

stop() {
  kill -INT -- "-$server"
  for _ in $(seq 60); do
    if ! pgrep -g "$server" >/dev/null; then server='' && return; fi
    sleep 0.5
  done
  echo 'npm start did not stop'
  exit 1
}

json() { node -pe "JSON.parse(require('fs').readFileSync(0, 'utf8')).data.$1"; }
call() { curl -sS --fail-with-body --max-time 60 -H 'content-type: application/json' "$@"; }

started=$(date +%s)
start_and_wait
tail -n 1 "$folder/start.log" | sed 's/密码 [^ （]*/密码 …/'
echo "first start, installation included: $(($(date +%s) - started)) s"

base="http://127.0.0.1:$port"
token=$(call -X POST "$base/api/auth/guest" -d '{}' | json accessToken)
session=$(call -X POST "$base/api/sessions" -H "authorization: Bearer $token" -d '{}' | json id)
answer=$(call -X POST "$base/api/sessions/$session/messages" -H "authorization: Bearer $token" \
  -d '{"content":"孔子怎么看学习和思考的关系？"}')
printf '%s' "$answer" | json message.content
printf '%s' "$answer" | grep -q '学而不思则罔' || { echo 'the answer does not quote 论语·为政'; exit 1; }
passage=$(printf '%s' "$answer" | json 'message.citations[0].passageId')
call "$base/api/library/passages/$passage" | json 'passage.text'
call "$base/" | grep -q '<div id="root">' || { echo 'no page at /'; exit 1; }

stop
started=$(date +%s)
start_and_wait
echo "second start: $(($(date +%s) - started)) s"
kept=$(call "$base/api/sessions/$session/messages" -H "authorization: Bearer $token" | json 'items.length')
[ "$kept" = 2 ] || { echo "the conversation was not kept: $kept messages"; exit 1; }
stop

npm test -- unit
echo 'fresh clone: passed'

#!/usr/bin/env bash
# office.sh COMMAND...: opens an office, runs the command in it, and closes it again. The office is a real server on loopback with
# an institution; the command finds it by JANGKAU_URL, and asks as its administrator by `$JANGKAU_SERVER admin ...`. JANGKAU_PHOTO is a photo.
# shellcheck source=mobile-bindings/scripts/common.sh
source "$(dirname "$0")/common.sh"

stage "an office on loopback"
export JANGKAU_SERVER=$target/${JANGKAU_PROFILE:-debug}/jangkau-server JANGKAU_INSTITUTION=lk3-cilegon
folder=$(mktemp -d "$target/office.XXXXXX")
export JANGKAU_DATABASE=$folder/office.sqlite3
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cp "$bindings/story.txt" "$target/story.txt"
export JANGKAU_STORY=$target/story.txt JANGKAU_PHOTO=$folder/photo.jpg
python3 "$bindings/scripts/photo.py" "$JANGKAU_PHOTO"
export JANGKAU_LISTEN=127.0.0.1:$port JANGKAU_URL=http://127.0.0.1:$port
"$JANGKAU_SERVER" admin found --institution "$JANGKAU_INSTITUTION" --profile cilegon-lk3-2023
"$JANGKAU_SERVER" serve 2>"$folder/log" &
server=$!
close() {
    local code=$?
    kill "$server" || true
    wait "$server" || true
    [ "$code" = 0 ] || { tail -n 20 "$folder/log"; echo "office.sh: failed at stage: $stage_name"; } >&2
    rm -rf "$folder"
}
trap close EXIT
for _ in $(seq 100); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
    kill -0 "$server"
    sleep 0.1
done

stage "in the office: $(basename "$1")"
"$@"

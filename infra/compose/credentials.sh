# Passwords of one compose project. `make` writes those that are missing, `show` prints where to log in with which.
# They are random and never leave the project's volumes unless somebody asks for them.
set -eu
umask 022
folder=/var/lib/tickhouse/credentials

# Writes stdin to a file that no reader ever sees half of.
keep() {
  cat >"$1.new"
  mv "$1.new" "$1"
}

password() {
  [ -s "$1" ] || head -c 24 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n' | keep "$1"
}

case ${1:-} in
  make)
    password $folder/writer/questdb-password
    password $folder/reader/questdb-password
    password $folder/reader/grafana-password
    printf 'http::addr=questdb:9000;username=tickhouse;password=%s;\n' "$(cat $folder/writer/questdb-password)" |
      keep $folder/writer/questdb-client-conf
    ;;
  show)
    printf 'QuestDB web console  http://127.0.0.1:%s  tickhouse  %s\n' "$CONSOLE" "$(cat $folder/writer/questdb-password)"
    printf 'QuestDB, read only   postgresql://quant:%s@127.0.0.1:%s/qdb\n' "$(cat $folder/reader/questdb-password)" "$POSTGRES"
    printf 'Grafana              http://127.0.0.1:%s  admin  %s\n' "$GRAFANA" "$(cat $folder/reader/grafana-password)"
    ;;
  *)
    echo 'Expected make or show' >&2
    exit 2
    ;;
esac

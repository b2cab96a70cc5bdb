# Formats the storage of a closed Kafka with its users, once, before the broker starts. Data that were made without users are refused.
set -eu
data=/var/lib/kafka/data

if [ -e $data/meta.properties ]; then
  [ -e $data/tickhouse-users ] && exit 0
  echo 'This Kafka was made without users: docs/security.md says how it gets them.' >&2
  exit 1
fi
set --
for user in admin collector sink operator topic-admin consumer account-consumer; do
  set -- "$@" --add-scram "SCRAM-SHA-512=[name=$user,password=$(cat /run/kafka/$user/password)]"
done
touch $data/tickhouse-users
# What it prints holds the salted passwords.
/opt/kafka/bin/kafka-storage.sh format --cluster-id "$CLUSTER_ID" --config /etc/tickhouse/format.properties "$@" >/dev/null

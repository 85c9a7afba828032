#!/bin/sh
set -eu

case ${1:-} in
  '' | -* | *.conf) set -- redis-server "$@" ;;
esac
if [ "$1" != redis-server ]; then
  exec "$@"
fi
# Who can reach the port is up to the container's network.
set -- "$@" --protected-mode no
if [ "$(id -u)" = 0 ]; then
  chown -R redis: .
  exec setpriv --reuid redis --regid redis --init-groups "$@"
fi
exec "$@"

#!/bin/sh
# HAProxy with the given lines of its global section, and a proxy that it stops.
set -e
{
  echo global
  printf '  %s\n' "$@"
  printf 'defaults\n  log global\n  mode http\n  timeout connect 1s\n  timeout client 1s\n'
  printf '  timeout server 1s\nfrontend web\n  bind 127.0.0.1:8082\n'
} >haproxy.cfg
haproxy -db -f haproxy.cfg &
sleep 1
kill -USR1 $!
wait

#!/bin/sh
# nginx with a line of its main context and one of its server, and a request.
set -e
cat >nginx.conf <<CONF
daemon off; master_process off; pid /forms/nginx.pid;
$1
events {}
http { server { listen 127.0.0.1:8081; root /nowhere; $2 } }
CONF
nginx -c /forms/nginx.conf &
for _ in 1 2 3 4 5 6 7 8 9 10; do
  curl -s -o /dev/null http://127.0.0.1:8081/x && break
  sleep 0.3
done
wait

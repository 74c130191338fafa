#!/bin/sh
# rsyslog that hands what it is sent to /dev/log in a template of its own.
set -e
cat >rsyslog.conf <<CONF
global(workDirectory="/forms")
module(load="imuxsock" sysSock.use="off")
input(type="imuxsock" socket="/forms/in" useSysTimeStamp="on")
module(load="omuxsock")
\$OMUxSockSocket /dev/log
*.* :omuxsock:;$1
CONF
rm -f in rsyslog.pid
rsyslogd -n -f /forms/rsyslog.conf -i /forms/rsyslog.pid &
for _ in 1 2 3 4 5 6 7 8 9 10; do
  [ -S in ] && break
  sleep 0.3
done
logger -u /forms/in -t my-tag --id=42 hello
wait

#!/bin/sh
# journald that forwards to syslog, and a command when it is ready.
set -e
mkdir -p /run/systemd/journal /run/log/journal
printf '[Journal]\nForwardToSyslog=yes\nStorage=none\nReadKMsg=yes\n' >/etc/systemd/journald.conf
[ -s /etc/machine-id ] || echo 0123456789abcdef0123456789abcdef >/etc/machine-id
rm -f /dev/log
/usr/lib/systemd/systemd-journald &
for _ in 1 2 3 4 5 6 7 8 9 10; do
  [ -S /run/systemd/journal/stdout ] && break
  sleep 0.3
done
ln -sf /run/systemd/journal/dev-log /dev/log
sleep 0.3
"$@"
wait

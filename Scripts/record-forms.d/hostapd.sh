#!/bin/sh
# hostapd as the authenticator of a wired port, to which a client says EAPOL-Start.
set -e
ip link add veth0 type veth peer name veth1
ip link set veth0 up
ip link set veth1 up
cat >ap.conf <<CONF
interface=veth0
driver=wired
ieee8021x=1
eap_server=1
eap_user_file=/forms/eap.users
logger_syslog=-1
logger_syslog_level=0
CONF
echo '"user" MD5 "password"' >eap.users
hostapd ap.conf &
for _ in 1 2 3 4 5 6 7 8 9 10; do
  python3 -c '
import socket
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind(("veth1", 0x888e))
own = wire.getsockname()[4]
wire.send(bytes.fromhex("0180c2000003") + own + bytes.fromhex("888e01010000") + bytes(46))'
  sleep 0.5
done
wait

"""What is recorded: a command, what picks its message out, and the header that must come of it.

`procid` "pid" is the process id that the kernel says of the sender. `begin` is where MSG begins,
if `pick` is further on.
"""

FORMS = []


def form(name, by, packages, run, pick, **more):
    """Adds a recording, of Debian 12 unless `release` says otherwise."""
    FORMS.append({"name": name, "by": by, "packages": packages, "run": run, "pick": pick,
                  "release": "bookworm", **more})


# --- C libraries --------------------------------------------------------------------------------

MUSL, GLIBC = ["musl"], ["libc6"]
form("musl", "musl's syslog()", MUSL, "./musl udhcpc 0 'text: from musl'", "text: from",
     app="udhcpc")
form("musl-no-ident", "musl's syslog() without openlog()'s ident", MUSL,
     "./musl '' 0 'text: from musl'", "text: from", begin=": text", app="-")
form("musl-pid", "musl's syslog(), LOG_PID", MUSL, "./musl hostapd 1 'wlan0: AP-ENABLED'",
     "wlan0:", app="hostapd", procid="pid")
form("musl-path", "musl's syslog(), a path as ident", MUSL,
     "./musl /usr/sbin/crond 1 'USER root pid 99 cmd true'", "USER root", app="/usr/sbin/crond",
     procid="pid")
form("glibc", "glibc's syslog()", GLIBC, "./glibc '' 0 'text: from glibc'", "text: from",
     app="glibc")
form("glibc-pid", "glibc's syslog(), LOG_PID", GLIBC, "./glibc my.prog 1 'two\n lines'", "two",
     app="my.prog", procid="pid")
form("glibc-13", "glibc's syslog()", GLIBC, "./glibc '' 0 'text: from glibc'", "text: from",
     app="glibc", release="trixie")
form("glibc-13-pid", "glibc's syslog(), LOG_PID", GLIBC, "./glibc my.prog 1 'two\n lines'",
     "two", app="my.prog", procid="pid", release="trixie")

# --- Tools ----------------------------------------------------------------------------------------

for release, suffix in (("bookworm", ""), ("trixie", "-13")):
    def logger(name, run, pick, release=release, suffix=suffix, **more):
        """The logger of util-linux."""
        form(f"logger{suffix}{name}", run.replace("'", ""), ["bsdutils"], run, pick,
             release=release, **more)
    logger("", "logger 'hello: world'", "hello:", app="root")
    logger("-tag", "logger -i -t my-tag -p local3.err hello", "hello", app="my-tag", procid="pid")
    logger("-id", "logger -t my-tag --id=42 hello", "hello", app="my-tag", procid="42")
    logger("-no-tag", "logger -t '' hello", "hello", begin=": hello", app="-")
    logger("-3164", "logger --rfc3164 -t my-tag hello", "hello", app="my-tag")
    logger("-3164-id", "logger --rfc3164 -i -t my-tag hello", "hello", app="my-tag", procid="pid")
    logger("-5424", "logger --rfc5424 -i -t my-tag --msgid M1 hello", "hello", app="my-tag",
           procid="pid", msgid="M1")
    logger("-5424-sd",
           "logger --rfc5424=notq -t my-tag --sd-id 'a@1' --sd-param 'k=\"v\"' 'x: hello'",
           "x: hello", app="my-tag")
    logger("-5424-notime", "logger --rfc5424=notime -t my-tag hello", "hello", app="my-tag",
           time="-")
    logger("-5424-nohost", "logger --rfc5424=nohost -t my-tag hello", "hello", app="my-tag",
           host="-")
form("busybox-logger", "busybox logger", ["busybox"], "busybox logger -t box -p mail.warn hi",
     "hi", app="box")
form("busybox-logger-plain", "busybox logger", ["busybox"], "busybox logger 'a: b'", "a: b",
     app="root")
form("busybox-klogd", "busybox klogd", ["busybox"],
     "(sleep 1; echo '<4>recorded: link up' >/dev/kmsg) & exec busybox klogd -n",
     "recorded: link", begin="[", app="kernel")
form("systemd-cat", "systemd-cat, by journald's ForwardToSyslog", ["systemd"],
     "./journald systemd-cat -t my-unit -p warning sh -c 'echo $$ >pid; echo \"unit: text\"'",
     "unit: text", app="my-unit", procid="file", socket="/run/systemd/journal/syslog")
form("journald-glibc", "glibc's syslog(), by journald's ForwardToSyslog", ["systemd", "libc6"],
     "./journald sh -c 'echo $$ >pid; exec ./glibc my.prog 1 \"by journald\"'", "by journald",
     app="my.prog", procid="file", socket="/run/systemd/journal/syslog")
for name, template in (("forward", "RSYSLOG_ForwardFormat"),
                       ("traditional", "RSYSLOG_TraditionalForwardFormat"),
                       ("syslog23", "RSYSLOG_SyslogProtocol23Format")):
    form(f"rsyslog-{name}", f"rsyslog, relaying with {template}", ["rsyslog"],
         f"./rsyslog {template}", "hello", app="my-tag", procid="42",
         begin=" hello" if name == "syslog23" else "hello")

# --- Languages ------------------------------------------------------------------------------------

HANDLER = ("python3 -c 'import logging, logging.handlers as h; "
           "s = h.SysLogHandler(\"/dev/log\"); {}logging.getLogger().addHandler(s); "
           "logging.error(\"{}\")'")
form("python-handler", "Python's SysLogHandler", ["python3"], HANDLER.format("", "a plain text"),
     "a plain", app="-")
form("python-handler-json", "Python's SysLogHandler with JSON", ["python3"],
     HANDLER.format("", '{\\"level\\": \\"info\\"}'), "level", begin="{", app="-")
form("python-handler-ident", "Python's SysLogHandler with ident", ["python3"],
     HANDLER.format('s.ident = "snake: "; ', "h\\u00e9llo: x"), "h\u00e9llo", app="snake")
form("python-handler-basic", "Python's SysLogHandler with logging.BASIC_FORMAT", ["python3"],
     HANDLER.format("s.setFormatter(logging.Formatter(logging.BASIC_FORMAT)); ", "basic"),
     "ERROR:root:basic", app="-")
form("python-syslog", "Python's syslog", ["python3"],
     "python3 -c 'import syslog as s; s.openlog(\"snake\", s.LOG_PID); s.syslog(\"hi\")'", "hi",
     app="snake", procid="pid")
form("php", "PHP's syslog()", ["php8.2-cli"],
     "php -r 'openlog(\"shop\", LOG_PID, LOG_USER); syslog(LOG_WARNING, \"Order 7: paid\");'",
     "Order 7", app="shop", procid="pid")
form("php-error-log", "PHP's error_log=syslog", ["php8.2-cli"],
     "php -d error_log=syslog -d log_errors=1 -r 'error_log(\"oops: x\");'", "oops", app="php")
form("perl", "Perl's Sys::Syslog", ["perl"],
     "perl -MSys::Syslog -e 'openlog(\"camel\", \"pid\", \"user\"); syslog(\"info\", \"hi\")'",
     "hi", app="camel", procid="pid")
form("go", "Go's log/syslog", ["golang-1.19-go"], "./golang standard", "standard:", app="goprog",
     procid="pid")
form("go-dial", "Go's log/syslog, Dial", ["golang-1.19-go"], "./golang dial", "dialled:",
     app="goprog", procid="pid")
form("go-udp", "Go's log/syslog, what it sends over UDP", ["golang-1.19-go"], "./golang udp",
     "sent:", app="goprog", procid="pid")
SRSLOG = ["golang-github-racksec-srslog-dev"]
form("docker", "srslog, as Docker's driver calls it without syslog-format", SRSLOG,
     "./golang unix", "container said", app="4f2d8c1b9a7e", procid="pid")
form("docker-3164", "srslog, as Docker's driver calls it with syslog-format=rfc3164", SRSLOG,
     "./golang rfc3164", "container said", app="4f2d8c1b9a7e", procid="pid")
form("srslog-5424", "srslog's RFC5424Formatter", SRSLOG, "./golang rfc5424", "container said",
     app="./golang", procid="pid", msgid="4f2d8c1b9a7e")

# --- Daemons of routers and servers ---------------------------------------------------------------

form("dropbear", "dropbear", ["dropbear-bin"],
     "rm -f key; dropbearkey -t ed25519 -f key; exec dropbear -F -p 127.0.0.1:2222 -r key",
     "Not backgrounding", app="dropbear", procid="pid")
form("dnsmasq", "dnsmasq", ["dnsmasq-base"], "exec dnsmasq -k --port=0 --user=root --pid-file=",
     "started, version", app="dnsmasq", procid="pid")
form("hostapd", "hostapd", ["hostapd"], "./hostapd", "IEEE 802.1X", begin="veth0", app="hostapd")
form("nginx-error", "nginx, error_log", ["nginx"],
     "./nginx 'error_log syslog:server=unix:/dev/log info;' "
     "'access_log off;'", "No such file", begin="20", app="nginx")
form("nginx-access", "nginx, access_log", ["nginx"],
     "./nginx 'error_log stderr;' 'access_log syslog:server=unix:/dev/log,tag=web;'", "GET /x",
     begin="127.0.0.1", app="web")
form("nginx-nohost", "nginx, access_log with nohostname", ["nginx"],
     "./nginx 'error_log stderr;' 'access_log syslog:server=unix:/dev/log,nohostname;'", "GET /x",
     begin="127.0.0.1", app="nginx")
for name, how in (("", ""), ("-local", " format local"), ("-3164", " format rfc3164")):
    form(f"haproxy{name}", f"HAProxy, log /dev/log{how}", ["haproxy"],
         f"./haproxy 'log /dev/log{how} daemon'", "Proxy", app="haproxy", procid="pid")
form("haproxy-5424", "HAProxy, log /dev/log format rfc5424", ["haproxy"],
     "./haproxy 'log /dev/log format rfc5424 daemon'", "Proxy", app="haproxy", procid="pid",
     host="-")
form("haproxy-host", "HAProxy, log-send-hostname", ["haproxy"],
     "./haproxy 'log /dev/log daemon' log-send-hostname", "Proxy", app="haproxy",
     procid="pid")
form("openvpn", "OpenVPN --syslog", ["openvpn"],
     "exec openvpn --syslog vpn-office --dev null --secret none", "DEPRECATED OPTION",
     app="vpn-office", procid="pid")
form("strongswan", "strongSwan's charon", ["strongswan-charon"], "exec /usr/lib/ipsec/charon",
     "00[DMN]", app="charon", procid="-")
form("cron", "cron", ["cron"], "exec cron -f", "INFO", begin="(CRON)", app="cron",
     procid="pid")
form("sshd", "OpenSSH's sshd", ["openssh-server"],
     "mkdir -p /run/sshd; exec /usr/sbin/sshd -D -p 2223", "Server listening", app="sshd",
     procid="pid")
form("su", "su, by PAM", ["util-linux"], "su nobody -s /bin/true", "session opened",
     begin="pam_unix", app="su", procid="pid")
form("sudo", "sudo", ["sudo"], "sudo -u nobody true", "COMMAND", begin="    root", app="sudo")
form("pppd", "pppd", ["ppp"], "exec pppd nodetach notty noauth", "open the /dev/ppp device", begin="Couldn't",
     app="pppd", procid="pid")
form("chronyd", "chronyd", ["chrony"], "exec chronyd -n -x -f /dev/null", "starting",
     begin="chronyd", first=False, app="chronyd", procid="pid")

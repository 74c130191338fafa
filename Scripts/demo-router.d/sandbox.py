"""What the router's kernel refuses syslogd with --user, and that it refuses nothing else."""

import re
import socket

import peer
from peer import Broken

FOLDER = "/var/log/own"
TRACE = "/sys/kernel/tracing"
# Sent over UDP, so that a text is in the capture which has to show none that went over TLS.
CONTROL = "this text went over UDP"
# What the log says; Tests/Golden/sentences.txt has them.
RUNNING, RELOADED, COUNTERS = "running as nobody", "configuration reloaded", "received "
# EPERM, EACCES, ENOSYS
REFUSALS = "ret == -1 || ret == -13 || ret == -38"
CLONE3 = "NR 435 = -38"
# For each thread, and of whom the folders belong to: with root's, a capability is kept to write.
STATUS = {"Uid": "65534 65534 65534 65534", "Gid": "65534 65534 65534 65534",
          "NoNewPrivs": "1", "Seccomp": "2"}


def trace(router):
    """From here on the kernel writes down each system call that ends with a refusal."""
    router.run(f"echo '{REFUSALS}' >{TRACE}/events/raw_syscalls/sys_exit/filter && "
               f"echo >{TRACE}/trace && echo 1 >{TRACE}/events/raw_syscalls/sys_exit/enable")


def traced(router, program):
    return [line.strip() for line in router.run(f"cat {TRACE}/trace").splitlines()
            if line.strip().startswith(program + "-")]


def check_calls(router):
    """No call of syslogd was refused but clone3, in the place of which libc takes clone."""
    calls = [call for call in traced(router, "syslogd") if not call.endswith(CLONE3)]
    if calls:
        raise Broken(f"the kernel refused {len(calls)} system calls of syslogd: {calls[0]}")


def refused(router, _):
    """the kernel refuses what a syslogd never does"""
    trace(router)
    status, words = router.attempt("inside refused")
    if status != 0:
        raise Broken(words.strip())
    count = len(traced(router, "inside"))
    if count < int(words.split()[0]):
        raise Broken(f"the trace shows {count} refusals only")
    return "on this kernel, by syslogd's filter, " + words.strip()


def everything(router, host):
    """in the sandbox, syslogd does everything and is refused nothing that it needs"""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.bind(("127.0.0.1", 0))
            udp.settimeout(peer.DEADLINE)
            start(router, host, udp.getsockname()[1])
            rotate(router, FOLDER)
            control(router, udp)
        signals(router)
        reconnect(router, host)
        check_status(router, f"{FOLDER}/pid", "0")
    finally:
        # A refused call is the reason of what did not happen.
        check_calls(router)
    outside(router)
    finish(router)
    return ("with --user nobody, Landlock and seccomp: lookup, TLS, UDP, files rotated and made "
            "again, ring, SIGHUP, SIGUSR1, reconnection, --state, exit: no system call was "
            "refused, but a file in a folder where no log was at the start")


def roots_folder(router, _):
    """logs in a folder of root's are rotated with the capability that is kept"""
    folder = "/var/log/root"
    router.run(f"mkdir -m 700 {folder} && echo 'local0.* {folder}/rule' >/etc/root.conf && "
               f"/sbin/syslogd -s1 -b2 -O {folder}/log -f/etc/root.conf --user nobody")
    router.until("it has become nobody", lambda: router.attempt(
        f"grep -q '{RUNNING}' {folder}/log")[0] == 0)
    # Not before: it asks the kernel what nobody may write to, and the answer is EACCES.
    trace(router)
    try:
        rotate(router, folder)
        check_status(router, "/var/run/syslogd.pid", "2")
    finally:
        check_calls(router)
    words = router.run(f"grep 'keeping' {folder}/log").strip()
    router.run("kill $(cat /var/run/syslogd.pid)")
    router.until("syslogd ends", lambda: router.attempt("pidof syslogd")[0] != 0)
    return "in the background, in a folder of root's: " + words.partition("syslogd: ")[2]


def start(router, host, port):
    # The time of --state begins at that of the newest file that says whom to trust, and moves on
    # by what syslogd has run: without this, nothing is to be written after a second.
    router.run(
        f"mkdir {FOLDER} && chown nobody {FOLDER} && inside synchronised && "
        "touch -d @$(($(date +%s) + 60)) /var/tmp/pubkey.pem && "
        "{ inside names 10.0.2.2 >/dev/null 2>&1 & }")
    router.until("the name server answers", lambda: router.attempt("nslookup log.example")[0] == 0)
    router.run(f"printf '%s\\n' 'local0.* {FOLDER}/rule' 'local1.* @10.0.2.2:{port}' "
               ">/etc/own.conf")
    router.run(
        "{ /sbin/syslogd -n -L -S -C64 --user nobody -s1 -b2 -f/etc/own.conf "
        f"--pid-file {FOLDER}/pid --state {FOLDER}/state --retry 0.2:1 "
        f"-R log.example:{host.port} -d -c/var/tmp/pubkey.pem >/tmp/own.out 2>&1; "
        "echo $? >/tmp/own.status; } &")
    said(router, RUNNING)
    host_lines(router, host, 1, 100)


def host_lines(router, host, first, last):
    """Messages, which all arrive."""
    router.run(f"seq {first} {last} | sed 's/^/in the sandbox /' | logger -t sand")
    host.expect("sand", [f"in the sandbox {number}" for number in range(1, last + 1)])


def said(router, words, count=1):
    """Until the ring has these words so many times."""
    def found():
        status, ring = router.attempt("logread")
        return status == 0 and ring.count(words) >= count
    router.until(f"'{words}' in the log", found)


def rotate(router, folder):
    router.run("seq 1 200 | logger -t rule -p local0.info")
    router.until("a rotated file of a rule", lambda: router.attempt(
        f"grep -q ' 200$' {folder}/rule && test -s {folder}/rule.0 && test -s {folder}/rule.1")[0]
        == 0)


def control(router, udp):
    router.run(f"logger -p local1.info -t udp '{CONTROL}'")
    if CONTROL not in udp.recv(2048).decode("utf-8", "replace"):
        raise Broken("another text arrived over UDP")


def signals(router):
    """SIGHUP makes a removed file again; SIGUSR1 has the counters logged."""
    router.run(f"rm {FOLDER}/rule && kill -HUP $(cat {FOLDER}/pid)")
    said(router, RELOADED)
    router.run("logger -t rule -p local0.info made again")
    router.until("a new file", lambda: router.attempt(
        f"grep -q 'made again' {FOLDER}/rule")[0] == 0)
    router.run(f"kill -USR1 $(cat {FOLDER}/pid)")
    said(router, COUNTERS)


def reconnect(router, host):
    """What is logged while the collector is away arrives over a new connection."""
    host.stop()
    router.run("seq 101 200 | sed 's/^/in the sandbox /' | logger -t sand")
    said(router, "next attempt")
    host.start()
    host_lines(router, host, 201, 300)


def check_status(router, pid_file, capability):
    words = router.run(f"cat /proc/$(cat {pid_file})/task/*/status")
    capabilities = dict.fromkeys(("CapPrm", "CapEff"), capability.rjust(16, "0"))
    for name, expected in (STATUS | capabilities).items():
        for value in re.findall(rf"^{name}:\s*(.*)$", words, re.MULTILINE):
            if " ".join(value.split()) != expected:
                raise Broken(f"{name} of syslogd is {value}, not {expected}")


def outside(router):
    """Landlock refuses a folder where the user may write, but where no log was at the start."""
    folder = "/var/log/later"
    router.run(f"mkdir {folder} && chown nobody {folder} && echo 'local2.* {folder}/file' "
               f">>/etc/own.conf && kill -HUP $(cat {FOLDER}/pid)")
    said(router, RELOADED, 2)
    before = len(router.said())
    router.run("logger -p local2.info -t later this has no place")
    router.until("the line on the console, as with every file that cannot be opened",
                 lambda: "this has no place" in router.said()[before:])
    router.until("Landlock refuses the file", lambda: any(
        call.endswith("= -13") for call in traced(router, "syslogd")))
    if router.attempt(f"test -e {folder}/file")[0] == 0:
        raise Broken("it could write outside of the folders of its logs")


def finish(router):
    """It ends by SIGTERM and nothing else, and leaves nothing; then what the kernel has to say."""
    router.run(f"kill $(cat {FOLDER}/pid)")
    router.until("syslogd ends", lambda: router.attempt("test -s /tmp/own.status")[0] == 0)
    status = router.run("cat /tmp/own.status").strip()
    if status != "143":
        raise Broken(f"syslogd ended with status {status}: {router.run('cat /tmp/own.out')}")
    if router.attempt(f"test -e {FOLDER}/pid")[0] == 0:
        raise Broken("its process ID file was left")
    if not router.run(f"cat {FOLDER}/state").strip():
        raise Broken("the file of --state is empty")
    kernel = router.run("dmesg")
    words = re.findall(r".*(?:type=1326|syslogd|segfault|landlock: .*denied).*", kernel)
    if words:
        raise Broken("the kernel says " + words[0])

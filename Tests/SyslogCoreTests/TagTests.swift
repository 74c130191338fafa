import Testing

@testable import SyslogCore

/// Beginnings of messages as programs send them, from public logs and the test tables of public
/// parsers, and what is a tag in them.
@Suite("The tag of a message")
struct TagTests {
  private static func parts(_ text: String) -> (name: String, process: String, rest: String)? {
    let bytes = Array(text.utf8)
    guard let tag = Tag(bytes.span, at: 0) else { return nil }
    return (
      String(decoding: bytes[tag.name], as: UTF8.self),
      String(decoding: bytes[tag.process], as: UTF8.self),
      String(decoding: bytes[tag.end...], as: UTF8.self)
    )
  }

  static let programs: [(name: String, process: String)] = [
    ("CRON", "10973"), ("CROND", "48969"), ("USR/SBIN/CRON", "1"), ("/usr/sbin/cron", "7"),
    ("/USR/SBIN/CRON", "2345"), ("anacron", "5"), ("crontab", "17831"), ("systemd", "1"),
    ("systemd-logind", "633"), ("systemd-networkd", "400"), ("(sd-pam)", "1234"),
    ("(systemd)", "99"), ("sshd", "24200"), ("sshd-session", "8"), ("sshd(pam_unix)", "19939"),
    ("su(pam_unix)", "23164"), ("vsftpd(pam_unix)", "21"), ("run-parts(/etc/cron.daily)", "14731"),
    ("openvpn(client)", "4321"), ("postfix/smtpd", "1713"), ("postfix/tlsproxy", "2"),
    ("postfix-out/smtp", "3"), ("dovecot", ""), ("kernel", ""), ("kernel", "0"), ("klogd", ""),
    ("dhcpcd", "eth0"), ("dhclient", ""), ("dnsmasq", "1"), ("dnsmasq-dhcp", "1"),
    ("hostapd", ""), ("wpa_supplicant", "512"), ("NetworkManager", "600"), ("ModemManager", "7"),
    ("avahi-daemon", "8"), ("pppd", "9"), ("xl2tpd", "10"), ("charon", ""), ("ipsec_starter", "2"),
    ("Keepalived_vrrp", "77"), ("ntpd_intres", "12"), ("rpc.statd", "5"), ("in.telnetd", "6"),
    ("rpc.mountd", ""), ("named-checkconf", ""), ("MR_MONITOR", "900"), ("PAM-CRACKLIB", "3"),
    ("com.apple.xpc.launchd", "1"), ("python3.11", "44"), ("my.prog", ""), ("g++", ""),
    ("user@1000.service", "55"), ("getty@tty1", "1"), ("-bash", ""), ("-sh", "12"),
    ("./a.out", ""), ("docker/1a2b3c4d5e6f", "933"), ("docker/web.1", "2"), ("6tunnel", "3"),
    ("389-ds", ""), ("7z", ""), ("802.1x", "4"), ("adblock-4.1.5", "61"), ("firewall.user", ""),
    ("uhttpd", "700"), ("procd", ""), ("netifd", ""), ("odhcpd", "3"), ("logger", ""), ("root", ""),
    ("john.doe", ""), ("haproxy", "88"), ("nginx", ""), ("sm-msp-queue", "1755"), ("a", ""),
    ("app", "main-thread-7"), ("x_y", "0x1f"), ("bird6", ""), ("S99_local", ""),
  ]

  @Test("the name of a program, in front of a colon, is a tag", arguments: programs)
  func tags(name: String, process: String) {
    let tag = process.isEmpty ? name : "\(name)[\(process)]"
    for (text, rest) in [("\(tag): text: more", "text: more"), ("\(tag):", ""), ("\(tag): ", "")] {
      let parts = Self.parts(text)
      #expect(parts?.name == name, "\(text)")
      #expect(parts?.process == process, "\(text)")
      #expect(parts?.rest == rest, "\(text)")
    }
  }

  static let oddEnds: [(text: String, name: String, process: String, rest: String)] = [
    ("myprog:text", "myprog", "", "text"),
    ("myprog:text and more: x", "myprog", "", "text and more: x"),
    ("app[1]:text", "app", "1", "text"),
    ("app[1]:  text", "app", "1", " text"),
    ("app[]: text", "app", "", "text"),
    ("sudo:     root : TTY=pts/0", "sudo", "", "    root : TTY=pts/0"),
    ("app:\ttext", "app", "", "\ttext"),
    ("app:äöü", "app", "", "äöü"),
    ("app: {\"a\":1}", "app", "", "{\"a\":1}"),
    ("app: http://h/", "app", "", "http://h/"),
    ("kernel: [    1.500000] usb 1-1: new", "kernel", "", "[    1.500000] usb 1-1: new"),
  ]

  @Test("what ends a tag", arguments: oddEnds)
  func ends(text: String, name: String, process: String, rest: String) throws {
    let parts = try #require(Self.parts(text))
    #expect(parts.name == name && parts.process == process && parts.rest == rest)
  }

  @Test(
    "everything else is text, whole",
    arguments: [
      "", ":", ": text", " app: text", "text", "plain text: with a colon", "[1]: text", "[]: x",
      "{\"level\":\"info\"}", "{\"level\": \"info\"}", "{level:info}", "[info] text: x",
      "[    1.5] usb 1-1: new", "<warn>  [1700000000.1] device (wlan0): state change",
      "12:34:56 x", "12:34:56.789: x", "12:34: x", "1700000000: x", "1700000000.123: x",
      "50%: full",
      "2026-11-29T20:10:61Z app: x", "2026-11-29 20:10:11 app: x", "2026-11-29 20:10:11,123: x",
      "2026/11/29 20:10:11 [error] 7#7: *1 open() failed", "29/Nov/2026:20:10:11 +0000 x",
      "http://h/ down", "https://h:8443/x: 500", "ftp://h: x", "mongodb://h:27017: refused",
      "C:\\Windows\\x.exe: x", "file:///etc/passwd: x", "tcp://10.0.0.1:80: x",
      "fe80::1 unreachable", "fe80::1: unreachable", "2001:db8::1: x", "::1: x",
      "::ffff:1.2.3.4: x",
      "dead:beef::1 x", "a::b: x", "00:11:22:33:44:55 joined", "aa:bb:cc:dd:ee:ff joined",
      "aa:bb:cc:dd:ee:ff: joined", "0a:1b:2c:3d:4e:5f: x", "192.0.2.1: refused",
      "192.0.2.1:514 refused", "192.0.2.1:514: refused", "localhost:8080 refused",
      "localhost:8080: refused", "db:5432: refused",
      "registry:5000/redis:latest[1234]: ready", "redis:latest[1234]: ready",
      "registry.example.net:5000/app[12]: x", "audit(1131538222.234:0): user pid=1",
      "audit(1131538222): x", "type=AVC msg=audit(1.2:3): avc", "main(): x", "open(file): x",
      "f(x)[1] = 2: x", "pam_unix(cron:session): session opened", "%ASA-6-302013: Built",
      "%LINK-3-UPDOWN: x", "*1 connect() failed", "key=value: x", "a,b: x", "\"quoted\": x",
      "'su root' failed: x", "CORP\\user: x", "user~1: x", "äpp: text", "a\tb: text",
      "app[1 2]: text", "app[1: text", "app[1] text", "app[1]", "app [1]: text", "app : text",
      "app[a[1]]: text", "Foo::Bar: x", "error:0A000086:SSL routines::certificate verify failed",
      "-- MARK --: x", "...: x", "---: x", "()[1]: x", "(app[1]: x", "app)[1]: x", "app(a)b[1]: x",
      "last message repeated 3 times", "GET /index.html: 404", "$HOME: x", "#1: x", "@: x",
      "time:12:30 x", "app:text:more", "json:{\"a\":1}", "q:=x",
    ])
  func text(_ text: String) {
    #expect(Self.parts(text) == nil)
  }

  @Test("any bytes are judged, and what is found lies inside them")
  func anyBytes() {
    var dice = Dice(state: 7)
    let letters = Array("ab1():[]/.-_ \t\u{7f}ä{\"".utf8)
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...12, using: &dice)).map { _ in
        letters[Int.random(in: 0..<letters.count, using: &dice)]
      }
      guard let tag = Tag(bytes.span, at: 0) else { continue }
      #expect(!tag.name.isEmpty && tag.end <= bytes.count && tag.process.upperBound <= tag.end)
      #expect(bytes[..<tag.end].contains(UInt8(ascii: ":")))
    }
  }
}

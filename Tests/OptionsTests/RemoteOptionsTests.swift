import Bytes
import CPosix
import TLSBackend
import Testing

@testable import SyslogIO
@testable import syslogd

@Suite("Options of remotes and what they mean")
struct RemoteOptionsTests {
  static let hosts: [(value: String, name: String)] = [
    ("loghost", "udp loghost:514"),
    ("loghost:5514", "udp loghost:5514"),
    ("loghost:1", "udp loghost:1"),
    ("loghost:65535", "udp loghost:65535"),
    ("192.0.2.1", "udp 192.0.2.1:514"),
    ("192.0.2.1:99", "udp 192.0.2.1:99"),
    ("2001:db8::1", "udp [2001:db8::1]:514"),
    ("2001:db8::1:514", "udp [2001:db8::1:514]:514"),
    ("[2001:db8::1]", "udp [2001:db8::1]:514"),
    ("[2001:db8::1]:99", "udp [2001:db8::1]:99"),
    ("::1", "udp [::1]:514"),
    ("fe80::1%eth7", "udp [fe80::1%eth7]:514"),
    ("[fe80::1%eth7]:99", "udp [fe80::1%eth7]:99"),
    ("[loghost]:99", "udp loghost:99"),
    ("loghost.:99", "udp loghost.:99"),
  ]

  @Test("-R takes a name, an IPv4 or an IPv6 address, with a port or without", arguments: hosts)
  func remoteHost(_ value: String, _ name: String) throws {
    #expect(Meaning.words(of: try settings(["-R", value])) == ["no file", name])
    #expect(Meaning.words(of: try settings(["-R\(value)", "-L"])) == [name])
  }

  static let names: [(value: String, meaning: String)] = [
    ("logs.example.net.", "tls logs.example.net.:6514, SNI logs.example.net"),
    ("logs.example.net.:99", "tls logs.example.net.:99, SNI logs.example.net"),
    ("192.0.2.1", "tls 192.0.2.1:6514"),
    ("192.0.2.1.", "tls 192.0.2.1.:6514"),
    ("fe80::1%notthereyet", "tls [fe80::1%notthereyet]:6514"),
    ("[fe80::1%notthereyet]:99", "tls [fe80::1%notthereyet]:99"),
  ]

  @Test("SNI is the name without the dot of an absolute one, never an address", arguments: names)
  func serverName(_ value: String, _ meaning: String) throws {
    #expect(Meaning.words(of: try settings(["-R", value, "-d"])) == ["no file", meaning])
  }

  @Test("the zone of an address is no part of its name in a certificate, and may be absent")
  func zone() throws {
    let address: [UInt8] = [0xFE, 0x80] + [UInt8](repeating: 0, count: 13) + [1]
    for host in ["fe80::1", "fe80::1%lo", "fe80::1%notthereyet"] {
      let remote = try settings(["-R", host, "-d", "--ca", "/ca"]).remotes.first
      #expect(remote?.trust.peerName == .address(address))
      let named = ["-R", "h", "-d", "--ca", "/ca", "--server-name", host]
      let other = try settings(named).remotes.first
      #expect(other?.trust.peerName == .address(address))
    }
  }

  @Test("every suite and every group can be asked for, all at once")
  func everyName() throws {
    let suites = TLSCipherSuite.allCases.map { "\($0.name)" }
    let groups = TLSGroup.allCases.map { "\($0.name)" }
    let line = [
      "-R", "h", "-d", "--tls-ciphers", suites.joined(separator: ","),
      "--tls-groups", groups.joined(separator: ","),
    ]
    let remote = try #require(try settings(line).remotes.first)
    #expect(remote.trust.tls.cipherSuites == TLSCipherSuite.allCases)
    #expect(remote.trust.tls.groups == TLSGroup.allCases)
  }

  @Test("nothing that is not recommended is asked for without being named once (C10, T24, U2)")
  func weaknesses() throws {
    let cbc = "TLS_RSA_WITH_AES_128_CBC_SHA"
    let unpinned = Sentence.anyPeer
    let noSecrecy = Sentence.noForwardSecrecy(.rsaWithAES128CBC)
    let table: [(line: String, weaknesses: [Sentence])] = [
      ("-R h", []),
      ("-R h -d -c /pin", []),
      ("-R h -d", [unpinned]),
      ("-R h -d -c /pin --tls-ciphers TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", []),
      ("-R h -d -c /pin --tls-ciphers TLS_AES_128_GCM_SHA256,\(cbc)", [noSecrecy]),
      ("-R h -d -c /pin --tls-min 1.3 --tls-ciphers TLS_AES_128_GCM_SHA256,\(cbc)", []),
      ("-R h -d --tls-ciphers \(cbc)", [unpinned, noSecrecy]),
      ("--tls-ciphers \(cbc) -R h", []),
    ]
    for (line, weaknesses) in table {
      let remote = try #require(try settings(line.words).remotes.first)
      #expect(remote.weaknesses == weaknesses, "\(line)")
    }
  }

  static let spki = "sha256//ERERERERERERERERERERERERERERERERERERERERERE="
  static let fingerprint = "sha-256:" + Array(repeating: "2A", count: 32).joined(separator: ":")

  static let remotes: [(line: String, meaning: [String])] = [
    ("-R h -d", ["tls h:6514, SNI h"]),
    ("-R h --tls", ["tls h:6514, SNI h"]),
    ("-R h:514 -d", ["tls h:514, SNI h"]),
    ("-dR h", ["tls h:6514, SNI h"]),
    ("-R 192.0.2.1 -d", ["tls 192.0.2.1:6514"]),
    ("-R [2001:db8::1]:99 -d", ["tls [2001:db8::1]:99"]),
    ("-R h -d -c /pin", ["tls h:6514, SNI h, pin file /pin"]),
    ("-R h -d -c/pin", ["tls h:6514, SNI h, pin file /pin"]),
    ("-R h -d --pin=/pin", ["tls h:6514, SNI h, pin file /pin"]),
    ("-R h -d --pin /pin", ["tls h:6514, SNI h, pin file /pin"]),
    ("-R h -c /pin -d", ["tls h:6514, SNI h, pin file /pin"]),
    ("-R h -d -c \(spki) -c /x", ["tls h:6514, SNI h, pin \(spki), pin file /x"]),
    ("-R h -d -c \(fingerprint)", ["tls h:6514, SNI h, pin \(fingerprint)"]),
    ("-R h -d -c /sha256//a", ["tls h:6514, SNI h, pin file /sha256//a"]),
    ("-R h -I 192.0.2.9", ["udp h:514, from 192.0.2.9"]),
    ("-R h -I192.0.2.9", ["udp h:514, from 192.0.2.9"]),
    ("-R h --source 2001:db8::9", ["udp h:514, from 2001:db8::9"]),
    ("-R h -d --framing lf", ["tls h:6514, SNI h, lineFeed"]),
    ("-R h -d --framing octet", ["tls h:6514, SNI h"]),
    ("-R h --format raw", ["udp h:514, raw"]),
    ("-R h --format=3164", ["udp h:514, rfc3164"]),
    ("-R h --format 5424", ["udp h:514, rfc5424"]),
    ("-R h -d --queue 16400", ["tls h:6514, SNI h, queue 16400"]),
    ("-R h -d --queue 17K", ["tls h:6514, SNI h, queue 17408"]),
    ("-R h -d --queue 17k", ["tls h:6514, SNI h, queue 17408"]),
    ("-R h -d --queue 1M", ["tls h:6514, SNI h, queue 1048576"]),
    ("-R h -d --queue 512m", ["tls h:6514, SNI h, queue 536870912"]),
    ("-R h -d --replay 1", ["tls h:6514, SNI h, replay 1"]),
    ("-R h --tcp --replay 64K", ["tcp h:601, replay 65536"]),
    ("-R h -d --replay 512M --format 5424", ["tls h:6514, SNI h, rfc5424, replay 536870912"]),
    // Off where it can only be meant for others.
    ("--replay 64K -R h", ["udp h:514"]),
    ("--replay 64K -R h --format 5424", ["udp h:514, rfc5424"]),
    ("--replay 64K -R h --tcp --format raw", ["tcp h:601, raw"]),
    ("--replay 64K -R h --tcp --replay 0", ["tcp h:601"]),
    ("-R h --tcp --replay 0 --format raw", ["tcp h:601, raw"]),
    ("-R h -d --spool /s:64K", ["tls h:6514, SNI h, spool /s 65536 131072"]),
    ("-R h --tcp --spool /s:1M:3M", ["tcp h:601, spool /s 1048576 3145728"]),
    ("-R h -d --queue 64K", ["tls h:6514, SNI h, queue 65536"]),
    ("-R h -d --retry 120:1500", ["tls h:6514, SNI h, retry 120000:1500000"]),
    ("-R h -d --retry 5", ["tls h:6514, SNI h, retry 5000:1500000"]),
    ("-R h -d --retry 0.001:0.25", ["tls h:6514, SNI h, retry 1:250"]),
    ("-R h -d --retry 1.5:1.500", ["tls h:6514, SNI h, retry 1500:1500"]),
    ("-R h -d --retry 2000", ["tls h:6514, SNI h, retry 2000000:2000000"]),
    ("-R h -d --retry 86400:86400", ["tls h:6514, SNI h, retry 86400000:86400000"]),
    ("-R h -d --connect-timeout 2.5", ["tls h:6514, SNI h, connect 2500"]),
    ("-R h -d --handshake-timeout 0.25", ["tls h:6514, SNI h, handshake 250"]),
    ("-R h -d --user-timeout 45", ["tls h:6514, SNI h, dead after 45000"]),
    ("-R h --tcp --keepalive 10", ["tcp h:601, probe after 10000"]),
    (
      "-R h -d --queue 17K -R g -d --failover -R f:1 -d --failover -R e",
      ["tls h:6514, SNI h, queue 17408, then g:6514, then f:1", "udp e:514"]
    ),
    ("--tcp --format raw -R h -R g --failover", ["tcp h:601, raw, then g:601"]),
    ("-R h --interface eth0.2", ["udp h:514, by eth0.2"]),
    ("--interface wan -R h -R g -d", ["udp h:514, by wan", "tls g:6514, SNI g, by wan"]),
    ("--queue 1M --retry 5 -R h", ["udp h:514, queue 1048576, retry 5000:1500000"]),
    ("-R h --queue 1M -d", ["tls h:6514, SNI h, queue 1048576"]),
    ("-R h -d --tls-min 1.2", ["tls h:6514, SNI h"]),
    ("-R h -d --tls-min=1.3", ["tls h:6514, SNI h, TLS 1.3"]),
    ("--tls-min 1.3 -R h", ["udp h:514, TLS 1.3"]),
    (
      "-R h -d --tls-ciphers TLS_AES_128_GCM_SHA256",
      ["tls h:6514, SNI h, TLS_AES_128_GCM_SHA256"]
    ),
    (
      "-R h -d --tls-ciphers=tls_rsa_with_aes_128_cbc_sha,Tls_Aes_256_GCM_sha384",
      ["tls h:6514, SNI h, TLS_RSA_WITH_AES_128_CBC_SHA TLS_AES_256_GCM_SHA384"]
    ),
    (
      "-R h -d --tls-ciphers TLS_AES_128_GCM_SHA256 --tls-ciphers TLS_AES_256_GCM_SHA384",
      ["tls h:6514, SNI h, TLS_AES_256_GCM_SHA384"]
    ),
    ("-R h -d --tls-groups secp384r1", ["tls h:6514, SNI h, secp384r1"]),
    ("-R h -d --tls-groups X448,X25519", ["tls h:6514, SNI h, x448 x25519"]),
  ]

  @Test("options behind -R are that remote's", arguments: remotes)
  func remoteOptions(_ line: String, _ meaning: [String]) throws {
    #expect(Meaning.words(of: try settings(line.words)) == ["no file"] + meaning)
  }

  static let several: [(line: String, meaning: [String])] = [
    ("-R a -R b -R c", ["udp a:514", "udp b:514", "udp c:514"]),
    ("-R a -d -R b", ["tls a:6514, SNI a", "udp b:514"]),
    ("-R a -R b -d", ["udp a:514", "tls b:6514, SNI b"]),
    ("-d -c /x -R a -R b", ["tls a:6514, SNI a, pin file /x", "tls b:6514, SNI b, pin file /x"]),
    (
      "-d -c /x -R a -c /y -R b",
      ["tls a:6514, SNI a, pin file /x, pin file /y", "tls b:6514, SNI b, pin file /x"]
    ),
    (
      "--queue 1M -R a -d --queue 2M -R b --format 3164",
      ["tls a:6514, SNI a, queue 2097152", "udp b:514, rfc3164, queue 1048576"]
    ),
    (
      "-R a -d --ca /ca --ca /more --crl /crl --cert /cert --key /key",
      ["tls a:6514, SNI a, name a, ca /ca, ca /more, crl /crl, cert /cert, key /key"]
    ),
    (
      "-R 192.0.2.1 -d --ca /ca --server-name Logs.example.net.",
      ["tls 192.0.2.1:6514, SNI logs.example.net, name logs.example.net, ca /ca"]
    ),
    (
      "-R a -d --ca /ca --server-name *.example.net",
      ["tls a:6514, SNI a, name *.example.net, ca /ca"]
    ),
    (
      "-R a -d --ca /ca --server-name 192.0.2.1",
      ["tls a:6514, name 192.0.2.1, ca /ca"]
    ),
    (
      "-R a -d --ca /ca --server-name b\u{FC}cher.de",
      ["tls a:6514, SNI xn--bcher-kva.de, name xn--bcher-kva.de, ca /ca"]
    ),
    (
      "--ca /ca -R a -d -R b -d",
      ["tls a:6514, SNI a, name a, ca /ca", "tls b:6514, SNI b, name b, ca /ca"]
    ),
    (
      "-R a -d -R b -d -c /p --fips",
      ["FIPS", "tls a:6514, SNI a, FIPS", "tls b:6514, SNI b, pin file /p, FIPS"]
    ),
    (
      "--tls-groups x25519 -R a -d -R b -d --tls-groups secp256r1 -R c",
      [
        "tls a:6514, SNI a, x25519", "tls b:6514, SNI b, secp256r1", "udp c:514, x25519",
      ]
    ),
  ]

  @Test(
    "remotes keep their order, and what stands before the first -R is every remote's default",
    arguments: several)
  func severalRemotes(_ line: String, _ meaning: [String]) throws {
    #expect(Meaning.words(of: try settings(line.words)) == ["no file"] + meaning)
  }
}

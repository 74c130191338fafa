/// Command lines of which only is asked whether they are refused, and that serve in between.
enum CommandLines {
  static let all: [[String]] =
    numbers + [
      [], ["extra"], ["-"], ["--"], ["--", "extra"], ["-S", "extra"], ["extra", "-S"], ["-Q"],
      ["-x"], ["-?"], ["-:"], ["-S="], ["-Sx"], ["-nx"], ["-nStLD"], ["-n", "-n"], ["-1"],
      ["-é"], ["--quick"], ["--foreground"], ["--nn"], ["-l"], ["-s"], ["-b"], ["-O"], ["-R"],
      ["-f"], ["-m"], ["-m", ""], ["-m", "x"], ["-m", "-1"], ["-m99999999999"], ["-mS"],
      ["-C", "64"], ["-C", "-S"], ["-CS"], ["-SC"], ["-C64S"], ["-C="],
      ["-O-"], ["-O", "--"], ["-O", "/var/log/sub/x"], ["-f", "/etc/missing"],
      ["-f", "/dev/null"], ["-f", "relative"], ["-f/dev/null"], ["-f", "/etc/bad"],
      ["-f", "/etc/good"], ["-f", "/etc/bad", "-f", "/etc/good"],
      ["-f", "/etc/good", "-f", "/etc/bad"], ["-f", "/etc/bad", "-K"],
      ["-f", "/etc/bad", "-R", "h"],
      ["-l", "9", "-f", "/etc/bad"], ["-D=1"], ["-L", "1"], ["-R", "127.0.0.1", "h"],
      ["-R127.0.0.1:514"], ["-R", "127.0.0.1", "-R", "127.0.0.2:1", "-R", "[::1]:514"],
    ]

  /// Values of the options that take a number.
  private static let numbers: [[String]] =
    [
      "0", "1", "3", "8", "9", "10", "99", "100", "03", "08", "000000000004", "0x3", "3x", "3 ",
      " 3", "+3", "-3", "-0", "", " ", "3.0", "1e1", "٣", "2147483647", "2147483648", "4294967299",
      "18446744073709551619", "99999999999999999999999999", "k", "3k", "3K", "3,4", "--",
    ].flatMap { value in [["-l", value], ["-s\(value)"], ["-b", value]] }
    + [
      ["-l3"], ["-l9"], ["-s", "2097151"], ["-s", "2097152"], ["-b99"], ["-b", "1", "-b", "100"],
    ]
    + [
      "3", "4", "5", "0", "-4", "+4", " 4", "4 ", "4k", "04", "0x4", "x", "2097152", "2147483647",
      "99999999999999999999",
    ].map { ["-C\($0)"] }

  static let files: [String: [UInt8]] = [
    "/etc/bad": Array("*.* too many words\n".utf8), "/etc/good": Array("*.err /var/log/a\n".utf8),
  ]
}

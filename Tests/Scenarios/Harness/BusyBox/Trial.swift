import Foundation

/// What one syslogd is given: options, files that are there before, and datagrams.
struct Trial: Sendable {
  /// What follows the program, and `-n` in the foreground; `{1}` and `{2}` stand for UDP collectors.
  var options: [String]
  /// Files that are there before it starts, by path.
  var files: [String: [UInt8]] = [:]
  var datagrams: [[UInt8]] = []
  /// What else is prepared, with the root of the machine's files as the argument.
  var prepare: @Sendable (PrivateMachine) throws -> Void = { _ in }
  /// A command that ends by running the program in its own place.
  var wrapper: [String] = []
  /// What happens when half of the datagrams have been dealt with.
  var midway: (@Sendable (PrivateMachine) throws -> Void)?
  /// How many times the clock's second changes after that, before the others are sent.
  var pause = 0
  var hasConsole = true
  var reading = Reading.nothing
  var place = Place.foreground

  /// What a `busybox logread` has to do with the ring.
  enum Reading {
    case nothing
    /// It dumps the ring at the end.
    case dump
    /// It follows from the start.
    case follow
  }

  enum Place {
    case foreground, background
  }

  /// Closes every trial, so that a test sees when everything before it was dealt with. No option
  /// and no sensible rule keeps it from the place where all others go.
  static let endMarker = "<0>the end of the trial"

  init(_ options: [String], _ datagrams: [[UInt8]] = []) {
    self.options = options
    self.datagrams = datagrams
  }

  init(_ options: String, _ datagrams: [[UInt8]] = []) {
    self.init(options.split(separator: " ").map(String.init), datagrams)
  }

  /// The same with a configuration file in the usual place.
  func configured(_ text: [UInt8]) -> Trial {
    var trial = self
    trial.files["/etc/syslog.conf"] = text
    return trial
  }

  /// Says in an issue which trial it is.
  var name: String {
    let options = "syslogd \(options.map(\.debugDescription).joined(separator: " "))"
    guard let text = files["/etc/syslog.conf"] else { return options }
    return "\(options) with \(Configurations.shown(text))"
  }
}

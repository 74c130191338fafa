import Glibc

// NAME=VALUE ...: prints a line for each second, from the one in which the outage ends.
var circumstances = Fleet.Circumstances()
for argument in CommandLine.arguments.dropFirst() {
  let parts = argument.split(separator: "=")
  guard parts.count == 2, let value = Int(parts[1]) else { exit(2) }
  switch parts[0] {
  case "routers": circumstances.routers = value
  case "collectors": circumstances.collectors = value
  case "handshakes": circumstances.handshakes = value
  case "backlog": circumstances.backlog = value
  case "outage": circumstances.outage = value
  case "jitter": circumstances.hasJitter = value != 0
  case "minimum": circumstances.retry.minimum = value
  case "maximum": circumstances.retry.maximum = value
  default: exit(2)
  }
}
var fleet = Fleet(circumstances, seed: 1)
fleet.run()
for second in fleet.seconds {
  print(second.attempts, second.completed, second.abandoned, second.connected)
}

// Logs with Go's own package, or with the one that Docker's syslog driver uses.
package main

import (
	"net"
	standard "log/syslog"
	"os"

	docker "github.com/RackSec/srslog"
)

// Hands what the package sends over UDP to /dev/log.
func overUDP() {
	receiver, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	writer, err := standard.Dial("udp", receiver.LocalAddr().String(), standard.LOG_DAEMON|standard.LOG_INFO, "goprog")
	if err != nil {
		panic(err)
	}
	writer.Info("sent: listening")
	datagram := make([]byte, 1024)
	count, _, err := receiver.ReadFrom(datagram)
	if err != nil {
		panic(err)
	}
	log, err := net.Dial("unixgram", "/dev/log")
	if err != nil {
		panic(err)
	}
	log.Write(datagram[:count])
}

func main() {
	switch os.Args[1] {
	case "standard":
		writer, err := standard.New(standard.LOG_DAEMON|standard.LOG_INFO, "goprog")
		if err != nil {
			panic(err)
		}
		writer.Info("standard: listening on [::1]:80")
	case "dial":
		writer, err := standard.Dial("unixgram", "/dev/log", standard.LOG_DAEMON|standard.LOG_INFO, "goprog")
		if err != nil {
			panic(err)
		}
		writer.Info("dialled: listening")
	case "udp":
		overUDP()
	default:
		writer, err := docker.Dial("unixgram", "/dev/log", docker.LOG_DAEMON|docker.LOG_INFO, "4f2d8c1b9a7e")
		if err != nil {
			panic(err)
		}
		switch os.Args[1] {
		case "unix":
			writer.SetFormatter(docker.UnixFormatter)
		case "rfc3164":
			writer.SetFormatter(docker.RFC3164Formatter)
		case "rfc5424":
			writer.SetFormatter(docker.RFC5424Formatter)
		}
		writer.Info("container said: hello")
	}
}

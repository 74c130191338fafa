// Network devices, addresses and routes of this machine.
#pragma once

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/// A socket on which the kernel tells of new addresses and routes (rtnetlink(7)); negative without.
static inline int cposix_open_routes(void) {
  struct sockaddr_nl address;
  memset(&address, 0, sizeof address);
  address.nl_family = AF_NETLINK;
  address.nl_groups =
      RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;
  const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) != 0) {
    close(fd);
    return -1;
  }
  return fd;
}

/// Takes one of its messages: 1 when something was added, 0 for any other, -1 when there is none. What
/// another process sends says nothing.
static inline int cposix_read_routes(int fd) {
  struct sockaddr_nl from;
  struct nlmsghdr header;
  socklen_t length = sizeof from;
  const ssize_t count =
      recvfrom(fd, &header, sizeof header, MSG_DONTWAIT, (struct sockaddr *)&from, &length);
  if (count < 0) return errno == ENOBUFS ? 1 : -1;
  if ((size_t)count < sizeof header || length != sizeof from || from.nl_pid != 0) return 0;
  return header.nlmsg_type == RTM_NEWADDR || header.nlmsg_type == RTM_NEWROUTE;
}

/// Lets packets leave by this device alone.
static inline int cposix_bind_device(int fd, const char *name) {
  return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, (socklen_t)strlen(name));
}

#!/bin/bash
# The part of Scripts/bootstrap that unpacks Debian packages below build/peers, without installing
# them. Bootstrap reads it: it uses its functions, and $peers and $log.
# shellcheck disable=SC2154  # those two are bootstrap's

# unpack NAME PACKAGE...: into build/peers/NAME, in the place of what is there. A package may have a
# version (PACKAGE=VERSION).
unpack() {
  local name=$1 download archive
  shift
  download=$(mktemp -d)
  # apt drops to its own user for downloads, which must be able to write here.
  chmod 755 "$download"
  fetch_packages "$download" "$@" || {
    update_lists
    fetch_packages "$download" "$@"
  } || {
    cat "$log" >&2
    rm -rf "$download"
    fail "apt-get could not download: $*"
  }
  rm -rf "${peers:?}/$name"
  mkdir -p "$peers/$name" "$peers/bin"
  for archive in "$download"/*.deb; do dpkg -x "$archive" "$peers/$name"; done
  rm -rf "$download"
}

fetch_packages() {
  local folder=$1
  shift
  (cd "$folder" && apt-get -qq -o APT::Sandbox::User=root download "$@") >"$log" 2>&1
}

# One pattern of a path that must exist.
is_there() { compgen -G "$peers/$1" >/dev/null; }

syslog_ng_works() {
  [ -x "$peers/bin/syslog-ng" ] && is_there 'syslog-ng/usr/lib/syslog-ng/*/libhttp.so' &&
    is_there 'syslog-ng/usr/lib/syslog-ng/*/libkafka.so' &&
    "$peers/bin/syslog-ng" --version >/dev/null 2>&1
}

unpack_syslog_ng() {
  if syslog_ng_works; then
    say "syslog-ng is unpacked in build/peers"
    return
  fi
  say "unpacking Debian's syslog-ng into build/peers (not installed: it conflicts with rsyslog)"
  unpack syslog-ng syslog-ng-core syslog-ng-mod-http syslog-ng-mod-rdkafka librdkafka1
  write_syslog_ng_wrapper
  syslog_ng_works || {
    "$peers/bin/syslog-ng" --version >&2 || true
    fail "syslog-ng was unpacked but does not start"
  }
  say "build/peers/bin/syslog-ng: $("$peers/bin/syslog-ng" --version | head -n 1)"
}

write_syslog_ng_wrapper() {
  cat >"$peers/bin/syslog-ng" <<'WRAPPER'
#!/bin/sh
# Made by Scripts/bootstrap: runs the unpacked syslog-ng in the place of an installed one. The
# caller gives -F -f CONFIG --persist-file FILE --control SOCKET --pidfile FILE, absolute paths.
here=$(CDPATH='' cd -- "$(dirname -- "$0")/../syslog-ng" && pwd)
for modules in "$here"/usr/lib/syslog-ng/*/; do :; done
libraries=$here/usr/lib/syslog-ng
for folder in "$here"/usr/lib/*-linux-*/; do libraries=$libraries:$folder; done
LD_LIBRARY_PATH=$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
exec "$here/usr/sbin/syslog-ng" --module-path="${modules%/}" "$@"
WRAPPER
  chmod 755 "$peers/bin/syslog-ng"
}

onward_works() {
  is_there 'onward/usr/lib/*/rsyslog/omelasticsearch.so' &&
    is_there 'onward/usr/lib/*/rsyslog/omkafka.so' && [ -x "$peers/bin/rsyslogd" ] &&
    "$peers/bin/kcat" -V >/dev/null 2>&1
}

# Installing rsyslog's modules would exchange rsyslog itself where the archive has a newer one. Those
# of the same version are taken where it still has them; others of the same release fit as well.
unpack_onward() {
  local packages=(rsyslog-elasticsearch rsyslog-kafka) version own
  if onward_works; then
    say "rsyslog's modules and kcat are unpacked in build/peers"
    return
  fi
  version=$(dpkg-query -W -f='${Version}' rsyslog)
  own=$(mktemp -d)
  chmod 755 "$own"
  if fetch_packages "$own" "${packages[@]/%/=$version}"; then
    packages=("${packages[@]/%/=$version}")
  fi
  rm -rf "$own"
  say "unpacking into build/peers: ${packages[*]} kcat"
  unpack onward "${packages[@]}" kcat libyajl2 librdkafka1
  write_onward_wrappers
  onward_works || {
    "$peers/bin/kcat" -V >&2 || true
    fail "rsyslog's modules or kcat were unpacked but do not work"
  }
}

write_onward_wrappers() {
  cat >"$peers/bin/rsyslogd" <<'WRAPPER'
#!/bin/sh
# Made by Scripts/bootstrap: runs the installed rsyslogd with modules that are not installed.
here=$(CDPATH='' cd -- "$(dirname -- "$0")/../onward" && pwd)
modules=
for folder in /usr/lib/*-linux-*/rsyslog "$here"/usr/lib/*-linux-*/rsyslog; do
  modules=$modules${modules:+:}$folder
done
for folder in "$here"/usr/lib/*-linux-*/; do
  LD_LIBRARY_PATH=$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
done
export LD_LIBRARY_PATH
exec /usr/sbin/rsyslogd -M "$modules" "$@"
WRAPPER
  cat >"$peers/bin/kcat" <<'WRAPPER'
#!/bin/sh
# Made by Scripts/bootstrap: runs the unpacked kcat in the place of an installed one.
here=$(CDPATH='' cd -- "$(dirname -- "$0")/../onward" && pwd)
for folder in "$here"/usr/lib/*-linux-*/; do
  LD_LIBRARY_PATH=$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
done
export LD_LIBRARY_PATH
exec "$here/usr/bin/kcat" "$@"
WRAPPER
  chmod 755 "$peers/bin/rsyslogd" "$peers/bin/kcat"
}

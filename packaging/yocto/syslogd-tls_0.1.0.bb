# Untested in Yocto. A recipe for a layer of yours, in recipes-core/syslogd-tls/.
SUMMARY = "syslogd that forwards over TLS"
DESCRIPTION = "A drop-in for BusyBox's syslogd: pins the collector's key, queues messages while it is away."
SECTION = "base"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://LICENSE;md5=3b83ef96387f14655fc854ddc3c6bd57"

# The source archive of `make dist`, beside this file in files/. Swift 6.3 must be in /opt/swift.
SRC_URI = "file://syslogd-${PV}.tar.gz"
S = "${UNPACKDIR}/syslogd-${PV}"

inherit update-rc.d systemd pkgconfig

# One of them: PACKAGECONFIG = "gnutls" in a .bbappend, or nothing for a build without TLS.
PACKAGECONFIG ??= "openssl"
PACKAGECONFIG[openssl] = ",,openssl,,,gnutls mbedtls"
PACKAGECONFIG[gnutls] = ",,gnutls,,,openssl mbedtls"
PACKAGECONFIG[mbedtls] = ",,mbedtls,,,openssl gnutls"
BACKEND = "${@(d.getVar('PACKAGECONFIG').split() or ['none'])[0]}"

# The name that Scripts/cross has for the processor.
CROSS_TARGET = "${TARGET_ARCH}"
CROSS_TARGET:arm = "${@bb.utils.contains('TUNE_FEATURES', 'callconvention-hard', 'armv7t', 'armv7s', d)}"
CROSS_TARGET:armv6 = "armv6s"
CROSS_TARGET:armv5 = "armv5s"
CROSS_LIBC = "${@'musl' if d.getVar('TCLIBC') == 'musl' else 'glibc'}"
PROGRAMS = "build/cross/${CROSS_TARGET}${@'-musl' if d.getVar('TCLIBC') == 'musl' else ''}-sysroot/${BACKEND}"
COMPATIBLE_HOST = "(aarch64|arm|i.86|riscv64|x86_64).*-linux"

do_configure[noexec] = "1"

do_compile() {
	export PATH="$PATH:/opt/swift/usr/bin"
	parts=$(dirname "$(${CC} -print-libgcc-file-name)")
	oe_runmake cross TARGET=${CROSS_TARGET} LIBC=${CROSS_LIBC} BACKEND=${BACKEND} \
		SYSROOT=${RECIPE_SYSROOT} SYSROOT_FLAGS="--gcc-install-dir=$parts"
}

do_install() {
	oe_runmake install FROM=${PROGRAMS} DESTDIR=${D} SBINDIR=${base_sbindir} BINDIR=${bindir} \
		MANDIR=${mandir}
	install -D -m 755 ${S}/packaging/init/syslogd ${D}${sysconfdir}/init.d/syslog
	install -D -m 644 ${S}/packaging/init/syslogd.default ${D}${sysconfdir}/default/syslogd
	install -D -m 644 ${S}/packaging/debian/syslogd.service ${D}${systemd_system_unitdir}/syslogd.service
	sed -i -e 's,/usr/sbin/syslogd,${base_sbindir}/syslogd,' ${D}${systemd_system_unitdir}/syslogd.service
}

INITSCRIPT_NAME = "syslog"
INITSCRIPT_PARAMS = "start 20 2 3 4 5 . stop 90 0 1 6 ."
SYSTEMD_SERVICE:${PN} = "syslogd.service"
CONFFILES:${PN} = "${sysconfdir}/default/syslogd"
RCONFLICTS:${PN} = "busybox-syslog rsyslog sysklogd syslog-ng"
# They are stripped already.
INSANE_SKIP:${PN} = "already-stripped"

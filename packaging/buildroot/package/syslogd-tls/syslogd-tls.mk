# Untested in Buildroot.
################################################################################
#
# syslogd-tls
#
################################################################################

SYSLOGD_TLS_VERSION = 0.1.0
# This tree.
SYSLOGD_TLS_SITE = $(BR2_EXTERNAL_SYSLOGD_TLS_PATH)/../..
SYSLOGD_TLS_SITE_METHOD = local
SYSLOGD_TLS_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS = --exclude .build --exclude build
SYSLOGD_TLS_LICENSE = Apache-2.0
SYSLOGD_TLS_LICENSE_FILES = LICENSE

SYSLOGD_TLS_BACKEND = $(call qstrip,$(BR2_PACKAGE_SYSLOGD_TLS_BACKEND))
SYSLOGD_TLS_DEPENDENCIES = $(if $(BR2_PACKAGE_BUSYBOX),busybox) \
	$(SYSLOGD_TLS_DEPENDENCIES_$(SYSLOGD_TLS_BACKEND))
SYSLOGD_TLS_DEPENDENCIES_mbedtls = mbedtls
SYSLOGD_TLS_DEPENDENCIES_openssl = openssl
SYSLOGD_TLS_DEPENDENCIES_gnutls = gnutls

# The name that Scripts/cross has for the processor.
SYSLOGD_TLS_TARGET = $(or $(if $(BR2_aarch64),aarch64),$(if $(BR2_x86_64),x86_64),$(if \
	$(BR2_i386),i686),$(if $(BR2_RISCV_64),riscv64),$(if $(BR2_ARM_CPU_ARMV7A),$(if \
	$(BR2_ARM_EABIHF),armv7t,armv7s)),$(if $(BR2_ARM_CPU_ARMV6),armv6s),armv5s)
SYSLOGD_TLS_LIBC = $(if $(BR2_TOOLCHAIN_USES_MUSL),musl,glibc)
SYSLOGD_TLS_PROGRAMS = build/cross/$(SYSLOGD_TLS_TARGET)$(if \
	$(BR2_TOOLCHAIN_USES_MUSL),-musl)-sysroot/$(SYSLOGD_TLS_BACKEND)

define SYSLOGD_TLS_BUILD_CMDS
	$(MAKE) -C $(@D) cross TARGET=$(SYSLOGD_TLS_TARGET) LIBC=$(SYSLOGD_TLS_LIBC) \
		BACKEND=$(SYSLOGD_TLS_BACKEND) SYSROOT=$(STAGING_DIR) \
		SYSROOT_FLAGS=--gcc-install-dir=$$(dirname $$($(TARGET_CC) -print-libgcc-file-name))
endef

define SYSLOGD_TLS_INSTALL_TARGET_CMDS
	$(MAKE) -C $(@D) install FROM=$(SYSLOGD_TLS_PROGRAMS) DESTDIR=$(TARGET_DIR) SBINDIR=/sbin \
		MAN= $(if $(BR2_PACKAGE_SYSLOGD_TLS_TOOL),,TOOL=)
endef

define SYSLOGD_TLS_INSTALL_INIT_SYSV
	$(INSTALL) -D -m 755 $(@D)/packaging/init/syslogd $(TARGET_DIR)/etc/init.d/S01syslogd
endef

define SYSLOGD_TLS_INSTALL_INIT_SYSTEMD
	$(INSTALL) -D -m 644 $(@D)/packaging/debian/syslogd.service \
		$(TARGET_DIR)/usr/lib/systemd/system/syslogd.service
endef

$(eval $(generic-package))

# Untested in Buildroot.
include $(BR2_EXTERNAL_SYSLOGD_TLS_PATH)/package/syslogd-tls/syslogd-tls.mk

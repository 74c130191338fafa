"""Mbed TLS for one static file: from Debian's source package, with a configuration of ours."""

import concurrent.futures
import glob
import os
import shutil

import debian
import sysroot

HERE = os.path.dirname(os.path.abspath(__file__))
HEADER = "mbedtls-router.h"
STUBS = "mbedtls-router.c"
RELEASE, VERSION = "bookworm", "2.28"
# What is in which archive, as the library's own Makefile has it.
X509 = ("x509", "certs", "pkcs11")
TLS = ("ssl_", "debug", "net_sockets")
CODE = ["-Oz", "-flto=full", "-ffunction-sections", "-fdata-sections", "-fno-unwind-tables",
        "-fno-asynchronous-unwind-tables", "-fomit-frame-pointer", "-fstack-protector-strong"]

# Functions of the library that STUBS replaces where no setting does, by the file that has them:
# there they get another name, nothing calls that, and the linker drops them.
REPLACED = {
    "x509_crt": ("mbedtls_x509_crt_verify_restartable",),
    "rsa": ("mbedtls_rsa_pkcs1_decrypt", "mbedtls_rsa_pkcs1_encrypt"),
}


def source():
    """The library's source, from the cache or from Debian, whose signature apt verifies."""
    folder = f"{sysroot.cache()}/mbedtls-source-{RELEASE}-{sysroot.recipe()}"

    def fetch(work):
        archive = debian.Archive(RELEASE, "amd64", "deb-src")
        description = archive.source("mbedtls")
        if f"mbedtls_{VERSION}." not in description:
            raise debian.Failure(f"{RELEASE}'s Mbed TLS is no longer {VERSION}")
        debian.run("unpacking Mbed TLS", "dpkg-source", "-x", description, work + "/source")

    return sysroot.made(folder, fetch) + "/source"


def configuration(folder):
    """The library's headers, reduced."""
    return [f"-I{folder}", f"-DMBEDTLS_CONFIG_FILE=<{HEADER}>"]


def flags(built):
    """What everything that sees the library's headers is told."""
    return configuration(built + "/include")


def of(target, compiler):
    """The folder with include/ and lib/ for a target."""
    name = f"mbedtls-{target.name}-{sysroot.recipe('mbedtls.py', HEADER, STUBS, 'targets.py')}"
    return sysroot.made(f"{sysroot.cache()}/{name}", lambda work: build(work, compiler))


def build(folder, compiler):
    shutil.copytree(source() + "/include", folder + "/include")
    shutil.copy(f"{HERE}/{HEADER}", folder + "/include")
    os.makedirs(folder + "/objects")
    os.makedirs(folder + "/lib")
    include = [*configuration(folder + "/include"), f"-I{source()}/library"]

    def compile_one(path):
        name = os.path.basename(path)[:-2]
        renamed = [f"-D{function}=unused_{function}" for function in REPLACED.get(name, ())]
        debian.run("compiling Mbed TLS's " + name, *compiler, *include, *CODE, *renamed, "-c", path,
                   "-o", f"{folder}/objects/{name}.o")

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(compile_one, [f"{HERE}/{STUBS}", *glob.glob(source() + "/library/*.c")]))
    for archive, begins in (("mbedx509", X509), ("mbedtls", TLS), ("mbedcrypto", None)):
        pack(folder, archive, begins, os.path.dirname(compiler[0]))
    shutil.rmtree(folder + "/objects")


def pack(folder, archive, begins, tools):
    objects = [path for path in sorted(glob.glob(folder + "/objects/*.o"))
               if os.path.basename(path).startswith(begins or X509 + TLS) == bool(begins)]
    debian.run(f"making lib{archive}.a", f"{tools}/llvm-ar", "rcs", f"{folder}/lib/lib{archive}.a",
               *objects)

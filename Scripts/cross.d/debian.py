"""Packages of Debian's, fetched and verified by apt with lists of its own: neither root nor another
architecture in the system's dpkg is needed, and nothing is installed."""

import glob
import os
import subprocess
import tempfile

MIRROR = os.environ.get("DEBIAN_MIRROR", "http://deb.debian.org/debian")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

# The files of the system's configuration stay in force (a proxy may be there), but not its hooks,
# which want to be root.
CONFIGURATION = """
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Install-Pkgs;
#clear DPkg::Post-Invoke;
#clear APT::Architectures;
APT::Architecture "{architecture}";
APT::Architectures {{ "{architecture}"; }};
APT::Sandbox::User "";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "{work}/sources";
Dir::State "{work}/state";
Dir::State::lists "{work}/state/lists";
Dir::State::status "/dev/null";
Dir::Cache "{work}/cache";
Acquire::Retries "2";
Acquire::Languages "none";
APT::Update::Error-Mode "any";
"""


class Failure(Exception):
    """One line for the person who asked."""


def run(what, *command, **options):
    result = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        **options)
    if result.returncode != 0:
        lines = [line for line in result.stdout.splitlines() if line.startswith(("E:", "W:"))]
        lines += result.stdout.splitlines()[-1:] or [f"exit status {result.returncode}"]
        raise Failure(f"{what} failed: {lines[0]}")


class Archive:
    """One release's packages for one architecture."""

    def __init__(self, release, architecture, kind="deb"):
        self.name = f"{release} for {architecture} at {MIRROR}"
        self.folder = tempfile.TemporaryDirectory()
        work = self.folder.name
        for part in ("sources", "state/lists/partial", "cache/archives/partial", "got"):
            os.makedirs(f"{work}/{part}")
        with open(f"{work}/sources/all.sources", "w", encoding="ascii") as file:
            file.write(f"Types: {kind}\nURIs: {MIRROR}\nSuites: {release}\nComponents: main\n"
                       f"Signed-By: {KEYRING}\n")
        with open(f"{work}/apt.conf", "w", encoding="ascii") as file:
            file.write(CONFIGURATION.format(architecture=architecture, work=work))
        self._apt("reading the list of " + self.name, "update")

    def _apt(self, what, *words):
        run(what, "apt-get", "-q", "-c", f"{self.folder.name}/apt.conf", "-y",
            "--no-install-recommends", *words, cwd=f"{self.folder.name}/got")

    def with_dependencies(self, *packages):
        """The .deb files of packages and of all that they depend on."""
        self._apt("downloading from " + self.name, "install", "--download-only", *packages)
        return sorted(glob.glob(f"{self.folder.name}/cache/archives/*.deb"))

    def alone(self, *packages):
        """The .deb files of packages, without what they depend on."""
        self._apt("downloading from " + self.name, "download", *packages)
        return sorted(glob.glob(f"{self.folder.name}/got/*.deb"))

    def source(self, package):
        """The .dsc file of a source package, with the files that it names beside it."""
        self._apt("downloading from " + self.name, "source", "--download-only", package)
        found = glob.glob(f"{self.folder.name}/got/*.dsc")
        if len(found) != 1:
            raise Failure(f"{self.name} has no single source package {package}")
        return found[0]


def unpack(packages, folder):
    """Unpacks .deb files, but not what is for people; links to folders that are there stay."""
    os.makedirs(folder, exist_ok=True)
    for package in packages:
        data = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE)
        run("unpacking " + os.path.basename(package), "tar", "-x", "--keep-directory-symlink",
            "--exclude=./usr/share", "-C", folder, stdin=data.stdout)
        if data.wait() != 0:
            raise Failure(f"dpkg-deb could not read {os.path.basename(package)}")

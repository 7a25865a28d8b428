"""Debian's kernel packages, fetched with apt and unpacked beside one another; the machine's own packages and lists are left alone."""
import dataclasses
import pathlib
import re
import shutil
import subprocess

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
PACKAGE = "linux-image-cloud-amd64"


class ArchiveError(Exception):
    """Told to the user as it is."""


@dataclasses.dataclass(frozen=True)
class Kernel:
    release: str  # uname -r
    image: pathlib.Path
    modules: pathlib.Path  # lib/modules/RELEASE


class Archive:
    def __init__(self, cache):
        self._cache = cache.resolve()

    def kernel(self, suite):
        """The newest kernel that apt was told of when it was fetched; remove the suite's directory of the cache to fetch a newer one."""
        directory = self._cache / suite
        files = directory / "files"
        if not files.is_dir():
            self._fetch(suite, directory)
        image = next(files.glob("boot/vmlinuz-*"), None)
        if image is None:
            raise ArchiveError(f"{files} has no boot/vmlinuz-*; remove {directory} and try again")
        release = image.name.removeprefix("vmlinuz-")
        modules = next((p for p in (files / "lib/modules" / release, files / "usr/lib/modules" / release) if p.is_dir()), None)
        if modules is None:
            raise ArchiveError(f"{files} has no modules of {release}; remove {directory} and try again")
        return Kernel(release, image, modules)

    def _fetch(self, suite, directory):
        shutil.rmtree(directory, ignore_errors=True)
        for part in ("lists/partial", "cache/archives/partial"):
            (directory / part).mkdir(parents=True)
        mirror = self._mirror()
        failures = []
        # A release that is past its support may be gone from the mirror while its security updates are still there.
        for line in (f"{mirror} {suite}", f"{security(mirror)} {suite}-security"):
            (directory / "sources.list").write_text(f"deb [signed-by={KEYRING}] {line} main\n")
            try:
                package = self._update(directory)
                break
            except ArchiveError as e:
                failures.append(f"{line}: {e}")
        else:
            raise ArchiveError(f"no kernel of {suite} can be had: {'; '.join(failures)}. Choose a mirror that has it in this machine's apt sources, "
                               f"or unpack a {PACKAGE} of {suite} into {directory / 'files'} with dpkg -x")
        print(f"  fetching {package}", flush=True)
        apt(directory, "apt-get", "download", package)
        deb = next(directory.glob("*.deb"))
        subprocess.run(["dpkg", "-x", deb, directory / "unpacking"], check=True)
        deb.unlink()
        shutil.rmtree(directory / "lists")
        (directory / "unpacking").rename(directory / "files")

    def _update(self, directory):
        """The name of the real package."""
        apt(directory, "apt-get", "update", "-qq", "--error-on=any")
        shown = apt(directory, "apt-cache", "show", "--no-all-versions", PACKAGE)
        found = re.search(r"^Depends: (linux-image-\S+)", shown, re.MULTILINE)
        if not found:
            raise ArchiveError(f"{PACKAGE} depends on no kernel there")
        return found.group(1)

    @staticmethod
    def _mirror():
        """Where this machine has its own packages of Debian from."""
        targets = subprocess.run(["apt-get", "indextargets", "--format", "$(ORIGIN) $(RELEASE) $(REPO_URI)", "Created-By: Packages"],
                                 capture_output=True, text=True, check=True).stdout.split("\n")
        uris = [uri.rstrip("/") for origin, release, uri in (t.split(" ", 2) for t in targets if t.count(" ") == 2)
                if origin == "Debian" and not release.endswith("-security")]
        if not uris:
            raise ArchiveError("this machine's apt sources have no Debian archive (apt-get indextargets): run 'apt-get update', or add one")
        return uris[0]


def security(mirror):
    return re.sub(r"/debian$", "/debian-security", mirror)


def apt(directory, *command):
    program, *arguments = command
    options = {
        "Dir::Etc::SourceList": directory / "sources.list",
        "Dir::Etc::SourceParts": "-",
        "Dir::State::Lists": directory / "lists",
        "Dir::State::Status": "/dev/null",
        "Dir::Cache": directory / "cache",
        "APT::Architecture": "amd64",
        "APT::Architectures": "amd64",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        # A release past its support is not signed anew: what it holds does not change any more.
        "Acquire::Check-Valid-Until": "false",
        "Acquire::Retries": "3",
        "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
    }
    done = subprocess.run([program, *(f"-o{name}={value}" for name, value in options.items()), *arguments],
                          cwd=directory, capture_output=True, text=True)
    if done.returncode != 0:
        raise ArchiveError(f"{' '.join(command)}: {' '.join(done.stderr.split())}")
    return done.stdout

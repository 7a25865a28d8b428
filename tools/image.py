#!/usr/bin/env python3
"""Builds Netweir's container image as an OCI archive, with nothing but Python: no registry, no docker, no base image.

    image.py OUT.tar [--from artifacts/image] [--tag netweir:VERSION] [--arch amd64]
    image.py --rootfs DIR                  the same files as a directory (Dockerfile)

The archive can be given to `ctr -n k8s.io images import`, `docker load` and `kind load image-archive`. The same input gives the same archive, byte by
byte: entries are sorted and have no times or owners. $SOURCE_DATE_EPOCH, if set, is the image's time of creation.
"""
import argparse
import gzip
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import sys
import tarfile
import time

sys.dont_write_bytecode = True
from image_elf import Elf, ElfError, Libraries, MACHINES

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
HOME = "netweir"  # the directory of the image that holds what is Netweir's own
EXECUTABLES = ("netweir-agent", "netweir-cni", "ctl")
OBJECT = "netweir.bpf.o"
# Loaded by name at run time: .NET's TLS, without which the API is not reached. They need only each other and glibc.
LOADED_BY_NAME = ("libssl.so.3",)
DEBIAN_DOC = pathlib.Path("/usr/share/doc")
# What is inside: dynamically (glibc, OpenSSL), linked statically (the others).
DEBIAN_LICENCES = ("libc6", "libssl3", "libbpf-dev", "libelf-dev", "zlib1g-dev")


class ImageError(Exception):
    """Told to the user as it is."""


def version():
    """The one place where the version is written."""
    props = (REPOSITORY / "Directory.Build.props").read_text()
    return re.search(r"<Version>([^<]+)</Version>", props).group(1)


def dotnet_directory():
    dotnet = shutil.which("dotnet")
    if not dotnet:
        raise ImageError("'dotnet' is not in PATH; its licence files, which go into the image, are beside it")
    return pathlib.Path(dotnet).resolve().parent


def licences():
    files = {
        "netweir/LICENSE": REPOSITORY / "LICENSE",
        "netweir-bpf/LICENSE": REPOSITORY / "bpf" / "LICENSE",
        "dotnet/LICENSE.txt": dotnet_directory() / "LICENSE.txt",
        "dotnet/ThirdPartyNotices.txt": dotnet_directory() / "ThirdPartyNotices.txt",
    }
    files |= {f"{package}/copyright": DEBIAN_DOC / package / "copyright" for package in DEBIAN_LICENCES}
    return {f"usr/share/doc/{name}": path for name, path in files.items()}


def contents(source, arch):
    """Path in the image -> (file, mode)."""
    libraries = Libraries(arch)
    files = {}
    wanted = list(LOADED_BY_NAME)
    for name in (*EXECUTABLES, OBJECT):
        if not (source / name).is_file():
            raise ImageError(f"{source / name} is missing; run 'make aot'")
    for name in EXECUTABLES:
        elf = Elf(source / name)
        elf.require(arch)
        files[f"{HOME}/{name}"] = (source / name, 0o755)
        if elf.interpreter:
            files[elf.interpreter.lstrip("/")] = (libraries.interpreter(elf.interpreter), 0o755)
        wanted += elf.needed
    for soname, path in libraries.closure(wanted).items():
        if soname not in {pathlib.PurePath(f).name for f in files}:
            files[f"{libraries.directory}/{soname}"] = (path, 0o644)
    files[f"{HOME}/{OBJECT}"] = (source / OBJECT, 0o644)
    files |= {name: (path, 0o644) for name, path in licences().items()}
    for name, (path, _) in files.items():
        if not path.is_file():
            raise ImageError(f"{path} is missing, which is to be /{name} in the image; install the package that has it")
    return files


def directories(files):
    return sorted({str(parent) for name in files for parent in pathlib.PurePosixPath(name).parents} - {"."})


def entry(name, mode, kind=tarfile.REGTYPE, size=0):
    info = tarfile.TarInfo(name)
    info.mode, info.type, info.size = mode, kind, size
    return info


def layer(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in directories(files):
            tar.addfile(entry(name, 0o755, tarfile.DIRTYPE))
        for name in sorted(files):
            path, mode = files[name]
            data = path.read_bytes()
            tar.addfile(entry(name, mode, size=len(data)), io.BytesIO(data))
    return out.getvalue()


def configuration(arch, diff_id):
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", "0"))))
    return {
        "created": created,
        "architecture": arch,
        "os": "linux",
        "config": {
            "User": "0:0",
            "Env": [f"PATH=/{HOME}"],
            "Entrypoint": [f"/{HOME}/netweir-agent"],
            "WorkingDir": "/",
            "StopSignal": "SIGTERM",
            "Labels": {
                "org.opencontainers.image.title": "Netweir",
                "org.opencontainers.image.description": "CNI plugin and kube-proxy replacement: eBPF datapath and its agent",
                "org.opencontainers.image.version": version(),
                "org.opencontainers.image.licenses": "Apache-2.0 AND (GPL-2.0-only OR Apache-2.0)",
            },
        },
        "rootfs": {"type": "layers", "diff_ids": [diff_id]},
        "history": [{"created": created, "created_by": "tools/image.py"}],
    }


class Archive:
    """An OCI image layout in a tar file, with docker's manifest.json beside it for its older versions."""

    def __init__(self):
        self._files = {}

    def blob(self, data, media_type):
        digest = hashlib.sha256(data).hexdigest()
        self._files[f"blobs/sha256/{digest}"] = data
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data)}

    def json(self, value):
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()

    def build(self, tag, arch, layer_tar):
        config = self.blob(
            self.json(configuration(arch, "sha256:" + hashlib.sha256(layer_tar).hexdigest())), "application/vnd.oci.image.config.v1+json")
        packed = self.blob(gzip.compress(layer_tar, compresslevel=9, mtime=0), "application/vnd.oci.image.layer.v1.tar+gzip")
        manifest = self.blob(
            self.json({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config, "layers": [packed]}),
            "application/vnd.oci.image.manifest.v1+json")
        manifest["platform"] = {"architecture": arch, "os": "linux"}
        manifest["annotations"] = {
            "io.containerd.image.name": f"docker.io/library/{tag}",
            "org.opencontainers.image.ref.name": tag.partition(":")[2],
        }
        self._files["oci-layout"] = self.json({"imageLayoutVersion": "1.0.0"})
        self._files["index.json"] = self.json(
            {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [manifest]})
        self._files["manifest.json"] = self.json(
            [{"Config": self._path(config), "RepoTags": [tag], "Layers": [self._path(packed)]}])
        return manifest["digest"], packed["size"]

    def write(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(path.name + ".new")
        with tarfile.open(new, "w", format=tarfile.USTAR_FORMAT) as tar:
            for name in ("blobs", "blobs/sha256"):
                tar.addfile(entry(name, 0o755, tarfile.DIRTYPE))
            for name in sorted(self._files):
                data = self._files[name]
                tar.addfile(entry(name, 0o644, size=len(data)), io.BytesIO(data))
        os.replace(new, path)

    @staticmethod
    def _path(descriptor):
        return "blobs/sha256/" + descriptor["digest"].removeprefix("sha256:")


def write_rootfs(files, root):
    for name, (path, mode) in files.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        target.chmod(mode)


def mebibytes(size):
    return f"{size / 2**20:.1f} MiB"


def print_contents(files):
    for name in sorted(files):
        path, mode = files[name]
        print(f"  {path.stat().st_size:>10}  {mode:04o}  /{name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", nargs="?", type=pathlib.Path, metavar="OUT.tar")
    parser.add_argument("--from", dest="source", type=pathlib.Path, default=REPOSITORY / "artifacts" / "image", metavar="DIR", help="what 'make aot' wrote")
    parser.add_argument("--tag", default=f"netweir:{version()}", help="default: %(default)s")
    parser.add_argument("--arch", default="amd64", choices=sorted(MACHINES), help="of the executables and of the libraries found here (default: %(default)s)")
    parser.add_argument("--rootfs", type=pathlib.Path, metavar="DIR", help="write the files there instead")
    arguments = parser.parse_args()
    if bool(arguments.out) == bool(arguments.rootfs):
        parser.error("give either OUT.tar or --rootfs DIR")
    try:
        files = contents(arguments.source, arguments.arch)
        print_contents(files)
        if arguments.rootfs:
            write_rootfs(files, arguments.rootfs)
            return
        tar = layer(files)
        archive = Archive()
        digest, packed = archive.build(arguments.tag, arguments.arch, tar)
        archive.write(arguments.out)
        print(f"{arguments.out}: {arguments.tag}, linux/{arguments.arch}, {mebibytes(packed)} compressed, {mebibytes(len(tar))} unpacked, {digest}")
    except (ImageError, ElfError, OSError) as e:
        sys.exit(f"error: {e}")


if __name__ == "__main__":
    main()

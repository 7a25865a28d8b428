"""An initramfs (cpio, "newc") with one executable as /init, its libraries, the datapath object and the kernel modules that it needs."""
import lzma
import pathlib
import re

from image_elf import Elf, Libraries

# What pods' interfaces, the overlay and the hooks need, where it is not part of the kernel.
MODULES = ("veth", "vxlan", "sch_ingress", "cls_bpf")
# Loaded by name at run time: .NET's SHA-256.
LOADED_BY_NAME = ("libssl.so.3",)
DIRECTORIES = ("dev", "proc", "sys", "run", "tmp", "etc")


def build(kernel, init, datapath):
    files = {"init": (init.read_bytes(), 0o755), "netweir/netweir.bpf.o": (datapath.read_bytes(), 0o644)}
    elf, libraries = Elf(init), Libraries("amd64")
    files[elf.interpreter.lstrip("/")] = (libraries.interpreter(elf.interpreter).read_bytes(), 0o755)
    for soname, path in libraries.closure([*elf.needed, *LOADED_BY_NAME]).items():
        if soname not in elf.interpreter:
            files[f"{libraries.directory}/{soname}"] = (path.read_bytes(), 0o644)
    for number, (name, content) in enumerate(modules(kernel.modules)):
        files[f"modules/{number:02}-{name}.ko"] = (content, 0o644)
    out = kernel.modules.joinpath("../initramfs").resolve()
    out.write_bytes(archive(files))
    return out


def modules(directory):
    """(name, content) of MODULES and what they need, needed ones first; what is built into the kernel is left out."""
    builtin = {module_name(line) for line in (directory / "modules.builtin").read_text().split()}
    paths = {module_name(path): path for path in directory.glob("**/*.ko*")}
    found = {}

    def add(name):
        if name in found or name in builtin:
            return
        if name not in paths:
            raise OSError(f"there is no module {name} below {directory}")
        content = paths[name].read_bytes()
        content = lzma.decompress(content) if paths[name].suffix == ".xz" else content
        for needed in filter(None, re.search(rb"\0depends=([^\0]*)\0", content).group(1).decode().split(",")):
            add(needed.replace("-", "_"))
        found[name] = content

    for name in MODULES:
        add(name)
    return found.items()


def module_name(path):
    return pathlib.PurePath(path).name.split(".")[0].replace("-", "_")


def archive(files):
    directories = set(DIRECTORIES) | {str(parent) for name in files for parent in pathlib.PurePosixPath(name).parents} - {"."}
    entries = [(name, 0o040755, b"") for name in sorted(directories)]
    entries += [(name, 0o100000 | mode, content) for name, (content, mode) in sorted(files.items())]
    return b"".join(entry(number, *e) for number, e in enumerate([*entries, ("TRAILER!!!", 0, b"")], 1))


def entry(number, name, mode, content):
    """Documentation/driver-api/early-userspace/buffer-format.rst"""
    path = name.encode() + b"\0"
    fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(path), 0)
    return padded(b"070701" + b"".join(b"%08X" % field for field in fields) + path) + padded(content)


def padded(data):
    return data + b"\0" * (-len(data) % 4)

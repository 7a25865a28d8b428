"""Which libraries an executable needs, read from the file: works for architectures that this machine cannot run, as ldd does not."""
import pathlib
import struct

# Architecture in OCI's words -> (e_machine, Debian's multiarch directory)
MACHINES = {"amd64": (62, "x86_64-linux-gnu"), "arm64": (183, "aarch64-linux-gnu")}
PT_LOAD, PT_DYNAMIC, PT_INTERP = 1, 2, 3
DT_NULL, DT_NEEDED, DT_STRTAB = 0, 1, 5


class ElfError(Exception):
    """Told to the user as it is."""


class Elf:
    """A 64-bit little-endian ELF file: interpreter and needed libraries, as it names them; a static executable has neither."""

    def __init__(self, path):
        self.path = path
        self._data = pathlib.Path(path).read_bytes()
        if self._data[:6] != b"\x7fELF\x02\x01":
            raise ElfError(f"{path} is no 64-bit little-endian ELF file")
        self.machine, = struct.unpack_from("<H", self._data, 18)
        offset, = struct.unpack_from("<Q", self._data, 32)
        size, count = struct.unpack_from("<HH", self._data, 54)
        self._segments = [struct.unpack_from("<IIQQQQQQ", self._data, offset + i * size) for i in range(count)]
        self.interpreter = next((self._string(s[2]) for s in self._segments if s[0] == PT_INTERP), None)
        self.needed = self._needed()

    def require(self, arch):
        if self.machine != MACHINES[arch][0]:
            raise ElfError(f"{self.path} is not for {arch} (its machine is {self.machine}); give the right --arch")

    def _needed(self):
        tags = [tag for s in self._segments if s[0] == PT_DYNAMIC for tag in self._tags(s[2], s[5])]
        strings = next((self._file_offset(value) for tag, value in tags if tag == DT_STRTAB), None)
        return [self._string(strings + value) for tag, value in tags if tag == DT_NEEDED]

    def _tags(self, offset, size):
        for tag, value in struct.iter_unpack("<qQ", self._data[offset:offset + size]):
            if tag == DT_NULL:
                return
            yield tag, value

    def _file_offset(self, address):
        return next(address - s[3] + s[2] for s in self._segments if s[0] == PT_LOAD and s[3] <= address < s[3] + s[5])

    def _string(self, offset):
        return self._data[offset:self._data.index(b"\0", offset)].decode()


class Libraries:
    """The libraries of this machine for an architecture; `directory` is where they go in the image."""

    def __init__(self, arch):
        triplet = MACHINES[arch][1]
        self.directory = f"lib/{triplet}"
        self._places = [pathlib.Path(p) for p in (f"/lib/{triplet}", f"/usr/lib/{triplet}", f"/usr/{triplet}/lib")]
        self._machine = MACHINES[arch][0]

    def find(self, soname):
        for place in self._places:
            if (place / soname).is_file() and Elf(place / soname).machine == self._machine:
                return (place / soname).resolve()
        raise ElfError(f"there is no {soname} in {', '.join(map(str, self._places))}; install the package that has it")

    def interpreter(self, path):
        return pathlib.Path(path).resolve() if pathlib.Path(path).is_file() else self.find(pathlib.PurePath(path).name)

    def closure(self, sonames):
        """Name -> file, of these and of all that they need."""
        found, waiting = {}, list(sonames)
        while waiting:
            soname = waiting.pop()
            if soname not in found:
                found[soname] = self.find(soname)
                waiting += Elf(found[soname]).needed
        return found

"""Sizes of an executable's sections."""

import struct


def sections(path):
    """name -> bytes, of a 64-bit little-endian ELF file with section headers."""
    data = path.read_bytes()
    if data[:6] != b"\x7fELF\x02\x01":
        raise ValueError(f"{path} isn't a 64-bit little-endian ELF file")
    (start,) = struct.unpack_from("<Q", data, 40)  # e_shoff
    each, count, names = struct.unpack_from("<HHH", data, 58)  # e_shentsize, e_shnum, e_shstrndx
    # Of a header: sh_name, then sh_offset and sh_size.
    headers = [
        (*struct.unpack_from("<I", data, at), *struct.unpack_from("<QQ", data, at + 24))
        for at in range(start, start + each * count, each)
    ]
    strings = headers[names][1]
    return {data[strings + name : data.index(b"\0", strings + name)].decode(): size for name, _, size in headers}

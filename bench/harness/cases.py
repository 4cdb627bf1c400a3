"""What ../compare.py counts and compiles: modules, and for runs under an emulator their inputs."""

import shutil
from dataclasses import dataclass
from typing import Callable

from . import foreign, programs, tools
from .runtimes import Job

# The package that cmd/compile compiles: small, with few imports, loops, maps and tables.
COMPILED = "regexp/syntax"
COMPILED_FOR = {"GOOS": "linux", "GOARCH": "amd64"}
# What gofmt formats, below Go's src.
FORMATTED = ("go/types", "net/http")


@dataclass(frozen=True)
class Case:
    """`build` makes the module into the file that it is given. `arguments`, `read` and `write`
    may hold {data} and {goroot}, as those of a Program. `environment` is the program's, in the
    form NAME=VALUE. `result` is a file that the program writes besides its standard output."""

    name: str
    build: Callable
    arguments: tuple = ()
    read: tuple = ()
    write: tuple = ()
    environment: tuple = ()
    result: str = ""
    is_go: bool = True

    def job(self, wasm, paths):
        """The case with its placeholders filled in."""
        arguments, read, write = (
            tuple(word.format(**paths) for word in words) for words in (self.arguments, self.read, self.write)
        )
        return Job(self.name, wasm, arguments, read, write)


def _go(go, package):
    # Without the checkout's path in the module, each checkout builds the same module.
    return lambda wasm: go.build(package, wasm, tools.WASM, ("-trimpath",))


def hello(go):
    return Case("hello", _go(go, "bench/programs/hello"))


def gofmt(go):
    sources = tuple(f"{{goroot}}/src/{directory}" for directory in FORMATTED)
    return Case("gofmt", _go(go, "cmd/gofmt"), sources, read=sources)


def compiler(go):
    """Go's compiler compiles a package. Its arguments end with the names of the package's files,
    which `prepare` puts into {data}."""
    return Case(
        "compile",
        _go(go, "cmd/compile"),
        ("-p", COMPILED, "-std", "-c=1", "-pack", "-trimpath", "{data}=>" + COMPILED)
        + ("-importcfg", "{data}/importcfg", "-o", "{data}/result.a")
        + tuple(f"{{data}}/{name}" for name in _list(go, '{{join .GoFiles " "}}').split()),
        write=("{data}",),
        environment=tuple(f"{name}={value}" for name, value in COMPILED_FOR.items()),
        result="{data}/result.a",
    )


def counted(go):
    """What runs under an emulator: the CPU-bound programs, gofmt, cmd/compile, C and Rust."""
    bound = [Case(p.name, _go(go, p.package)) for p in programs.PROGRAMS if p.group == programs.CPU]
    return [*bound, gofmt(go), compiler(go), *(Case(p.name, p.build, is_go=False) for p in foreign.PROGRAMS)]


def compiled(go):
    """What is only compiled, and measured while it is."""
    return [hello(go), gofmt(go), compiler(go)]


def prepare(go, data):
    """Copies into `data` what compiling the package needs: its files, and the export data of all
    that it depends on, which native Go makes."""
    data.mkdir(parents=True, exist_ok=True)
    for name in _list(go, '{{join .GoFiles " "}}').split():
        shutil.copyfile(go.root / "src" / COMPILED / name, data / name)
    lines = []
    for line in _list(go, "{{if .Export}}{{.ImportPath}} {{.Export}}{{end}}", "-deps", "-export").splitlines():
        package, made = line.split()
        if package != COMPILED:
            kept = data / "packages" / f"{package}.a"
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(made, kept)
            lines.append(f"packagefile {package}={kept}\n")
    (data / "importcfg").write_text("".join(lines))


def _list(go, form, *flags):
    command = [go.command, "list", "-trimpath", *flags, "-f", form, COMPILED]
    return tools.output(command, {**tools.GO_ENV, **COMPILED_FOR}, tools.BENCH)

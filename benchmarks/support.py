"""What compare, scaling and long_run share: cases, and the programs that are timed."""

import dataclasses
import math
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
NATIVE = ["-O3", "-march=native"]
SHIPPED = ["-O2"]  # what CMake's RelWithDebInfo has, on any x86-64
LESSON = (784, 512, 256, 128, 10)
RLTOOLS = "https://github.com/rl-tools/rl-tools.git"
RLTOOLS_COMMIT = "9acdf5c83cf2e7f2871cc4c37d002d5e3666d723"


@dataclasses.dataclass(frozen=True)
class Cell:
    kind: str  # train, predict, or residual: a training step of blocks with LayerNorm and GELU
    sizes: tuple
    batch: int
    dropout: float = 0.0
    family: str = "lesson"  # of cells that are looked at together

    def case(self, kind=None):
        """As protocol.hpp reads it. Prediction has no dropout."""
        kind = kind or self.kind
        text = f"{kind}:{'-'.join(map(str, self.sizes))}:{self.batch}"
        return text if kind == "predict" else f"{text}:{self.dropout}"

    def network(self):
        return "-".join(map(str, self.sizes))

    def title(self):
        what = {"train": "training step", "predict": "prediction", "residual": "training step, residual blocks,"}
        return f"{what[self.kind]} {self.network()}, batch {self.batch}"

    def flop(self):
        """Of a call. Backwards each weight is used twice, the first layer's once: nothing asks for the derivative by the
        inputs."""
        products = [2.0 * a * b for a, b in zip(self.sizes, self.sizes[1:])]
        if self.kind == "residual":  # two layers in each block
            products = [products[0], *(4.0 * width * width for width in self.sizes[1:-1]), products[-1]]
        return self.batch * (sum(products) if self.kind == "predict" else 3 * sum(products) - products[0])

    def weight_bytes(self):
        return 4 * sum((a + 1) * b for a, b in zip(self.sizes, self.sizes[1:]))

    def least_seconds(self, limits):
        """What a core needs that multiplies at its peak and moves each weight as rarely as can be: once in a prediction;
        in a step once forward, once backward and once as a gradient, and seven times in Adam, which reads values,
        gradients and two averages and writes all but the gradients."""
        size = self.weight_bytes()
        if self.kind == "predict":
            return max(self.flop() / limits.flops, size / limits.bandwidth(size))
        return (max(self.flop() / limits.flops, 3 * size / limits.bandwidth(2 * size))
                + 7 * size / limits.bandwidth(4 * size))


class Limits:
    """Of one core, measured by wick's program that is built for this machine."""

    def __init__(self, contender, seconds=0.2):
        self.contender = contender
        self.seconds = seconds
        self.read = {}
        self.flops = 1e9 / contender.time("fma", seconds)[1]

    def bandwidth(self, size):
        """Bytes per second over memory of that size, in steps of a quarter; more than 256 MB read as 256 MB do."""
        size = min(256 << 20, max(4096, 2 ** (round(4 * math.log2(size)) / 4)))
        if size not in self.read:
            self.read[size] = 1e9 / self.contender.time(f"read::{int(size)}", self.seconds)[1]
        return self.read[size]


def missing(what, why):
    print(f"left out: {what}: {why}", file=sys.stderr)


def compiled(options, name, source, flags, what, optimised=NATIVE, tree=HERE.parent):
    """The program made from `source` and the headers of a checkout, or None."""
    program = options.build / name
    sources = [HERE / "contenders" / source, *(tree / "benchmarks").glob("*.hpp"), *(tree / "include").rglob("*.?pp")]
    command = [options.compiler, "-std=gnu++20", *optimised, "-DNDEBUG", "-w",
               str(HERE / "contenders" / source), "-o", str(program), *flags, "-lpthread"]
    stamp = options.build / (name + ".command")
    if (program.exists() and stamp.exists() and stamp.read_text() == " ".join(command)
            and all(s.stat().st_mtime < program.stat().st_mtime for s in sources)):
        return program
    print(f"compiling {name}", file=sys.stderr)
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        errors = [line for line in result.stderr.splitlines() if "error" in line] or result.stderr.splitlines()[-1:]
        missing(what, f"it does not compile: {errors[0] if errors else 'no message'}")
        return None
    stamp.write_text(" ".join(command))
    return program


def python_with(options, what, *modules):
    """The first interpreter that has all these modules, or None."""
    code = "import importlib.util as u, sys; print(*[m for m in sys.argv[1:] if u.find_spec(m) is None])"
    absent = []
    for python in options.python:
        if shutil.which(python) is None:
            absent.append(f"there is no {python}")
            continue
        found = subprocess.run([python, "-c", code, *modules], capture_output=True, text=True)
        if found.returncode == 0 and not found.stdout.split():
            return python
        absent.append(f"{python} has no package {', '.join(found.stdout.split()) or modules[0]}")
    missing(what, "; ".join(absent))
    return None


def wicks(options, source="wick.cpp", name="wick", suffix="", tree=HERE.parent):
    """Names and programs, for each Eigen and way to build."""
    for i, folder in enumerate(options.eigen):
        if not (pathlib.Path(folder) / "Eigen" / "Core").exists():
            missing(f"wick with Eigen from {folder}", "there is no Eigen/Core in it")
            continue
        for way in options.wick:
            title = {"shipped": "wick", "native": "wick, native"}[way] + suffix
            flags = ["-I", str(tree / "include"), "-isystem", folder, *stb_flags()]
            program = compiled(options, f"{name}{i}_{way}", source, flags, f"{title} with Eigen from {folder}",
                               {"shipped": SHIPPED, "native": NATIVE}[way], tree)
            if program:
                yield title, program


def stb_flags():
    return ["-isystem", next((f for f in ("/usr/include/stb", "/usr/local/include/stb") if os.path.exists(f)),
                             "/usr/include")]


def drawn(options, program, picture, lines):
    """Pipes lines into a program of this folder that draws them."""
    made = compiled(options, program, f"../{program}.cpp",
                    ["-I", str(HERE.parent / "include"), "-isystem", options.eigen[0], *stb_flags()],
                    f"the picture {picture}", ["-O1"])
    if made:
        subprocess.run([str(made), picture], input="\n".join(lines), text=True, check=True)
        print(f"picture: {picture}")


def rltools(options):
    """The folder of RLtools' headers, fetched into the build folder if need be, or None."""
    source = options.rltools
    for folder in (pathlib.Path(source), options.build / "rltools"):
        if (folder / "include" / "rl_tools").is_dir():
            return folder / "include"
    if shutil.which("git") is None:
        missing("RLtools", "there is no git to fetch it")
        return None
    folder = options.build / "rltools"
    print(f"fetching RLtools from {source}", file=sys.stderr)
    folder.mkdir(exist_ok=True)
    for command in (["init", "-q"], ["fetch", "-q", "--depth", "1", source, RLTOOLS_COMMIT],
                    ["checkout", "-q", "FETCH_HEAD"]):
        result = subprocess.run(["git", "-C", str(folder), *command], capture_output=True, text=True,
                                env=dict(os.environ, GIT_TERMINAL_PROMPT="0"))
        if result.returncode != 0:
            shutil.rmtree(folder)
            missing("RLtools", f"git {command[0]}: {(result.stderr.splitlines() or ['failed'])[-1]}")
            return None
    return folder / "include"


def contenders(options, threads, without, models=False):
    """Commands of all that can be run, wick first."""
    for title, program in wicks(options):
        yield [program, threads, title]
    if getattr(options, "before", None):  # only compare has it
        tree = options.before.resolve()
        for title, program in wicks(options, tree / "benchmarks/contenders/wick.cpp", "before", tree=tree):
            yield [program, threads, title.replace("wick", "before", 1)]
    if models:
        for title, program in wicks(options, "wick_models.cpp", "wick_models", ", recorded"):
            yield [program, threads, title]
    yield from peers(options, threads, without)


def peers(options, threads, without):
    eigen = ["-isystem", options.eigen[0]]
    if not {"pytorch", "compiled", "libtorch"} <= without:
        torch = python_with(options, "PyTorch and libtorch", "torch")
        if torch and "pytorch" not in without:
            yield [torch, HERE / "contenders" / "pytorch.py", threads]
        if torch and "compiled" not in without:
            yield [torch, HERE / "contenders" / "pytorch.py", threads, "--compile"]
        if torch and "libtorch" not in without:
            code = ("import torch.utils.cpp_extension as e; "
                    "print(*['-isystem' + p for p in e.include_paths()], "
                    "*['-L' + p + ' -Wl,-rpath,' + p for p in e.library_paths()], "
                    "'-D_GLIBCXX_USE_CXX11_ABI=%d' % __import__('torch').compiled_with_cxx11_abi())")
            flags = subprocess.run([torch, "-c", code], capture_output=True, text=True).stdout.split()
            program = compiled(options, "libtorch", "libtorch.cpp",
                               [*flags, *eigen, "-Wl,--no-as-needed", "-ltorch", "-ltorch_cpu", "-lc10"], "libtorch")
            if program:
                yield [program, threads]
    for key, what, source, *modules in (
            ("onnx", "ONNX Runtime", "onnx_runtime.py", "onnxruntime", "onnx", "numpy"),
            ("openvino", "OpenVINO", "open_vino.py", "openvino", "numpy"),
            ("litert", "LiteRT", "lite_rt.py", "ai_edge_litert", "flatbuffers", "numpy"),
            ("jax", "JAX", "jax_jit.py", "jax", "jaxlib")):
        if key not in without:
            python = python_with(options, what, *modules)
            if python:
                yield [python, HERE / "contenders" / source, threads]
    if "dlib" not in without:
        if threads > 1:
            missing("dlib", "its network code runs on one thread")
        elif any(pathlib.Path(folder, "dlib/dnn.h").exists() for folder in ("/usr/include", "/usr/local/include")):
            program = compiled(options, "dlib", "dlib.cpp", [*eigen, "-ldlib", "-lblas", "-llapack"], "dlib")
            if program:
                yield [program]
        else:
            missing("dlib", "there is no dlib/dnn.h")
    if "rltools" not in without:
        headers = None
        if threads > 1:
            missing("RLtools", "its network code runs on one thread")
        else:
            headers = rltools(options)
        if headers:
            program = compiled(options, "rltools_program", "rltools.cpp", [*eigen, "-isystem", str(headers)], "RLtools",
                               ["-O3", "-ffast-math", "-march=native"])  # as its own programs are built
            if program:
                yield [program]
    if "hand" not in without and threads == 1:
        program = compiled(options, "by_hand", "by_hand.cpp", eigen, "the loop written by hand")
        if program:
            yield [program, "eigen"]
            yield [program, "arrays"]


class Contender:
    def __init__(self, command, threads):
        environment = dict(os.environ, OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads),
                           OPENBLAS_NUM_THREADS=str(threads))
        self.process = subprocess.Popen([str(c) for c in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env=environment)
        self.name = self.process.stdout.readline().strip()

    def time(self, case, seconds):
        """Wall and processor seconds of a call, or None."""
        try:
            self.process.stdin.write(f"{case} {seconds}\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline().split()
        except BrokenPipeError:
            answer = []
        return (float(answer[0]), float(answer[1])) if len(answer) == 2 else None

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def started(commands, threads):
    running = [Contender(command, threads) for command in commands]
    return [c for c in running if c.name or missing("a program", "it ended at once")]


def limits_of(options, seconds=0.2):
    """The machine's, and the contender that measures them, to be closed."""
    build = type(options)(**{**vars(options), "eigen": options.eigen[-1:], "wick": ["native"]})
    program = next((program for _, program in wicks(build)), None)
    if program is None:
        sys.exit("wick does not compile, so there is nothing to measure the machine's limits with")
    contender = Contender([program, 1, "limits"], 1)
    return Limits(contender, seconds), contender


def spread(values):
    if len(values) < 3:
        return 0.0
    low, _, high = statistics.quantiles(values, n=4)
    return 100 * (high - low) / statistics.median(values)


def mean(ratios):
    """The geometric one."""
    return math.exp(sum(map(math.log, ratios)) / len(ratios))


def cpu_name():
    if not os.path.exists("/proc/cpuinfo"):
        return "unknown"
    with open("/proc/cpuinfo") as file:
        return next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "unknown")


def compiler_name(options):
    if shutil.which(options.compiler) is None:
        sys.exit(f"there is no compiler {options.compiler}; name one with --compiler")
    return subprocess.run([options.compiler, "--version"], capture_output=True, text=True).stdout.splitlines()[0]


def load():
    return f"load of the machine at the end: {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""


def add_options(parser, wick):
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parent / "build" / "compare")
    parser.add_argument("--eigen", action="append")
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--python", action="append")
    parser.add_argument("--wick", nargs="+", choices=["shipped", "native"], default=wick)
    parser.add_argument("--json")


def finished(options):
    """The options, checked and with what was not given."""
    options.eigen = options.eigen or ["/usr/include/eigen3"]
    options.python = options.python or [sys.executable]
    compiler_name(options)
    options.build.mkdir(parents=True, exist_ok=True)
    return options

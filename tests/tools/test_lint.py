"""The lint rules: each is shown to find what it is there for, and to let ordinary code pass."""

import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LINT = os.path.join(ROOT, "tools", "lint.py")
CASES = [
    ("size", "src/object/big.cpp", "\n" * 1501),
    ("size", "src/object/big.h", "\n" * 501),
    ("layer", "src/base/bits.h", '#include "object/value.h"\n'),
    ("layer", "src/memory/heap.cpp", '#include "vm/frame.h"\n'),
    ("layer", "src/syntax/parser.cpp", '#include "thread/thread.h"\n'),
    ("include", "src/object/list.cpp", "#include <iostream>\n"),
    ("include", "src/object/list.h", "#include <string>\n"),
    ("ownership", "src/object/list.cpp", "void f(Value v) {\n    incref(v);\n}\n"),
    ("fence", "src/thread/lock.cpp", "std::atomic_thread_fence(std::memory_order_seq_cst);\n"),
    ("head", "src/object/list.cpp", '#include "object/list.h"\n'),
    ("order", "src/thread/lock.cpp", "// A lock.\nint f() {\n    return word.load();\n}\n"),
    ("order", "src/thread/lock.cpp", "// A lock.\nint f() {\n    return word.fetch_add(1);\n}\n"),
    ("words", "docs/page.md", "TO" + "DO: more\n"),
    ("format", "src/object/ugly.cpp", "int  f( ){return 1 ;}\n"),
]
CLEAN = [
    ("src/vm/loop.cpp", '// The loop.\n#include "memory/heap.h"\n#include "object/value.h"\n'),
    ("src/memory/heap.cpp", "// Blocks.\nvoid f(Value v) {\n    incref(v);\n}\n"),
    ("src/object/list_test.cpp", "// Lists.\n#include <string>\n\n#include \"vm/frame.h\"\n"),
    ("src/thread/lock.cpp", "// A lock.\nint f() {\n    return word.load(std::memory_order_relaxed) + other.load(thread);\n}\n"),
]


def lint(path, text):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
        with open(os.path.join(ROOT, ".clang-format"), encoding="utf-8") as file:
            style = file.read()
        for name, content in ((".clang-format", style), (path, text)):
            full = os.path.join(folder, name)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as file:
                file.write(content)
        return subprocess.run([sys.executable, LINT, "--root", folder], text=True, stdout=subprocess.PIPE)


passed = failed = 0
for rule, path, text in CASES:
    done = lint(path, text)
    if done.returncode == 1 and f" {rule}: " in done.stdout:
        passed += 1
    else:
        failed += 1
        print(f"{rule} was not found in {path}: {done.stdout}")
for path, text in CLEAN:
    done = lint(path, text)
    if done.returncode == 0:
        passed += 1
    else:
        failed += 1
        print(f"findings in clean {path}: {done.stdout}")
print(f"{passed} passed, {failed} failed")
sys.exit(failed != 0)

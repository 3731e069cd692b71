"""venv: an environment, what its interpreter believes, and its activation by a shell."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import os
import subprocess
import tempfile
import support
from support import check, equal

FOLDER = os.path.join(os.path.realpath(tempfile.mkdtemp()), "an env")


def run(*command, **keywords):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment, **keywords).stdout.strip()


def test_environment():
    run(sys.executable, "-m", "venv", "--without-pip", "--prompt", "it's", FOLDER)
    with open(FOLDER + "/pyvenv.cfg") as file:
        settings = dict(line.strip().split(" = ", 1) for line in file)
    equal(settings["home"], os.path.dirname(sys._base_executable))
    equal(settings["include-system-site-packages"], "false")
    equal(settings["version"], "%d.%d.%d" % sys.version_info[:3])
    equal(settings["prompt"], repr("it's"))
    check(settings["command"].endswith(" --without-pip --prompt=\"it's\" " + FOLDER), settings["command"])
    with open(FOLDER + "/.gitignore") as file:
        equal(file.read().splitlines()[-1], "*")
    python = FOLDER + "/bin/python"
    equal(run(python, "-c", "import sys; print(sys.prefix, sys.exec_prefix, sys.base_prefix == sys.prefix, sep='\\n')"), f"{FOLDER}\n{FOLDER}\nFalse")
    equal(run(python, "-c", "import sys; print(sys.base_prefix)"), sys.base_prefix)
    packages = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    check(packages.startswith(FOLDER), packages)
    with open(packages + "/only_here.py", "w") as file:
        file.write("print('found')\n")
    equal(run(python, "-c", "import only_here"), "found")
    equal(run(python, "-c", "import sys; print([path for path in sys.path if path.endswith('-packages')])"), repr([packages]))


def test_activation():
    script = ". \"$1/bin/activate\"; command -v python; echo \"$VIRTUAL_ENV|$VIRTUAL_ENV_PROMPT\"; deactivate; echo \"${VIRTUAL_ENV-none}\""
    equal(run("sh", "-eu", "-c", script, "sh", FOLDER), f"{FOLDER}/bin/python\n{FOLDER}|it's\nnone")


def test_builder():
    import venv

    class Builder(venv.EnvBuilder):
        def post_setup(self, context):
            self.seen = context

    builder = Builder(clear=True, symlinks=False)
    builder.create(FOLDER)
    equal(builder.seen.env_dir, FOLDER)
    equal(builder.seen.prompt, "an env")
    equal(os.path.islink(builder.seen.env_exe), False)
    equal(run(builder.seen.env_exe, "-c", "import sys, json; print(sys.prefix, sys.base_prefix, sys._base_executable, sep='\\n')"),
          f"{FOLDER}\n{sys.base_prefix}\n{sys._base_executable}")
    equal(os.path.exists(FOLDER + "/.gitignore"), False)
    support.raises(ValueError, venv.create, FOLDER + ":x", contains="because it contains the PATH separator")


support.run(globals())

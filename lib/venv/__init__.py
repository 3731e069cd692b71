"""Virtual environments (PEP 405): a folder with an interpreter, a pyvenv.cfg and packages of its own."""

import logging
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import types

CORE_VENV_DEPS = ("pip",)
logger = logging.getLogger(__name__)

_ACTIVATE = """\
# To be sourced by bash, zsh or another shell of the Bourne family.

deactivate () {
    if [ -n "${_OLD_VIRTUAL_PATH:-}" ] ; then
        PATH="$_OLD_VIRTUAL_PATH"
        export PATH
        unset _OLD_VIRTUAL_PATH
    fi
    if [ -n "${_OLD_VIRTUAL_PYTHONHOME:-}" ] ; then
        PYTHONHOME="$_OLD_VIRTUAL_PYTHONHOME"
        export PYTHONHOME
        unset _OLD_VIRTUAL_PYTHONHOME
    fi
    if [ -n "${_OLD_VIRTUAL_PS1:-}" ] ; then
        PS1="$_OLD_VIRTUAL_PS1"
        export PS1
        unset _OLD_VIRTUAL_PS1
    fi
    hash -r 2> /dev/null || true
    unset VIRTUAL_ENV
    unset VIRTUAL_ENV_PROMPT
    if [ "${1:-}" != "nondestructive" ] ; then
        unset -f deactivate
    fi
}

# Of an environment that was active before.
deactivate nondestructive

VIRTUAL_ENV=__VENV_DIR__
export VIRTUAL_ENV
VIRTUAL_ENV_PROMPT=__VENV_PROMPT__
export VIRTUAL_ENV_PROMPT

_OLD_VIRTUAL_PATH="${PATH:-}"
PATH="$VIRTUAL_ENV/"__VENV_BIN_NAME__":${PATH:-}"
export PATH

if [ -n "${PYTHONHOME:-}" ] ; then
    _OLD_VIRTUAL_PYTHONHOME="$PYTHONHOME"
    unset PYTHONHOME
fi

if [ -z "${VIRTUAL_ENV_DISABLE_PROMPT:-}" ] ; then
    _OLD_VIRTUAL_PS1="${PS1:-}"
    PS1="(${VIRTUAL_ENV_PROMPT}) ${PS1:-}"
    export PS1
fi

hash -r 2> /dev/null || true
"""


class EnvBuilder:
    """Makes environments; subclasses change a step by overriding its method."""

    def __init__(self, system_site_packages=False, clear=False, symlinks=False, upgrade=False, with_pip=False, prompt=None,
                 upgrade_deps=False, *, scm_ignore_files=frozenset()):
        self.system_site_packages = system_site_packages
        self.clear = clear
        self.symlinks = symlinks
        self.upgrade = upgrade
        self.with_pip = with_pip
        self.orig_prompt = prompt
        if prompt == ".":
            prompt = os.path.basename(os.getcwd())
        self.prompt = prompt
        self.upgrade_deps = upgrade_deps
        self.scm_ignore_files = frozenset(map(str.lower, scm_ignore_files))

    def create(self, env_dir):
        """Create a virtual environment in a directory."""
        env_dir = os.path.abspath(env_dir)
        context = self.ensure_directories(env_dir)
        for scm in self.scm_ignore_files:
            getattr(self, f"create_{scm}_ignore_file")(context)
        # What asks where it runs while this goes on must not find an environment that is not finished.
        see_system = self.system_site_packages
        self.system_site_packages = False
        self.create_configuration(context)
        self.setup_python(context)
        if self.with_pip:
            self._setup_pip(context)
        if not self.upgrade:
            self.setup_scripts(context)
            self.post_setup(context)
        if see_system:
            self.system_site_packages = True
            self.create_configuration(context)
        if self.upgrade_deps:
            self.upgrade_dependencies(context)

    def clear_directory(self, path):
        for name in os.listdir(path):
            name = os.path.join(path, name)
            if os.path.islink(name) or os.path.isfile(name):
                os.remove(name)
            elif os.path.isdir(name):
                shutil.rmtree(name)

    def _venv_path(self, env_dir, name):
        places = {"base": env_dir, "platbase": env_dir, "installed_base": env_dir, "installed_platbase": env_dir}
        return sysconfig.get_path(name, scheme="venv", vars=places)

    @classmethod
    def _same_path(cls, path1, path2):
        """Whether two paths are the same to a reader."""
        return path1 == path2

    def ensure_directories(self, env_dir):
        """Create the directories for the environment, and return what is known of it."""
        env_dir = os.fspath(env_dir)
        if os.pathsep in env_dir:
            raise ValueError(f"Refusing to create a venv in {env_dir} because it contains the PATH separator {os.pathsep}.")
        if os.path.exists(env_dir) and self.clear:
            self.clear_directory(env_dir)
        context = types.SimpleNamespace()
        context.env_dir = env_dir
        context.env_name = os.path.split(env_dir)[1]
        context.prompt = self.prompt if self.prompt is not None else context.env_name
        self._make_folder(env_dir)
        executable = sys._base_executable
        if not executable:
            raise ValueError("Unable to determine path to the running Python interpreter. Provide an explicit path or check that "
                             "your PATH environment variable is correctly set.")
        context.executable = executable
        context.python_dir, context.python_exe = os.path.split(os.path.abspath(executable))
        context.inc_path = self._venv_path(env_dir, "include")
        context.lib_path = self._venv_path(env_dir, "purelib")
        context.bin_path = self._venv_path(env_dir, "scripts")
        context.bin_name = os.path.relpath(context.bin_path, env_dir)
        for folder in (context.inc_path, context.lib_path, context.bin_path):
            self._make_folder(folder)
        lib64 = os.path.join(env_dir, "lib64")
        if sys.maxsize > 2 ** 32 and not os.path.exists(lib64):
            os.symlink("lib", lib64)
        context.env_exe = os.path.join(context.bin_path, context.python_exe)
        context.env_exec_cmd = context.env_exe
        return context

    def _make_folder(self, path):
        if os.path.islink(path) or os.path.isfile(path):
            raise ValueError(f"Unable to create directory {path!r}")
        os.makedirs(path, exist_ok=True)

    def create_configuration(self, context):
        """Create a configuration file indicating where the environment's Python was copied from, and whether the system
        site-packages should be made available in the environment."""
        context.cfg_path = os.path.join(context.env_dir, "pyvenv.cfg")
        options = []
        if not self.symlinks:
            options.append("--copies")
        if not self.with_pip:
            options.append("--without-pip")
        for wanted, option in [(self.system_site_packages, "--system-site-packages"), (self.clear, "--clear"), (self.upgrade, "--upgrade"),
                               (self.upgrade_deps, "--upgrade-deps")]:
            if wanted:
                options.append(option)
        if self.orig_prompt is not None:
            options.append(f'--prompt="{self.orig_prompt}"')
        if not self.scm_ignore_files:
            options.append("--without-scm-ignore-files")
        lines = [f"home = {context.python_dir}", f"include-system-site-packages = {str(bool(self.system_site_packages)).lower()}",
                 "version = %d.%d.%d" % sys.version_info[:3]]
        if self.prompt is not None:
            lines.append(f"prompt = {self.prompt!r}")
        lines.append(f"executable = {os.path.realpath(sys.executable)}")
        lines.append(" ".join(["command =", sys.executable, "-m venv", *options, context.env_dir]))
        with open(context.cfg_path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")

    def create_git_ignore_file(self, context):
        """Create a .gitignore file in the environment directory that makes git ignore all of it."""
        with open(os.path.join(context.env_dir, ".gitignore"), "w", encoding="utf-8") as file:
            file.write("# Made by venv.\n*\n")

    def symlink_or_copy(self, src, dst, relative_symlinks_ok=False):
        """Try symlinking a file, and if that fails, fall back to copying."""
        force_copy = not self.symlinks
        if not force_copy:
            try:
                if not os.path.islink(dst):
                    os.symlink(os.path.basename(src) if relative_symlinks_ok else src, dst)
            except OSError:
                logger.warning("Unable to symlink %r to %r", src, dst)
                force_copy = True
        if force_copy:
            shutil.copyfile(src, dst)

    def setup_python(self, context):
        """Set up a Python executable in the environment."""
        path = context.env_exe
        self.symlink_or_copy(context.executable, path)
        if not os.path.islink(path):
            os.chmod(path, 0o755)
        for name in ("python", "python3", f"python3.{sys.version_info[1]}"):
            other = os.path.join(context.bin_path, name)
            if os.path.exists(other):
                continue
            # Two of an interpreter need not be there twice.
            os.symlink(context.python_exe, other)

    def _call_new_python(self, context, *args, **keywords):
        """Run the environment's interpreter, away from what the caller's environment says."""
        command = [context.env_exec_cmd, *args]
        keywords["env"] = env = os.environ.copy()
        env["VIRTUAL_ENV"] = context.env_dir
        env.pop("PYTHONHOME", None)
        env.pop("PYTHONPATH", None)
        keywords["cwd"] = context.env_dir
        keywords["executable"] = context.env_exec_cmd
        subprocess.check_output(command, **keywords)

    def _setup_pip(self, context):
        """Install or upgrade pip in the environment."""
        self._call_new_python(context, "-m", "ensurepip", "--upgrade", "--default-pip", stderr=subprocess.STDOUT)

    def setup_scripts(self, context):
        """Set up scripts into the created environment."""
        path = os.path.join(context.bin_path, "activate")
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.replace_variables(_ACTIVATE, context))

    def post_setup(self, context):
        """Hook for post-setup modification of the environment, for subclasses."""

    def replace_variables(self, text, context):
        """Put the environment's places into the text of a shell script."""
        for name, value in [("__VENV_DIR__", context.env_dir), ("__VENV_NAME__", context.env_name), ("__VENV_PROMPT__", context.prompt),
                            ("__VENV_BIN_NAME__", context.bin_name), ("__VENV_PYTHON__", context.env_exe)]:
            text = text.replace(name, shlex.quote(value))
        return text

    def install_scripts(self, context, path):
        """Install the scripts of a folder: those of path/common and path/posix, with variables replaced."""
        for part in ("common", os.name):
            root = os.path.join(path, part)
            for folder, _, names in os.walk(root):
                target = os.path.join(context.bin_path, os.path.relpath(folder, root))
                os.makedirs(target, exist_ok=True)
                for name in names:
                    source, made = os.path.join(folder, name), os.path.join(target, name)
                    with open(source, "rb") as file:
                        data = file.read()
                    try:
                        data = self.replace_variables(data.decode("utf-8"), context).encode("utf-8")
                    except UnicodeDecodeError as error:
                        logger.warning("unable to copy script %r, may be binary: %s", source, error)
                        continue
                    with open(made, "wb") as file:
                        file.write(data)
                    shutil.copymode(source, made)

    def upgrade_dependencies(self, context):
        logger.debug("Upgrading %s packages in %s", CORE_VENV_DEPS, context.bin_path)
        self._call_new_python(context, "-m", "pip", "install", "--upgrade", *CORE_VENV_DEPS)


def create(env_dir, system_site_packages=False, clear=False, symlinks=False, with_pip=False, prompt=None, upgrade_deps=False, *,
           scm_ignore_files=frozenset()):
    """Create a virtual environment in a directory."""
    EnvBuilder(system_site_packages=system_site_packages, clear=clear, symlinks=symlinks, with_pip=with_pip, prompt=prompt,
               upgrade_deps=upgrade_deps, scm_ignore_files=scm_ignore_files).create(env_dir)


def main(args=None):
    import argparse
    import importlib.util
    parser = argparse.ArgumentParser(description="Creates virtual Python environments in one or more target directories.",
                                     epilog="Source an activate script of an environment's bin directory to use it.")
    parser.add_argument("dirs", metavar="ENV_DIR", nargs="+", help="A directory to create the environment in.")
    parser.add_argument("--system-site-packages", action="store_true", dest="system_site",
                        help="Give the environment access to the packages of the system.")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--symlinks", default=True, action="store_true", help="Link to the interpreter (default).")
    kind.add_argument("--copies", action="store_false", dest="symlinks", help="Copy the interpreter.")
    parser.add_argument("--clear", action="store_true", help="Empty the directory first, if it exists.")
    parser.add_argument("--upgrade", action="store_true", help="Make an environment use this interpreter.")
    parser.add_argument("--without-pip", dest="with_pip", default=True, action="store_false", help="Do not install pip.")
    parser.add_argument("--prompt", help="What the prompt shows instead of the directory's name.")
    parser.add_argument("--upgrade-deps", action="store_true", dest="upgrade_deps", help="Upgrade pip to the latest version.")
    parser.add_argument("--without-scm-ignore-files", dest="scm_ignore_files", action="store_const", const=frozenset(),
                        default=frozenset(["git"]), help="Do not make git ignore the directory.")
    options = parser.parse_args(args)
    if options.upgrade and options.clear:
        raise ValueError("you cannot supply --upgrade and --clear together.")
    if options.with_pip and importlib.util.find_spec("ensurepip") is None:
        print("venv: there is no ensurepip here; the environment gets no pip (--without-pip)", file=sys.stderr)
        options.with_pip = False
    builder = EnvBuilder(system_site_packages=options.system_site, clear=options.clear, symlinks=options.symlinks, upgrade=options.upgrade,
                         with_pip=options.with_pip, prompt=options.prompt, upgrade_deps=options.upgrade_deps,
                         scm_ignore_files=options.scm_ignore_files)
    for folder in options.dirs:
        builder.create(folder)

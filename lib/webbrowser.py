"""Interfaces for launching and remotely controlling web browsers."""

import os
import shlex
import shutil
import subprocess
import sys
import threading

__all__ = ["Error", "open", "open_new", "open_new_tab", "get", "register"]

_lock = threading.RLock()
_browsers = {}          # name in lower case -> [class or factory, instance or None]
_tryorder = None        # names, best first; None until the browsers have been looked for
_os_preferred_browser = None


class Error(Exception):
    pass


def register(name, klass, instance=None, *, preferred=False):
    """Register a browser connector."""
    with _lock:
        if _tryorder is None:
            register_standard_browsers()
        _browsers[name.lower()] = [klass, instance]
        if preferred or (_os_preferred_browser and f"{name}.desktop" == _os_preferred_browser):
            _tryorder.insert(0, name)
        else:
            _tryorder.append(name)


def get(using=None):
    """Return a browser launcher instance appropriate for the environment."""
    with _lock:
        if _tryorder is None:
            register_standard_browsers()
        wanted = [using] if using is not None else list(_tryorder)
    for name in wanted:
        if "%s" in name:
            # A command line, where the address has its place.
            words = shlex.split(name)
            return BackgroundBrowser(words[:-1]) if words[-1] == "&" else GenericBrowser(words)
        try:
            factory, instance = _browsers[name.lower()]
        except KeyError:
            factory, instance = _synthesize(name)
        if instance is not None:
            return instance
        if factory is not None:
            return factory()
    raise Error("could not locate runnable browser")


def open(url, new=0, autoraise=True):
    """Display url using the default browser.

    If possible, open url in a location determined by new.
    - 0: the same browser window (the default).
    - 1: a new browser window.
    - 2: a new browser page ("tab").
    If possible, autoraise raises the window (the default) or not.

    If opening the browser succeeds, return True.
    If there is a problem, return False.
    """
    with _lock:
        if _tryorder is None:
            register_standard_browsers()
        names = list(_tryorder)
    return any(get(name).open(url, new, autoraise) for name in names)


def open_new(url):
    """Open url in a new window of the default browser."""
    return open(url, 1)


def open_new_tab(url):
    """Open url in a new page ("tab") of the default browser."""
    return open(url, 2)


def _synthesize(browser, *, preferred=False):
    """A browser of a known kind under another path: [None, instance], or [None, None]."""
    command = browser.split()[0]
    if not shutil.which(command):
        return [None, None]
    name = os.path.basename(command)
    try:
        factory, like = _browsers[name.lower()]
    except KeyError:
        return [None, None]
    if like is None or like.basename != name.lower():
        return [None, None]
    import copy
    made = copy.copy(like)
    made.name = browser
    made.basename = os.path.basename(browser)
    register(browser, None, made, preferred=preferred)
    return [None, made]


class BaseBrowser:
    """What all browsers have in common."""

    args = ["%s"]

    def __init__(self, name=""):
        self.name = name
        self.basename = name

    def open(self, url, new=0, autoraise=True):
        raise NotImplementedError

    def open_new(self, url):
        return self.open(url, 1)

    def open_new_tab(self, url):
        return self.open(url, 2)

    @staticmethod
    def _check_url(url):
        # An address must not pass for an option.
        if url and url.lstrip().startswith("-"):
            raise ValueError(f"Invalid URL (leading dash disallowed): {url!r}")


class GenericBrowser(BaseBrowser):
    """A browser that is started with a command, and waited for."""

    def __init__(self, name):
        if isinstance(name, str):
            self.name = name
            self.args = ["%s"]
        else:
            self.name = name[0]
            self.args = name[1:]
        self.basename = os.path.basename(self.name)

    def _command(self, url):
        self._check_url(url)
        return [self.name] + [argument.replace("%s", url) for argument in self.args]

    def open(self, url, new=0, autoraise=True):
        sys.audit("webbrowser.open", url)
        try:
            return not subprocess.Popen(self._command(url)).wait()
        except OSError:
            return False


class BackgroundBrowser(GenericBrowser):
    """A browser that goes on running by itself."""

    def open(self, url, new=0, autoraise=True):
        command = self._command(url)
        sys.audit("webbrowser.open", url)
        try:
            return subprocess.Popen(command, close_fds=True, start_new_session=True).poll() is None
        except OSError:
            return False


class UnixBrowser(BaseBrowser):
    """A browser that a second call of its command talks to."""

    raise_opts = None           # options for not raising the window, and for raising it
    background = False          # the command stays
    redirect_stdout = True
    # %action in remote_args becomes one of these.
    remote_args = ["%action", "%s"]
    remote_action = None
    remote_action_newwin = None
    remote_action_newtab = None

    def _invoke(self, args, remote, autoraise):
        options = []
        if remote and self.raise_opts:
            option = self.raise_opts[bool(autoraise)]
            if option:
                options = [option]
        command = [self.name] + options + args
        quiet = subprocess.DEVNULL if remote or self.background else None
        process = subprocess.Popen(command, close_fds=True, stdin=quiet, stdout=quiet if self.redirect_stdout else None,
                                   stderr=quiet, start_new_session=True)
        if not remote:
            return self.background and process.poll() is None or not self.background and not process.wait()
        # Within some seconds it has passed the address on, or has become the browser itself.
        try:
            return not process.wait(5)
        except subprocess.TimeoutExpired:
            return True

    def open(self, url, new=0, autoraise=True):
        self._check_url(url)
        sys.audit("webbrowser.open", url)
        if new == 0:
            action = self.remote_action
        elif new == 1:
            action = self.remote_action_newwin
        elif new == 2:
            action = self.remote_action_newwin if self.remote_action_newtab is None else self.remote_action_newtab
        else:
            raise Error(f"Bad 'new' parameter to open(); expected 0, 1, or 2, got {new}")
        args = [argument.replace("%s", url).replace("%action", action) for argument in self.remote_args]
        args = [argument for argument in args if argument]
        if self._invoke(args, True, autoraise):
            return True
        args = [argument.replace("%s", url) for argument in self.args]
        return self._invoke(args, False, False)


class Mozilla(UnixBrowser):
    """Firefox and its relatives."""

    remote_action = ""
    remote_action_newwin = "-new-window"
    remote_action_newtab = "-new-tab"
    background = True


class Epiphany(UnixBrowser):
    """GNOME's browser."""

    raise_opts = ["-noraise", ""]
    remote_action = "-n"
    remote_action_newwin = "-w"
    background = True


class _LikeChrome(UnixBrowser):
    """One with the options of Chrome."""

    remote_action = ""
    remote_action_newwin = "--new-window"
    remote_action_newtab = ""
    background = True


class Chrome(_LikeChrome):
    """Google Chrome."""


Chromium = Chrome


class Opera(_LikeChrome):
    """Opera."""


class Edge(_LikeChrome):
    """Microsoft Edge."""


class Elinks(UnixBrowser):
    """A browser of the terminal."""

    remote_args = ["-remote", "openURL(%s%action)"]
    remote_action = ""
    remote_action_newwin = ",new-window"
    remote_action_newtab = ",new-tab"
    background = False
    redirect_stdout = False


class Konqueror(BaseBrowser):
    """KDE's file manager, which shows the web as well."""

    def open(self, url, new=0, autoraise=True):
        self._check_url(url)
        sys.audit("webbrowser.open", url)
        action = "newTab" if new == 2 else "openURL"
        for command in (["kfmclient", action, url], ["konqueror", "--silent", url], ["kfm", "-d", url]):
            try:
                process = subprocess.Popen(command, close_fds=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                           stderr=subprocess.DEVNULL, start_new_session=True)
            except OSError:
                continue
            if command[0] == "kfmclient":
                process.wait()
                return True
            if process.poll() is None:
                return True
        return False


def _register_x_browsers():
    """Those that need a display, best first."""
    for name in ("xdg-open", "gnome-open", "gvfs-open", "x-www-browser"):
        if shutil.which(name):
            register(name, None, BackgroundBrowser(name))
    if "KDE_FULL_SESSION" in os.environ and shutil.which("kfmclient"):
        register("kfmclient", Konqueror, Konqueror("kfmclient"))
    for kind, names in [(Mozilla, ("firefox", "iceweasel", "seamonkey", "mozilla-firefox", "mozilla")), (Epiphany, ("epiphany",))]:
        for name in names:
            if shutil.which(name):
                register(name, None, kind(name))
    if shutil.which("kfm"):
        register("kfm", Konqueror, Konqueror("kfm"))
    elif shutil.which("konqueror"):
        register("konqueror", Konqueror, Konqueror("konqueror"))
    for kind, names in [(Chrome, ("google-chrome", "chrome", "chromium", "chromium-browser")), (Opera, ("opera",)), (Edge, ("microsoft-edge",))]:
        for name in names:
            if shutil.which(name):
                register(name, None, kind(name))


def register_standard_browsers():
    global _tryorder, _os_preferred_browser
    _tryorder = []
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        try:
            found = subprocess.check_output(["xdg-settings", "get", "default-web-browser"], stderr=subprocess.DEVNULL)
            _os_preferred_browser = found.decode().strip()
        except (OSError, subprocess.CalledProcessError):
            pass
        _register_x_browsers()
    if os.environ.get("TERM"):
        for name, kind in [("www-browser", GenericBrowser), ("links", GenericBrowser), ("elinks", Elinks), ("lynx", GenericBrowser),
                           ("w3m", GenericBrowser)]:
            if shutil.which(name):
                register(name, None, kind(name))
    # The user's own choice comes first; a command line among it needs no name.
    for command in reversed(os.environ.get("BROWSER", "").split(os.pathsep)):
        if not command:
            continue
        made = _synthesize(command, preferred=True)
        if made[1] is None:
            _tryorder.insert(0, command)


def parse_args(arg_list):
    import argparse
    parser = argparse.ArgumentParser(description="Open URL in a web browser.", color=True)
    parser.add_argument("url", help="URL to open")
    group = parser.add_mutually_exclusive_group()
    group.add_argument("-n", "--new-window", action="store_const", const=1, default=0, dest="new_win", help="open new window")
    group.add_argument("-t", "--new-tab", action="store_const", const=2, default=0, dest="new_win", help="open new tab")
    return parser.parse_args(arg_list)


def main(arg_list=None):
    arguments = parse_args(arg_list)
    open(arguments.url, arguments.new_win)
    print("\a")


if __name__ == "__main__":
    main()

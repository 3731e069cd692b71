#!/usr/bin/env bash
# Try the two commands on a Debian 12 that has nothing on it: a debootstrap root in a temporary folder, a clone of
# this repository in it, ./x run examples/pagerank and ./x test, each twice. Needs root and debootstrap.
#   tools/fresh_debian.sh [--ccache DIR] [--keep] [--folder DIR] [COMMAND...]
# The root uses this machine's Debian mirror, certificates, proxies and npm configuration. With --ccache the
# compiler cache is lent to it, which shortens a repeated trial. COMMAND... replaces the default commands.
set -euo pipefail

usage() { sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }
repository=$(git -C "$(dirname "${BASH_SOURCE[0]}")" rev-parse --show-toplevel)
ccache= keep= folder=
while [ $# != 0 ]; do
    case $1 in
    --ccache) ccache=$2; shift 2 ;;
    --folder) folder=$2; shift 2 ;;
    --keep) keep=yes; shift ;;
    --help | -h) usage; exit ;;
    *) break ;;
    esac
done
if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then
    echo "fresh_debian: needs root, and the Debian package debootstrap" >&2
    exit 1
fi

folder=${folder:-$(mktemp -d /var/tmp/imugi-debian.XXXXXX)}
mkdir -p "$folder"
root=$folder/root
mounts=()
clean() {
    local index
    for ((index = ${#mounts[@]} - 1; index >= 0; index--)); do umount "${mounts[index]}" || true; done
    [ -n "$keep" ] || mountpoint -q "$root/proc" || rm -rf --one-file-system "$folder"
}
trap clean EXIT
bind() {
    mkdir -p "$root$2"
    mount --bind "$1" "$root$2"
    mounts+=("$root$2")
}

# The mirror that apt uses here for Debian's own suite.
mirror=$(apt-get indextargets --format '$(SITE)/ $(CODENAME) $(LABEL)' 'Created-By: Packages' |
    awk '$2 == "bookworm" && $3 == "Debian" { print $1; exit }')
if [ -z "$mirror" ]; then
    apt-get update -q
    mirror=$(apt-get indextargets --format '$(SITE)/ $(CODENAME) $(LABEL)' 'Created-By: Packages' |
        awk '$2 == "bookworm" && $3 == "Debian" { print $1; exit }')
fi
if [ ! -e "$root/etc/debian_version" ]; then
    echo "fresh_debian: debootstrap in $root"
    debootstrap --variant=minbase bookworm "$root" "$mirror" >"$folder/debootstrap.log" 2>&1 || {
        tail -5 "$folder/debootstrap.log" >&2
        exit 1
    }
fi

# How this machine reaches Debian and npm; other sources of packages stay behind.
rm -f "$root"/etc/apt/sources.list
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
    if [ -f "$file" ] && grep -q 'bookworm-updates' "$file"; then
        mkdir -p "$root/etc/apt/sources.list.d"
        cp "$file" "$root/etc/apt/sources.list.d/"
    fi
done
for file in /etc/apt/apt.conf /etc/apt/apt.conf.d/* /etc/apt/auth.conf /etc/apt/auth.conf.d/*; do
    if [ -f "$file" ] && grep -qiE 'proxy|machine|::ssl|verify|retries' "$file"; then
        install -D "$file" "$root$file"
    fi
done
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
# Copies: the package ca-certificates rewrites these files when it is installed.
for path in /etc/ssl/certs /usr/local/share/ca-certificates; do
    mkdir -p "$root$path"
    cp -rL "$path/." "$root$path/" 2>/dev/null || true
done
bind /proc /proc
bind /dev /dev
bind /dev/pts /dev/pts
bind /sys /sys
environment=(HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin CI=true)
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    [ -z "${!name:-}" ] || environment+=("$name=${!name}")
done
if [ -n "${NODE_EXTRA_CA_CERTS:-}" ]; then
    cp "$NODE_EXTRA_CA_CERTS" "$root/root/authorities.crt"
    environment+=("NODE_EXTRA_CA_CERTS=/root/authorities.crt")
fi
if command -v npm >/dev/null; then
    [ ! -f ~/.npmrc ] || cp ~/.npmrc "$root/root/.npmrc"
    environment+=("npm_config_registry=$(npm config get registry 2>/dev/null)")
    authority=$(npm config get cafile 2>/dev/null)
    if [ -f "$authority" ]; then
        cp "$authority" "$root/root/npm-authorities.crt"
        environment+=("npm_config_cafile=/root/npm-authorities.crt")
    fi
fi
if [ -n "$ccache" ]; then
    bind "$ccache" /root/.cache/ccache
    environment+=(CCACHE_DIR=/root/.cache/ccache CCACHE_NOHASHDIR=1)
fi

rm -rf "$root/root/imugi"
git clone -q --no-hardlinks "$repository" "$root/root/imugi"
if [ $# != 0 ]; then
    commands=("$*")
else
    commands=("./x run examples/pagerank" "./x run examples/pagerank" "./x test" "./x test -k language")
fi
for line in "${commands[@]}"; do
    echo "fresh_debian: \$ $line"
    started=$SECONDS
    status=0
    chroot "$root" env -i "${environment[@]}" bash -c "cd /root/imugi && $line" </dev/null || status=$?
    echo "fresh_debian: exit status $status after $((SECONDS - started)) s: $line"
    [ $status = 0 ] || exit $status
done

#!/usr/bin/env bash
# npm test: installs the Debian packages that the real-server tests need, builds, and runs every test.
# With arguments, runs the tests whose paths match them, e.g. npm test -- test/report
set -euo pipefail
cd "$(dirname "$0")/.."

# program, or an absolute path:Debian package
needed=(
  /usr/sbin/nginx:nginx-light
  /usr/sbin/rabbitmq-server:rabbitmq-server
  /usr/lib/postgresql:postgresql
  /usr/bin/chromium:chromium
  /usr/bin/openssl:openssl
  /usr/bin/bzip2:bzip2
  /usr/bin/xz:xz-utils
  /usr/bin/zstd:zstd
  /usr/bin/zip:zip
  /usr/bin/python3:python3
)

missing=()
for entry in "${needed[@]}"; do
  [ -e "${entry%%:*}" ] || missing+=("${entry##*:}")
done
if [ ${#missing[@]} -gt 0 ]; then
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  if command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || command -v sudo >/dev/null; }; then
    echo "installing ${missing[*]}"
    # Installing a server must not start it: the tests run their own, on their own ports.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
      printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
      "${as_root[@]}" chmod +x "$policy"
      trap '"${as_root[@]}" rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "cannot install ${missing[*]} (no apt-get, or neither root nor sudo): tests that need them will be skipped" >&2
  fi
fi
if [ -e /usr/sbin/nginx ] && [ -e /usr/sbin/rabbitmq-server ] && [ -e /usr/lib/postgresql ] && [ -e /usr/bin/chromium ]; then
  export CFY_AUDIT_REQUIRE_SERVERS=1
fi

npm run --silent build
npx --no-install jest "$@"

# judge.sh PATH NEW [SITE]
# Whether nginx would start with the file NEW as PATH, which is below /etc/nginx: asked of nginx itself, with a copy of
# its whole configuration. A file alone says nothing about names that two files claim. When the name of a site is given,
# nginx must also read the file and take it for that site: of two with one name it takes the first, and only warns. And
# its ports must be free: where another program listens a reload changes nothing, with success.
set -eu
umask 077
copy=$(mktemp -d)
trap 'rm -rf -- "$copy"' EXIT
cp -rL -- /etc/nginx "$copy/nginx"
cp -- "$2" "$copy/nginx/${1#/etc/nginx/}"
find "$copy/nginx" -type f -exec sed -i "s#/etc/nginx/#$copy/nginx/#g" {} +
really() { sed "s#$copy/nginx/#/etc/nginx/#g" "$@"; }
if ! nginx -T -c "$copy/nginx/nginx.conf" >"$copy/read" 2>"$copy/said"; then
  really "$copy/said" | grep -v -e '\[warn\]' -e 'test failed$' >&2
  exit 1
fi
if grep -q '^ *listen ' "$2"; then
  others=$(ss -Hltnp '( sport = :80 or sport = :443 )' | grep -v '"nginx"' || true)
  if [ -n "$others" ]; then
    printf 'Another program listens on port 80 or 443. Stop it, or move it:\n%s\n' "$others" >&2
    exit 1
  fi
fi
[ -n "${3-}" ] || exit 0
if ! really "$copy/read" | grep -qxF "# configuration file $1:"; then
  echo "/etc/nginx/nginx.conf does not include $1. Put Debian's include lines back into it." >&2
  exit 1
fi
if grep -qF "conflicting server name \"$3\"" "$copy/said"; then
  echo "Another file has a site of the name $3 already. Remove it from these:" >&2
  really "$copy/read" | sed -n 's/^# configuration file \(.*\):$/\1/p' | sort -u |
    while read -r file; do
      if [ "$file" != "$1" ] && [ -f "$file" ] && grep -qwF -- "$3" "$file"; then echo "$file" >&2; fi
    done
  exit 1
fi

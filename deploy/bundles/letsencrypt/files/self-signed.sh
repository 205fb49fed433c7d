# self-signed.sh NAME FOLDER SUBJECT_ALTERNATIVE_NAME
# A certificate that nobody believes, so that a web server can start before there is a real one.
set -eu
umask 077
mkdir -p -- "$2"
new=$(mktemp -d -- "$2/.new-XXXXXXXX")
trap 'rm -rf -- "$new"' EXIT
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 825 \
  -subj "/CN=$1" -addext "subjectAltName=$3" -addext basicConstraints=critical,CA:false \
  -keyout "$new/privkey.pem" -out "$new/fullchain.pem" 2>"$new/errors" || {
  cat -- "$new/errors" >&2
  exit 1
}
rm -f -- "$new/errors"
sync -- "$new/privkey.pem" "$new/fullchain.pem"
rm -rf -- "$2/self-signed"
mv -T -- "$new" "$2/self-signed"
ln -sfT -- self-signed "$2/.current"
mv -fT -- "$2/.current" "$2/current"

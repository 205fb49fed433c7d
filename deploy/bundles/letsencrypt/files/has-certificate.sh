# has-certificate.sh NAME FOLDER
# Whether there is a certificate to serve. One from an authority is certbot's to renew; ours is when a month is left.
[ -s "$2/current/fullchain.pem" ] && [ -s "$2/current/privkey.pem" ] || exit 1
[ "$(readlink -- "$2/current")" != self-signed ] ||
  openssl x509 -noout -checkend 2592000 -in "$2/current/fullchain.pem" >/dev/null

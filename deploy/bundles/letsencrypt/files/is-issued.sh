# is-issued.sh NAME FOLDER DIRECTORY EMAIL WEBROOT HOOK UNIT
# Whether the certificate that is served comes from this ACME directory, is renewed from there, and UNIT told of it.
[ "$(readlink -- "$2/current")" = "/etc/letsencrypt/live/$1" ] &&
  [ -s "$2/current/fullchain.pem" ] && [ -s "$2/current/privkey.pem" ] &&
  grep -qxF "server = $3" "/etc/letsencrypt/renewal/$1.conf" &&
  grep -qxF "renew_hook = $6 $2 $7" "/etc/letsencrypt/renewal/$1.conf"

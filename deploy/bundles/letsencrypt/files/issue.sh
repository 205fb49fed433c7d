# issue.sh NAME FOLDER DIRECTORY EMAIL WEBROOT HOOK UNIT MORE…
# Has certbot get a certificate, and then the web server serve it. What an earlier run was killed after isn't asked for
# again: authorities count. MORE are further options of certbot's.
set -eu
name=$1 folder=$2 directory=$3 email=$4 webroot=$5 hook=$6 unit=$7
shift 7
live=/etc/letsencrypt/live/$name renewal=/etc/letsencrypt/renewal/$name.conf
if ! { [ -s "$live/fullchain.pem" ] && grep -qxF "server = $directory" "$renewal" &&
  grep -qxF "renew_hook = $hook $folder $unit" "$renewal"; }; then
  if [ -n "$email" ]; then set -- "$@" --email "$email" --no-eff-email
  else set -- "$@" --register-unsafely-without-email; fi
  # Also where the old one is good for long: it is another authority's, or nobody is told when it is renewed.
  if [ -e "$renewal" ]; then set -- "$@" --force-renewal; fi
  # A second certbot ends at once; a renewal by the timer takes some seconds.
  while [ "$(systemctl is-active certbot.service)" = activating ]; do sleep 1; done
  certbot certonly --non-interactive --agree-tos --cert-name "$name" --domain "$name" --server "$directory" \
    --webroot --webroot-path "$webroot" --deploy-hook "$hook $folder $unit" "$@"
fi
[ "$(readlink -- "$folder/current")" = "$live" ] || RENEWED_LINEAGE=$live "$hook" "$folder" "$unit"

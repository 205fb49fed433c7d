# Puts the application back to the version before: its link, and the database where nobody has written since, or where
# it was migrated and that loss was accepted. In /var/lib/left4me/app. Repeated, it does nothing.
set -eu
find_way_back

systemctl stop "$web"
# Should one of these fail, what is there is better than nothing.
trap 'systemctl start --no-block "$web"' EXIT
if [ "$from" = unproven ] || [ -e "$from/migrated" ]; then put_back_database "$from/database"; fi
ln -sfnT "$(cat "$from/previous")" .current.new
mv -fT .current.new current
rm -rf "$KEPT/taken-back"
mv -T "$from" "$KEPT/taken-back"
trap - EXIT

/**
 * What a host is told, by a shell as root, once its drop-ins are written: they count from then on for what runs already,
 * too. `systemctl daemon-reload` alone only takes note of them: systemd (257, measured) writes a control group's settings
 * when something is started in it. Idempotent; stops nothing.
 */
export const applySlicesCommand =
  'systemctl daemon-reload && for slice in l4d2-game.slice l4d2-build.slice system.slice user.slice; do systemd-run --quiet --wait --collect --slice=$slice true || exit; done' as const

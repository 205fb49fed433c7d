// Runs before the first paint, so that a chosen theme never flashes. A file of its own because the
// Content-Security-Policy forbids inline scripts. The key is written by src/ui/theme.ts.
try {
  const theme = localStorage.getItem('left4me.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage is forbidden: the system's theme it is.
}

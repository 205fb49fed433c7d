/** What Node is started with so that it writes a CPU profile into `folder` when it ends; nothing without a folder. */
export function profileArguments(folder: string | null): string[] {
  return folder === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`]
}

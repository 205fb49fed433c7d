import { ProtocolError } from '../protocol-error.ts'

/** The dedicated server of Left 4 Dead 2. */
export const dedicatedServerAppId = 222_860
/** The game itself: what workshop items belong to. */
export const gameAppId = 550

/**
 * The runs of steamcmd that install or update the server into `directory`, each as its arguments.
 *
 * `two-platforms`: since November 2024 the Linux files are not given to anonymous logins directly, but are when the same
 * folder was installed for Windows before. The next run may start only when the one before it succeeded. Each run sets its platform before it logs in, and
 * the folder before that, as steamcmd demands.
 */
export function steamcmdInstallRuns(options: {
  readonly directory: string
  readonly way: 'linux' | 'two-platforms'
  /** Checks every file and restores changed ones; slower. */
  readonly validate: boolean
}): string[][] {
  const { directory, way, validate } = options
  if (!directory.startsWith('/') || /["\u0000-\u001f]/.test(directory)) {
    throw new ProtocolError(
      'bad-input',
      'steamcmd needs an absolute path without quotes and control characters.',
    )
  }
  const run = (platform: string | null, validated: boolean) => [
    ...(platform === null ? [] : ['+@sSteamCmdForcePlatformType', platform]),
    '+force_install_dir',
    directory,
    '+login',
    'anonymous',
    '+app_update',
    String(dedicatedServerAppId),
    ...(validated ? ['validate'] : []),
    '+quit',
  ]
  // Validating under the foreign platform may fail, so that only the last run does it.
  return way === 'linux' ? [run(null, validate)] : [run('windows', false), run('linux', true)]
}

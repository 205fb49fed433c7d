import { parseOverlayId, parseScriptName } from '../arguments/names.ts'
import { hostPaths, serviceUserId } from '../host-paths.ts'
import { replaceProcess } from '../program/replace-process.ts'
import { programs } from '../program/run-command.ts'
import { runProgram, UsageError } from '../program/run-program.ts'
import { writeLine } from '../program/write-line.ts'
import { formatScriptReport, type ScriptReport } from '../reports/script-report.ts'
import { scriptPlaces } from '../sandbox/script-places.ts'

const usage = 'usage: left4me-script-sandbox OVERLAY_ID SCRIPT | left4me-script-sandbox cancel OVERLAY_ID'

/**
 * What the helper becomes: a shell beside systemd-run. The script's stderr, and systemd-run's, go to stdout: on stderr
 * stands nothing but the report. By a FIFO of the service user's: scripts open /dev/stderr, which works neither with the
 * caller's socket nor with a pipe of root's. When systemd-run ends nobody of the script is left, so that what it said is
 * soon read to its end. Not so if it gave the FIFO to somebody outside, through a socket: nobody waits for them.
 */
const runAndReport = `
  helper=$1 id=$2 output=$3 owner=$4
  shift 4
  /usr/bin/mkfifo --mode=0600 "$output" && /usr/bin/chown "$owner" "$output" && {
    /usr/bin/cat <"$output" &
    reader=$!
    "$@" </dev/null >"$output" 2>&1
    /usr/bin/timeout 10 /usr/bin/tail --pid="$reader" --sleep-interval=0.1 --follow /dev/null || kill "$reader"
    wait
  }
  exec "$helper" report "$id"`

await runProgram(async ([first = '', second = '', ...rest]) => {
  if (rest.length > 0) throw new UsageError(usage)
  const verbs = ['cancel', 'attach', 'detach', 'report']
  const overlayId = parseOverlayId(verbs.includes(first) ? second : first)
  if (overlayId === null) throw new UsageError(usage)
  switch (first) {
    case 'cancel':
      return (await import('../sandbox/cancel-script.ts')).cancelScript(hostPaths, overlayId)
    // The three below are the unit's and the shell's own; sudo doesn't let the service user call them.
    case 'attach':
      return (await import('../sandbox/attach-draft.ts')).attachDraft(hostPaths, overlayId)
    case 'detach':
      return (await import('../sandbox/detach-draft.ts')).detachDraft(hostPaths, overlayId)
    case 'report': {
      const { reportScript } = await import('../sandbox/report-script.ts')
      return finish(reportScript(hostPaths, overlayId))
    }
  }
  const scriptName = parseScriptName(second)
  if (scriptName === null) throw new UsageError(usage)
  const { prepareScript } = await import('../sandbox/start-script.ts')
  const { refuseScript } = await import('../sandbox/script-result.ts')
  let words: string[]
  try {
    words = prepareScript(hostPaths, overlayId, scriptName)
  } catch (error) {
    return finish(refuseScript(error))
  }
  const helper = `${hostPaths.helpers}/left4me-script-sandbox`
  const { output } = scriptPlaces(hostPaths, overlayId)
  const shellWords = [helper, overlayId, output, `${serviceUserId}:${serviceUserId}`]
  replaceProcess(programs.shell, [
    '-c',
    runAndReport,
    'left4me-script',
    ...shellWords,
    programs.systemdRun,
    ...words,
  ])
})

/** Exit code 0: the script succeeded. 1: it didn't, or didn't begin; the report says which. */
function finish(report: ScriptReport): void {
  writeLine(formatScriptReport(report))
  process.exitCode = report.outcome === 'succeeded' ? 0 : 1
}

import { problemOfReason, problemOfState, type SteamcmdProblem, steamcmdProblem } from './problem.ts'
import { readLocaleNumber, type SteamcmdState, steamcmdState } from './progress.ts'

/** One line of steamcmd's output. */
export type SteamcmdLine =
  | {
      readonly kind: 'state'
      readonly state: SteamcmdState
      /** 0 to 1 within the state; null where there is nothing to count. */
      readonly fraction: number | null
      readonly doneBytes: number
      readonly totalBytes: number
    }
  | { readonly kind: 'self-update'; readonly step: string; readonly fraction: number | null }
  | { readonly kind: 'self-updated' }
  | { readonly kind: 'loaded' }
  | { readonly kind: 'logged-in' }
  | { readonly kind: 'success'; readonly appId: number; readonly upToDate: boolean }
  | { readonly kind: 'failure'; readonly appId: number | null; readonly problem: SteamcmdProblem }
  | { readonly kind: 'item-success'; readonly itemId: string; readonly path: string; readonly bytes: number }
  | { readonly kind: 'item-failure'; readonly itemId: string; readonly problem: SteamcmdProblem }

/** null for what says nothing about how the run goes. Escape sequences and a prompt before the text don't matter. */
export function readSteamcmdLine(line: string): SteamcmdLine | null {
  const text = line
    .replace(/\u001b\[[0-9;?]{0,20}[A-Za-z]/g, '')
    .replace(/^(?:Steam>)+/, '')
    .trimEnd()
  switch (text.trimStart().charAt(0)) {
    case 'U':
      return readState(text)
    case '[':
      return readSelfUpdate(text)
    case 'S':
      return readSuccess(text)
    default:
      return readFailure(text) ?? readLogin(text)
  }
}

function readState(text: string): SteamcmdLine | null {
  const parts =
    /^\s*Update state \(0x([0-9a-fA-F]{1,8})\) [^,]{1,60}, progress: (-?[\d.,]{1,12}|-?nan) \(([\d.,]{1,24}) \/ ([\d.,]{1,24})\)$/.exec(
      text,
    )
  if (parts === null) return null
  const doneBytes = readLocaleNumber(parts[3] ?? '', true)
  const totalBytes = readLocaleNumber(parts[4] ?? '', true)
  const percent = readLocaleNumber(parts[2] ?? '', false)
  return {
    kind: 'state',
    state: steamcmdState(Number.parseInt(parts[1] ?? '', 16)),
    fraction: stateFraction(doneBytes, totalBytes, percent),
    doneBytes,
    totalBytes,
  }
}

/** The bytes say it more exactly than the percentage, and need no decimal sign. */
function stateFraction(done: number, total: number, percent: number): number | null {
  if (total > 0) return Math.min(1, done / total)
  return percent > 0 ? Math.min(1, percent / 100) : null
}

function readSelfUpdate(text: string): SteamcmdLine | null {
  const parts = /^\s*\[(?: *(\d{1,3})%|-{2,6})\] (.{1,200})$/.exec(text)
  const step = parts?.[2]
  if (step === undefined) return null
  if (step.startsWith('Update complete')) return { kind: 'self-updated' }
  return {
    kind: 'self-update',
    step,
    fraction: parts?.[1] === undefined ? null : Math.min(1, Number(parts[1]) / 100),
  }
}

function readSuccess(text: string): SteamcmdLine | null {
  const app = /^Success! App '(\d{1,10})' (fully installed|already up to date)\.?$/.exec(text)
  if (app?.[1] !== undefined) {
    return { kind: 'success', appId: Number(app[1]), upToDate: app[2] !== 'fully installed' }
  }
  const item = /^Success\. Downloaded item (\d{1,20}) to "(.{1,4096})" \(([\d.,]{1,24}) bytes\)/.exec(text)
  if (item?.[1] === undefined || item[2] === undefined) return null
  return {
    kind: 'item-success',
    itemId: item[1],
    path: item[2],
    bytes: readLocaleNumber(item[3] ?? '', true),
  }
}

function readLogin(text: string): SteamcmdLine | null {
  if (/^Loading Steam API\.\.\.OK$/.test(text)) return { kind: 'loaded' }
  if (/^Connecting anonymously to Steam Public\.\.\.(?:OK|Logged in OK)$/.test(text))
    return { kind: 'logged-in' }
  if (/^Logging in user .{1,200}\.\.\.(?:OK|Logged in OK)$/.test(text)) return { kind: 'logged-in' }
  return null
}

function readFailure(text: string): SteamcmdLine | null {
  const install = /^ERROR! Failed to (?:install|update)(?: app '(\d{1,10})')?(?: \((.{0,200})\))?/.exec(text)
  if (install !== null) {
    const appId = install[1] === undefined ? null : Number(install[1])
    return { kind: 'failure', appId, problem: problemOfReason(install[2] ?? '') }
  }
  // Older versions name no app.
  const state = /^Error! (?:App '(\d{1,10})' )?State is (?:is )?0x([0-9a-f]{1,8}) after update job\.?$/i.exec(
    text,
  )
  if (state?.[2] !== undefined) {
    const appId = state[1] === undefined ? null : Number(state[1])
    return { kind: 'failure', appId, problem: problemOfState(Number.parseInt(state[2], 16)) }
  }
  return readItemFailure(text) ?? readLoginFailure(text)
}

function readItemFailure(text: string): SteamcmdLine | null {
  const timeout = /^ERROR! Timeout downloading item (\d{1,20})/.exec(text)
  if (timeout?.[1] !== undefined) {
    return { kind: 'item-failure', itemId: timeout[1], problem: steamcmdProblem('item-timeout') }
  }
  const failed = /^ERROR! Download item (\d{1,20}) failed \((.{0,200})\)/.exec(text)
  if (failed?.[1] === undefined) return null
  return { kind: 'item-failure', itemId: failed[1], problem: problemOfReason(failed[2] ?? '') }
}

function readLoginFailure(text: string): SteamcmdLine | null {
  if (/rate limit exceeded/i.test(text)) {
    return { kind: 'failure', appId: null, problem: steamcmdProblem('rate-limited') }
  }
  const login =
    /^(?:(?:ERROR|FAILED)[! (]{1,3}|Login Failure: )(.{0,200})$/i.exec(text) ??
    /\.\.\.(?:FAILED|ERROR) \((.{0,200})\)$/.exec(text)
  if (login !== null) {
    const reason = (login[1] ?? '').replace(/\)$/, '')
    const problem = text.startsWith('Login') ? steamcmdProblem('login-failed', reason) : loginProblem(reason)
    return { kind: 'failure', appId: null, problem }
  }
  if (/^Please use force_install_dir before logon!?$/.test(text)) {
    return { kind: 'failure', appId: null, problem: steamcmdProblem('install-dir-order') }
  }
  return null
}

function loginProblem(reason: string): SteamcmdProblem {
  const known = problemOfReason(reason)
  return known.code === 'failed' && /log[io]n|password|account|guard|connect/i.test(reason)
    ? steamcmdProblem('login-failed', reason)
    : known
}

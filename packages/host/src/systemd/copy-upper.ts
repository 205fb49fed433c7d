import { type ChildProcess, spawn } from 'node:child_process'
import { pipeline } from 'node:stream'
import { HostError } from '../host-error.ts'
import { emptyUpper } from './upper-folder.ts'

const tar = '/usr/bin/tar'
const complaintLimit = 2000

/**
 * Copies an upper with everything that overlayfs keeps in it (whiteouts are character devices 0:0, opaque folders have
 * an attribute) into another one that isn't mounted, whatever was there. The source may belong to a running game that
 * swaps folders for links while they are read: GNU tar opens each name relative to its folder's descriptor and with
 * O_NOFOLLOW, so that it never leaves the tree. After a failure the target is empty.
 */
export async function copyUpper(from: string, to: string, signal: AbortSignal): Promise<void> {
  await emptyUpper(to)
  try {
    await runTar(from, to, signal)
  } catch (error) {
    await emptyUpper(to)
    throw error
  }
}

async function runTar(from: string, to: string, signal: AbortSignal): Promise<void> {
  const options = { env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' }, cwd: '/' }
  const attributes = ['--xattrs', '--xattrs-include=user.*', '--no-selinux', '--no-acls', '--numeric-owner']
  const reader = spawn(tar, ['--create', '--sparse', ...attributes, `--directory=${from}`, '.'], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const writer = spawn(
    tar,
    ['--extract', '--same-permissions', '--delay-directory-restore', ...attributes, `--directory=${to}`],
    { ...options, stdio: ['pipe', 'ignore', 'pipe'] },
  )
  // One that breaks off ends the other one too, and is the one that says why.
  pipeline(reader.stdout, writer.stdin, () => undefined)
  const cancel = () => {
    reader.kill('SIGKILL')
    writer.kill('SIGKILL')
  }
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  const [read, written] = await Promise.all([ended(reader), ended(writer)]).finally(() =>
    signal.removeEventListener('abort', cancel),
  )
  if (signal.aborted) throw new HostError('cancelled', "Copying the server's files was cancelled.")
  // 1: something changed while it was read, as a running game's files may.
  if (read.code <= 1 && written.code === 0) return
  const said = `${written.said} ${read.said}`.trim()
  if (/No space left|quota exceeded/i.test(said))
    throw new HostError('disk-full', "The server's files could not be copied: the disk is full.", {
      remedy: 'Free space on the disk of the data directory.',
    })
  throw new HostError('file-refused', `The server's files could not be copied. ${said}`.trim(), {
    remedy: 'Reset the server, or the one whose files are copied.',
  })
}

async function ended(child: ChildProcess): Promise<{ code: number; said: string }> {
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(0, complaintLimit)
  })
  const { promise, resolve } = Promise.withResolvers<number>()
  child.once('error', error => {
    said = `${tar} can't be started (${error.message}).`
    resolve(127)
  })
  child.once('close', code => resolve(code ?? 137))
  return { code: await promise, said: said.trim() }
}

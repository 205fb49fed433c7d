import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { action, type Bundle, defineBundle, defineNode, file } from '@left4me/converge'
import { deployProgram } from '../deploy/deploy-program.ts'
import type { Deployment } from '../deploy/deployment.ts'
import { run } from '../run.ts'
import type { CliResult } from './run-cli.ts'

/** What is said of a step every ten seconds. */
export const slowStep = / is at work for \d+ s$/

export interface DeployScene extends AsyncDisposable {
  /** Holds `nodes`, what hosts get, and the engine's state. */
  readonly folder: string
  readonly greeting: string
  writeNode(name: string, text: string): Promise<void>
  /**
   * Runs `left4me-deploy` with hosts whose only bundle writes `greeting` into a file of the scene. `remarks` has none of
   * a step that takes long, of which there is one on a machine that is slow enough.
   */
  run(words: readonly string[], changes?: Partial<Deployment>): Promise<CliResult & { remarks: string[] }>
}

/** A deployment whose hosts are this machine, and change nothing outside a temporary folder. */
export async function openDeployScene(): Promise<DeployScene> {
  const folder = await mkdtemp(join(tmpdir(), 'left4me-deploy-'))
  const greeting = join(folder, 'greeting')
  const bundle: Bundle = greetingBundle(greeting)
  const nodesFolder = join(folder, 'nodes')
  await mkdir(nodesFolder)
  return {
    folder,
    greeting,
    writeNode: (name, text) => writeFile(join(nodesFolder, `${name}.ts`), text),
    run: async (words, changes = {}) => {
      const [stdout, stderr, remarks]: [string[], string[], string[]] = [[], [], []]
      const deployment: Deployment = {
        nodesFolder,
        makeNode: (name, { metadata, facts }) =>
          defineNode({ name, bundles: [bundle], metadata, ...(facts === undefined ? {} : { facts }) }),
        remark: text => {
          if (!slowStep.test(text)) remarks.push(text)
        },
        showStep: null,
        colours: false,
        signal: new AbortController().signal,
        stateFolder: join(folder, 'state'),
        ...changes,
      }
      const exitCode = await run(
        words,
        deployProgram(deployment),
        {
          environment: {},
          write: text => void stdout.push(text),
          askSecret: () => Promise.reject(new Error('nobody is asked')),
        },
        text => void stderr.push(text),
      )
      return { exitCode, stdout: stdout.join(''), stderr: stderr.join(''), remarks }
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

function greetingBundle(path: string): Bundle {
  return defineBundle({
    name: 'greeting',
    facts: [{ path: 'host/word', script: 'echo probed', parse: output => output.trim() }],
    defaults: { greeting: { text: 'hello' } },
    items: metadata => {
      const { greeting, host } = metadata as {
        /**
         * `answered`: a file that an action makes, and of which a rollback says that it would be lost, or that there is
         * no way back at all while a file with the ending `.final` is beside it.
         */
        greeting: { text: string; answered?: string }
        host?: { word?: string }
      }
      const greetings = file(path, {
        content: `${greeting.text}\n${host?.word ?? 'unknown'}\n`,
        mode: '0644',
      })
      if (greeting.answered === undefined) return [greetings]
      const answer = action('answer', {
        command: 'touch "$1"',
        arguments: [greeting.answered],
        unless: '[ -e "$1" ]',
        undo: {
          possible: `[ ! -e "$1.final" ] || { echo "There is no way back."; exit 1; }
[ -n "$ACCEPT_LOSS" ] || { echo "The answer would be lost."; exit 1; }`,
          command: 'rm "$1"',
        },
      })
      return [greetings, answer]
    },
  })
}

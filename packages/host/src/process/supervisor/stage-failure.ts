import { readFileSync } from 'node:fs'
import { HostError } from '../../host-error.ts'
import { explainNamespaceFailure } from '../kernel-support.ts'

/** What went wrong in a stage that ended before it executed the program, out of what it said. `upper`: where the upper is. */
export function describeStageFailure(text: string, upper: string): HostError {
  const steps = text.split('\n')
  const lastStep = steps.findLastIndex(line => line.startsWith('left4me-stage: '))
  const step = lastStep < 0 ? 'namespaces' : (steps[lastStep] ?? '').slice('left4me-stage: '.length)
  const said = steps
    .slice(lastStep + 1)
    .filter(line => line.trim() !== '' && !line.includes('dmesg(1)'))
    .join(' ')
    .slice(0, 500)
  return describeStep(step, said, upper)
}

function describeStep(step: string, said: string, upper: string): HostError {
  const quoted = said === '' ? '' : ` It said: ${said}`
  switch (step) {
    case 'program':
      return new HostError(
        'not-installed',
        'srcds_run is missing from the merged layers, or not executable.',
        {
          remedy: 'Update the installation, and reset the server if its own files hide srcds_run.',
        },
      )
    case 'overlay':
      return new HostError('mount-failed', `The layers could not be mounted.${quoted}`, {
        remedy: explainNamespaceFailure(readSystemFile, upper) ?? remedyOfOverlay(said),
      })
    case 'prepare':
      return new HostError('start-failed', `The server's folder could not be prepared.${quoted}`, {
        remedy: 'See that the disk of the data directory has room and may be written.',
      })
    case 'terminal':
      return new HostError('start-failed', `The program could not be executed.${quoted}`, {
        remedy: 'Install the packages util-linux and bsdutils.',
      })
    default:
      return new HostError(
        'mount-failed',
        `This machine's kernel refused namespaces or mounts (${step}).${quoted}`,
        {
          remedy:
            explainNamespaceFailure(readSystemFile, upper) ??
            'Allow unprivileged user namespaces on this machine, or run left4me as root.',
        },
      )
  }
}

function remedyOfOverlay(said: string): string {
  if (/no space/i.test(said)) return 'Free space on the disk of the data directory.'
  return 'Put the data directory (LEFT4ME_ROOT) on ext4, xfs or btrfs.'
}

function readSystemFile(path: string): string | null {
  try {
    return readFileSync(path, 'latin1').trim()
  } catch {
    return null
  }
}

import { nodeInside, repositoryInside, sshConfigInside } from './bench-container.ts'

/** A way to apply the workload to `target`, as a command in the container. */
export interface Tool {
  readonly name: string
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

const others = `${repositoryInside}/bench/deploy/others`

/** One connection for all that a tool starts. */
const shared = '-o ControlMaster=auto -o ControlPersist=60 -o ControlPath=/root/.ssh/shared-%C'

export const left4me: Tool = {
  name: 'left4me',
  command: [nodeInside, `${repositoryInside}/bench/deploy/workload-program.ts`],
  environment: { BENCH_SSH_CONFIG: sshConfigInside },
}

/** Each as fast as its own settings make it. */
export const otherTools: readonly Tool[] = [
  {
    name: 'BundleWrap',
    // It writes into its repository.
    command: [
      'sh',
      '-c',
      `rm -rf /root/bw && cp -r ${others}/bundlewrap /root/bw && cd /root/bw && bw apply target`,
    ],
    environment: { BW_SSH_ARGS: shared, BW_SCP_ARGS: shared, BW_TABLE_STYLE: 'ascii' },
  },
  {
    name: 'Ansible',
    command: ['ansible-playbook', '-i', `${others}/ansible/inventory`, `${others}/ansible/site.yml`],
    environment: { ANSIBLE_PIPELINING: '1', ANSIBLE_SSH_ARGS: shared, ANSIBLE_NOCOLOR: '1' },
  },
]

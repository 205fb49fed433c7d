import type { Bed } from './bed.ts'
import type { Guard } from './guarded.ts'

/**
 * A guard that is a directive of a unit: `replacement` (whole lines of a unit file, `[Service]` unless it names another
 * section) takes its place by a drop-in that sorts after all others. A unit that runs already keeps what it has, so the
 * probe has to start it.
 */
export function directive(name: string, unit: string, replacement: string): Guard {
  return {
    name,
    off: async bed => {
      const folder = `/run/systemd/system/${unit}.d`
      const path = `${folder}/zzz-without-guard.conf`
      const text = replacement.startsWith('[') ? replacement : `[Service]\n${replacement}`
      await bed.write(path, `${text}\n`)
      await bed.succeed('systemctl daemon-reload')
      return {
        [Symbol.asyncDispose]: async () => {
          await bed.succeed(
            `rm -f ${path}; rmdir --ignore-fail-on-non-empty ${folder}; systemctl daemon-reload`,
          )
        },
      }
    },
  }
}

/**
 * A guard that is a check in a file which root runs or reads: an edited copy is bound over it. Rejects when `edit` changes
 * nothing, so that a check which was renamed can't be switched off in name only.
 */
export function check(name: string, path: string, edit: (text: string) => string): Guard {
  return { name, off: bed => bindOver(bed, path, edit) }
}

async function bindOver(bed: Bed, path: string, edit: (text: string) => string): Promise<AsyncDisposable> {
  const real = await bed.succeed(`realpath -e ${path}`)
  const original = `${await bed.succeed(`cat ${real}`)}\n`
  const edited = edit(original)
  if (edited === original)
    throw new Error(`the guard isn't where it is looked for: ${real} was left as it is`)
  const mode = await bed.succeed(`stat -c %a ${real}`)
  const copy = `/run/left4me-without-guard${real}`
  await bed.write(copy, edited, Number.parseInt(mode, 8))
  await bed.succeed(`mount --bind ${copy} ${real}`)
  return {
    [Symbol.asyncDispose]: async () => {
      await bed.succeed(`umount ${real}; rm ${copy}`)
    },
  }
}

/** A guard that is a whole file of a unit's directives: it is emptied. */
export function wholeDropIn(name: string, path: string): Guard {
  return {
    name,
    off: async bed => {
      const bound = await bindOver(bed, path, () => '[Service]\n')
      await bed.succeed('systemctl daemon-reload')
      return {
        [Symbol.asyncDispose]: async () => {
          await bound[Symbol.asyncDispose]()
          await bed.succeed('systemctl daemon-reload')
        },
      }
    },
  }
}

/** A guard that is the ownership of a file or folder of root's: it is given to `user`. */
export function owner(path: string, user: string): Guard {
  return {
    name: `root as the owner of ${path}`,
    off: async bed => {
      await bed.succeed(`[ "$(stat -c %u ${path})" = 0 ] && chown ${user} ${path}`)
      return {
        [Symbol.asyncDispose]: async () => {
          await bed.succeed(`chown root ${path}`)
        },
      }
    },
  }
}

/** Several guards that must all be away before the attempt succeeds: defence in depth. */
export function all(guards: readonly Guard[]): Guard {
  return {
    name: guards.map(guard => guard.name).join(' and '),
    off: async bed => {
      await using stack = new AsyncDisposableStack()
      for (const guard of guards) stack.use(await guard.off(bed))
      return stack.move()
    },
  }
}

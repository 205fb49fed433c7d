import { answerParent } from '../measured-program.ts'

await answerParent(async ({ say }: { say: string }) => {
  if (say === 'throw') throw new Error('thrown there')
  if (say === 'exit') process.exit(3)
  if (say === 'nothing') await new Promise(() => undefined)
  return { pid: process.pid, said: say }
})

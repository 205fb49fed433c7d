import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds serious or critical on the page as it is, one line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // Evaluated by the debugger, so that the page's content security policy doesn't forbid it.
  await page.evaluate(axeSource)
  const results: unknown = await page.evaluate('axe.run()')
  return findings(results)
}

function findings(results: unknown): string[] {
  if (!hasViolations(results)) throw new Error('axe gave no result')
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(described).join('; ')})`)
}

function described({ target, failureSummary }: AxeNode): string {
  const reason = failureSummary.split('\n').slice(1).join(' ').trim()
  return `${target.join(' ')}: ${reason}`
}

interface AxeNode {
  target: string[]
  failureSummary: string
}

interface AxeResults {
  violations: { id: string; impact: string; help: string; nodes: AxeNode[] }[]
}

function hasViolations(results: unknown): results is AxeResults {
  return typeof results === 'object' && results !== null && 'violations' in results
}

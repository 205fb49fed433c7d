import { english, type Messages } from './english.ts'

/**
 * All texts of the application. Another language is one more file of the type `Messages`, named here by its tag
 * (BCP 47, the primary subtag).
 */
const languages: Readonly<Record<string, Messages>> = { en: english }

/** The first of the wished languages that there is, else English. */
export function chooseLanguage(wished: readonly string[], available: readonly string[]): string {
  for (const tag of wished) {
    const primary = tag.toLowerCase().split('-')[0] ?? ''
    if (available.includes(primary)) return primary
  }
  return 'en'
}

export const language = chooseLanguage(globalThis.navigator?.languages ?? [], Object.keys(languages))
export const messages: Messages = languages[language] ?? english

import { useState } from 'react'

/** Copies a text; says so in place and to a screen reader. */
export function useCopied(): [copied: boolean, copy: (text: string) => void] {
  const [copied, setCopied] = useState(false)
  const copy = (text: string) => {
    void writeClipboard(text).then(done => {
      if (!done) return
      setCopied(true)
      setTimeout(() => setCopied(false), 1600)
    })
  }
  return [copied, copy]
}

/** The clipboard interface exists only over HTTPS and on localhost; elsewhere the old way through a selection. */
async function writeClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.setAttribute('readonly', '')
    area.style.position = 'fixed'
    area.style.opacity = '0'
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    return done
  }
}

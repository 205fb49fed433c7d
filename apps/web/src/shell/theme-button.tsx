import { Monitor, Moon, Sun } from 'lucide-react'
import { messages } from '../messages/messages.ts'
import { Button } from '../ui/button.tsx'
import { setTheme, themes, useTheme } from '../ui/theme.ts'

const icons = { system: Monitor, light: Sun, dark: Moon }

/** Goes through the themes; its name says which one holds now. */
export function ThemeButton() {
  const theme = useTheme()
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system'
  return (
    <Button kind="quiet" icon={icons[theme]} iconOnly onClick={() => setTheme(next)}>
      {`${messages.theme.label}: ${messages.theme[theme]}`}
    </Button>
  )
}

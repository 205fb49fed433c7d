import { shortcuts } from '../keyboard/keyboard-map.ts'
import { messages } from '../messages/messages.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Row, Stack } from '../ui/layout.tsx'
import { Key, Text } from '../ui/text.tsx'

export function ShortcutsDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title={messages.navigation.shortcuts}>
      <Stack gap={2}>
        {shortcuts.map(({ keys, action }) => (
          <Row key={action} spread wrap={false}>
            <Text>{messages.shortcuts[action]}</Text>
            <Row gap={1} wrap={false}>
              {keys.map(key => (
                <Key key={key}>{key}</Key>
              ))}
            </Row>
          </Row>
        ))}
      </Stack>
    </Dialog>
  )
}
